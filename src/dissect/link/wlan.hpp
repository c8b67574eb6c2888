#pragma once

#include "dissect/field.hpp"

namespace flowloom::wlan {
using namespace make;
// Of the frame control, numbers lie as in its two bytes, most significant bit first.
inline constexpr Field fc = make::uint("wlan.fc", 0, 2, "Frame control").hex();
inline constexpr Field type_subtype = value("wlan.fc.type_subtype", Kind::uint, "Type and subtype", 16).hex();
inline constexpr Field subtype = bits("wlan.fc.subtype", 0, 4, "Subtype");
inline constexpr Label kTypes[] = {{0, "management"}, {1, "control"}, {2, "data"}, {3, "extension"}};
inline constexpr Field type = bits("wlan.fc.type", 4, 2, "Type").named(kTypes);
inline constexpr Field version = bits("wlan.fc.version", 6, 2, "Version");
inline constexpr Field flags = make::uint("wlan.flags", 1, 1, "Flags").hex().when_parsed();
inline constexpr Field order = flag("wlan.fc.order", 8, "HT control present, or strictly ordered");
inline constexpr Field is_protected = flag("wlan.fc.protected", 9, "Body is encrypted");
inline constexpr Field more_data = flag("wlan.fc.moredata", 10, "More data is waiting");
inline constexpr Field power = flag("wlan.fc.pwrmgt", 11, "Station will sleep");
inline constexpr Field retry = flag("wlan.fc.retry", 12, "Sent again");
inline constexpr Field more_fragments = flag("wlan.fc.frag", 13, "More fragments follow");
inline constexpr Field from_ds = flag("wlan.fc.fromds", 14, "From the distribution system");
inline constexpr Field to_ds = flag("wlan.fc.tods", 15, "To the distribution system");
inline constexpr Field ds =
    bits("wlan.fc.ds", 14, 2, "To and from the distribution system").hex().when_parsed();
inline constexpr Field duration = value("wlan.duration", Kind::uint, "Medium reserved for, µs", 16);
inline constexpr Field aid = value("wlan.aid", Kind::uint, "Association identifier", 16);
inline constexpr Field ra = value("wlan.ra", Kind::mac, "Receiver");
inline constexpr Field ta = value("wlan.ta", Kind::mac, "Transmitter");
inline constexpr Field da = value("wlan.da", Kind::mac, "Destination");
inline constexpr Field sa = value("wlan.sa", Kind::mac, "Source");
inline constexpr Field bssid = value("wlan.bssid", Kind::mac, "Basic service set");
inline constexpr Field staa = value("wlan.staa", Kind::mac, "Station");
inline constexpr Field addr = value("wlan.addr", Kind::mac, "Any of the addresses").alias();
inline constexpr Field frag = value("wlan.frag", Kind::uint, "Fragment number", 16);
inline constexpr Field seq = value("wlan.seq", Kind::uint, "Sequence number", 16);
inline constexpr Field qos = value("wlan.qos", Kind::uint, "QoS control", 16).hex();
inline constexpr Field qos_tid = value("wlan.qos.tid", Kind::uint, "Traffic identifier", 16);
inline constexpr Field qos_priority = value("wlan.qos.priority", Kind::uint, "Priority", 16);
inline constexpr Field qos_eosp = value("wlan.qos.eosp", Kind::flag, "End of service period", 16);
inline constexpr Field qos_bit4 =
    value("wlan.qos.bit4", Kind::flag, "Upper byte is the queue's size, not a duration", 16);
inline constexpr Field qos_ack = value("wlan.qos.ack", Kind::uint, "Acknowledgment policy", 16).hex();
inline constexpr Field qos_amsdu =
    value("wlan.qos.amsdupresent", Kind::flag, "Body is an aggregate of several frames", 16);
inline constexpr Field fcs = value("wlan.fcs", Kind::uint, "Frame check sequence").hex();
inline constexpr const Field* fields[] = {&fc,       &version, &type,      &subtype,      &type_subtype,
                                          &flags,    &ds,      &to_ds,     &from_ds,      &more_fragments,
                                          &retry,    &power,   &more_data, &order,        &is_protected,
                                          &duration, &aid,     &ra,        &ta,           &da,
                                          &sa,       &bssid,   &staa,      &addr,         &frag,
                                          &seq,      &qos,     &qos_tid,   &qos_priority, &qos_eosp,
                                          &qos_bit4, &qos_ack, &qos_amsdu, &fcs};
inline constexpr Binding parents[] = {{Table::link_type, 105}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "wlan", "IEEE 802.11 wireless LAN", "IEEE 802.11", 2, fields, Level::link, parents, dissect};
static_assert(well_formed(protocol));
}  // namespace flowloom::wlan
