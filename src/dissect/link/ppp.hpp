#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::ppp {
using namespace make;
inline constexpr Field direction = value("ppp.direction", Kind::uint, "Direction: 1 received, 0 sent", 8);
inline constexpr Field address = value("ppp.address", Kind::uint, "Address", 8).hex();
inline constexpr Field control = value("ppp.control", Kind::uint, "Control", 8).hex();
inline constexpr Field protocol_field = value("ppp.protocol", Kind::uint, "Protocol", 16).hex();
inline constexpr const Field* fields[] = {&direction, &address, &control, &protocol_field};
// LINKTYPE_PPP, _PPP_HDLC, _PPP_PPPD, _PPP_WITH_DIR; GRE's PPP (PPTP).
inline constexpr Binding parents[] = {{Table::link_type, 9},
                                      {Table::link_type, 50},
                                      {Table::link_type, 166},
                                      {Table::link_type, 204},
                                      {Table::gre, 0x880B}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(protocol_field, Table::ppp)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol =
    Protocol{"ppp", "Point-to-Point Protocol", "RFC 1661, RFC 1662", 1, fields, Level::link, parents, dissect,
             "PPP"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ppp
