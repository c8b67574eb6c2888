#pragma once

#include "dissect/field.hpp"

namespace flowloom::frame {
using namespace make;
// What the capture says of a packet, not its bytes.
inline constexpr Field number = value("frame.number", Kind::uint, "Number of the packet in its capture");
inline constexpr Field time = value("frame.time", Kind::time, "Time of capture");
inline constexpr Field time_epoch =
    value("frame.time_epoch", Kind::duration, "Time of capture since the epoch");
inline constexpr Field time_delta = value("frame.time_delta", Kind::duration, "Time since the packet before");
inline constexpr Field time_relative =
    value("frame.time_relative", Kind::duration, "Time since the first packet");
inline constexpr Field len = value("frame.len", Kind::uint, "Length on the wire, bytes");
inline constexpr Field cap_len = value("frame.cap_len", Kind::uint, "Length captured, bytes");
inline constexpr Field interface_id =
    value("frame.interface_id", Kind::uint, "Interface of the capture (pcapng)");
inline constexpr Field protocols = value("frame.protocols", Kind::text, "Protocols in the packet");
// flowloom's own: an occurrence for each of the anomalies.
inline constexpr Field anomaly = value("flowloom.anomaly", Kind::text, "What is wrong with the packet");
inline constexpr const Field* fields[] = {&number, &time,    &time_epoch,   &time_delta, &time_relative,
                                          &len,    &cap_len, &interface_id, &protocols,  &anomaly};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{"frame",      "Frame", "capture file", 0,  fields,
                                   Level::frame, {},      dissect,        {}, "flowloom"};
static_assert(well_formed(protocol));
}  // namespace flowloom::frame
