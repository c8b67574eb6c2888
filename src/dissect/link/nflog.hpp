// Linux netfilter log. Places of what an attribute begins with count from its first byte.
#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::nflog {
using namespace make;
inline constexpr Field family = make::uint("nflog.family", 0, 1, "Address family");
inline constexpr Field version = make::uint("nflog.version", 1, 1, "Version");
inline constexpr Field res_id = make::uint("nflog.res_id", 2, 2, "Group of the logging rule");
inline constexpr Field tlv_length =
    make::uint("nflog.tlv_length", 0, 2, "Length of the attribute, bytes").when_parsed();
inline constexpr Field tlv_type = make::uint("nflog.tlv_type", 2, 2, "Type of the attribute").when_parsed();
inline constexpr Field hw_protocol = value("nflog.protocol", Kind::uint, "EtherType", 16).hex();
inline constexpr Field hook = value("nflog.hook", Kind::uint, "Netfilter hook", 8);
inline constexpr Field indev =
    value("nflog.ifindex_indev", Kind::uint, "Index of the interface it came in by");
inline constexpr Field outdev =
    value("nflog.ifindex_outdev", Kind::uint, "Index of the interface it leaves by");
inline constexpr Field physindev =
    value("nflog.ifindex_physindev", Kind::uint, "Index of the bridge's port it came in by");
inline constexpr Field physoutdev =
    value("nflog.ifindex_physoutdev", Kind::uint, "Index of the bridge's port it leaves by");
inline constexpr Field prefix = value("nflog.prefix", Kind::text, "The logging rule's prefix");
inline constexpr Field uid = value("nflog.uid", Kind::sint, "Owner's user id");
inline constexpr Field gid = value("nflog.gid", Kind::sint, "Owner's group id");
inline constexpr const Field* fields[] = {&family,      &version, &res_id, &tlv_length, &tlv_type,
                                          &hw_protocol, &hook,    &indev,  &outdev,     &physindev,
                                          &physoutdev,  &prefix,  &uid,    &gid};
inline constexpr Binding parents[] = {{Table::link_type, 239}};
Next dissect(Dissector& d);
inline constexpr const Field* little[] = {&tlv_length, &tlv_type};  // as most hosts write them
inline constexpr Group groups[] = {{.first = &tlv_type, .length = &tlv_length, .align = 4, .carries = true}};
inline constexpr Construction construction{.groups = groups, .little = little};
inline constexpr Protocol protocol = Protocol{"nflog",
                                              "Linux netfilter log",
                                              "https://www.tcpdump.org/linktypes.html",
                                              4,
                                              fields,
                                              Level::link,
                                              parents,
                                              dissect}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::nflog
