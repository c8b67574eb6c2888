#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::mpls {
using namespace make;
// Of each label of the stack: places count from its entry.
inline constexpr Field label = bits("mpls.label", 0, 20, "Label").in(32).when_parsed();
inline constexpr Field exp = bits("mpls.exp", 20, 3, "Traffic class").in(32).when_parsed();
inline constexpr Field bottom = bits("mpls.bottom", 23, 1, "Bottom of stack").in(32).when_parsed();
inline constexpr Field ttl = make::uint("mpls.ttl", 3, 1, "Time to live").in(32).when_parsed();
inline constexpr const Field* fields[] = {&label, &exp, &bottom, &ttl};
inline constexpr Binding parents[] = {{Table::ethertype, 0x8847}, {Table::ethertype, 0x8848},
                                      {Table::ppp, 0x0281},       {Table::ip_proto, 137},
                                      {Table::udp_port, 6635},    {Table::link_type, 219}};
Next dissect(Dissector& d);
inline constexpr Group groups[] = {{&label}};
inline constexpr Construction construction{.groups = groups};
inline constexpr Protocol protocol =
    Protocol{"mpls", "Multiprotocol Label Switching", "RFC 3032", 4, fields, Level::tunnel, parents, dissect,
             "MPLS"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::mpls
