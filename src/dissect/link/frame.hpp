#pragma once

#include "dissect/field.hpp"

namespace flowloom::frame {
using namespace make;
// What the capture says of a packet, not its bytes.
Told tell_number(const Tape& tape, const Layer& layer);
Told tell_time(const Tape& tape, const Layer& layer);
Told tell_delta(const Tape& tape, const Layer& layer);
Told tell_relative(const Tape& tape, const Layer& layer);
Told tell_length(const Tape& tape, const Layer& layer);
Told tell_captured(const Tape& tape, const Layer& layer);
Told tell_interface(const Tape& tape, const Layer& layer);
inline constexpr Field number =
    value("frame.number", Kind::uint, "Number of the packet in its capture").told_by(tell_number);
inline constexpr Field time = value("frame.time", Kind::time, "Time of capture").told_by(tell_time);
inline constexpr Field time_epoch =
    value("frame.time_epoch", Kind::duration, "Time of capture since the epoch").told_by(tell_time);
inline constexpr Field time_delta =
    value("frame.time_delta", Kind::duration, "Time since the packet before").told_by(tell_delta);
inline constexpr Field time_relative =
    value("frame.time_relative", Kind::duration, "Time since the first packet").told_by(tell_relative);
inline constexpr Field len = value("frame.len", Kind::uint, "Length on the wire, bytes").told_by(tell_length);
inline constexpr Field cap_len =
    value("frame.cap_len", Kind::uint, "Length captured, bytes").told_by(tell_captured);
inline constexpr Field interface_id =
    value("frame.interface_id", Kind::uint, "Interface of the capture (pcapng)").told_by(tell_interface);
// From here to `offset_shift` only for who asks for them: they say the same of each packet, or nearly so.
inline constexpr Field encap_type =
    value("frame.encap_type", Kind::sint, "Wireshark's number of the link type", 16);
// What people change in Wireshark's window, and nobody here: always 0.
inline constexpr Field marked = value("frame.marked", Kind::flag, "The packet is marked: never");
inline constexpr Field ignored = value("frame.ignored", Kind::flag, "The packet is ignored: never");
inline constexpr Field offset_shift =
    value("frame.offset_shift", Kind::duration, "Shift of the time of capture: 0");
inline constexpr Field protocols = value("frame.protocols", Kind::text, "Protocols in the packet");
// flowloom's own: an occurrence for each of the anomalies.
inline constexpr Field anomaly = value("flowloom.anomaly", Kind::text, "What is wrong with the packet");
inline constexpr const Field* fields[] = {&number,  &time,         &time_epoch,   &time_delta, &time_relative,
                                          &len,     &cap_len,      &interface_id, &encap_type, &marked,
                                          &ignored, &offset_shift, &protocols,    &anomaly};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{"frame",      "Frame", "capture file", 0,  fields,
                                   Level::frame, {},      dissect,        {}, "flowloom"};
static_assert(well_formed(protocol));
}  // namespace flowloom::frame
