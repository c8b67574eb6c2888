#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::l2tp {
using namespace make;
inline constexpr Field flags = make::uint("l2tp.flags", 0, 2, "Flags and version").hex();
inline constexpr Field type = bits("l2tp.type", 0, 1, "Type (1: control message)").in(16);
inline constexpr Field length_bit = flag("l2tp.length_bit", 1, "Length field present").in(16);
inline constexpr Field seq_bit = flag("l2tp.seq_bit", 4, "Sequence fields present").in(16);
inline constexpr Field offset_bit = flag("l2tp.offset_bit", 6, "Offset size present").in(16).when_parsed();
inline constexpr Field priority = flag("l2tp.priority", 7, "Priority").in(16).when_parsed();
inline constexpr Field version = bits("l2tp.version", 12, 4, "Version").in(16);
inline constexpr Field length = value("l2tp.length", Kind::uint, "Length with header, bytes", 16);
inline constexpr Field tunnel = value("l2tp.tunnel", Kind::uint, "Tunnel identifier", 16);
inline constexpr Field session = value("l2tp.session", Kind::uint, "Session identifier", 16);
inline constexpr Field ns = value("l2tp.Ns", Kind::uint, "Number of this message", 16);
inline constexpr Field nr = value("l2tp.Nr", Kind::uint, "Number of the message expected next", 16);
inline constexpr Field offset = value("l2tp.offset", Kind::uint, "Padding before the payload, bytes", 16);
// Version 3's
inline constexpr Field ccid = value("l2tp.ccid", Kind::uint, "Control connection identifier", 32).hex();
inline constexpr Field sid = value("l2tp.sid", Kind::uint, "Session identifier of version 3", 32).hex();
inline constexpr Field reserved = value("l2tp.res", Kind::uint, "Reserved", 16).hex();
inline constexpr const Field* fields[] = {&flags,   &type,   &length_bit, &seq_bit, &offset_bit, &priority,
                                          &version, &length, &tunnel,     &session, &ns,         &nr,
                                          &offset,  &ccid,   &sid,        &reserved};
inline constexpr Binding parents[] = {{Table::udp_port, 1701}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::number(version, 2), fill::flag(length_bit, length),
                                 fill::flag(seq_bit, ns), fill::flag(offset_bit, offset),
                                 fill::whole(length).announced_by(length_bit)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol = Protocol{"l2tp",
                                              "Layer Two Tunneling Protocol",
                                              "RFC 2661, RFC 3931",
                                              2,
                                              fields,
                                              Level::tunnel,
                                              parents,
                                              dissect,
                                              "L2TP"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::l2tp
