#pragma once

#include "dissect/field.hpp"

namespace flowloom::erspan {
using namespace make;
// Type I has no header at all, II has 8 bytes, III 12 and perhaps 8 more.
inline constexpr Field version =
    bits("erspan.version", 0, 4, "Version (1: type II, 2: type III)").in(16).when_parsed();
inline constexpr Field vlan = bits("erspan.vlan", 4, 12, "VLAN of the mirrored port").when_parsed();
inline constexpr Field cos = bits("erspan.cos", 16, 3, "Class of service").in(16).when_parsed();
inline constexpr Field encap =
    bits("erspan.encap", 19, 2, "Trunk encapsulation (type II)").in(16).when_parsed();
inline constexpr Field bso =
    bits("erspan.bso", 19, 2, "Bad, short or oversized frame (type III)").in(16).when_parsed();
inline constexpr Field truncated = bits("erspan.truncated", 21, 1, "Frame was cut").in(16).when_parsed();
inline constexpr Field span_id = bits("erspan.spanid", 22, 10, "Session").in(16).when_parsed();
inline constexpr Field reserved = bits("erspan.reserved", 32, 12, "Reserved (type II)").in(32).when_parsed();
inline constexpr Field index = bits("erspan.index", 44, 20, "Port or index (type II)").in(32).when_parsed();
inline constexpr Field timestamp =
    make::uint("erspan.timestamp", 4, 4, "Time stamp (type III)").when_parsed();
inline constexpr Field sgt = make::uint("erspan.sgt", 8, 2, "Security group tag (type III)").when_parsed();
inline constexpr Field pdu = bits("erspan.p", 80, 1, "Has an Ethernet PDU (type III)").in(16).when_parsed();
inline constexpr Field frame_type =
    bits("erspan.ft", 81, 5, "Frame type (0: Ethernet, 2: IP; type III)").in(16).when_parsed();
inline constexpr Field hardware =
    bits("erspan.hw", 86, 6, "Hardware identifier (type III)").in(16).when_parsed();
inline constexpr Field direction = flag("erspan.direction", 92, "Egress (type III)").in(16).when_parsed();
inline constexpr Field granularity =
    bits("erspan.gra", 93, 2, "Unit of the time stamp (type III)").in(16).when_parsed();
inline constexpr Field optional =
    bits("erspan.o", 95, 1, "Platform's header follows (type III)").in(16).when_parsed();
inline constexpr Field platform = bits("erspan.platid", 96, 6, "Platform (type III)").in(32).when_parsed();
inline constexpr const Field* fields[] = {
    &version,   &vlan, &cos, &encap,      &bso,      &truncated, &span_id,     &reserved, &index,
    &timestamp, &sgt,  &pdu, &frame_type, &hardware, &direction, &granularity, &optional, &platform};
inline constexpr Binding parents[] = {{Table::gre, 0x88BE}, {Table::gre, 0x22EB}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{"erspan",
                                   "Encapsulated Remote Switch Packet Analysis",
                                   "draft-foschiano-erspan-03",
                                   0,
                                   fields,
                                   Level::tunnel,
                                   parents,
                                   dissect};
static_assert(well_formed(protocol));
}  // namespace flowloom::erspan
