#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::ppp {
using namespace make;
inline constexpr Field address = value("ppp.address", Kind::uint, "Address", 8).hex();
inline constexpr Field control = value("ppp.control", Kind::uint, "Control", 8).hex();
inline constexpr Field protocol_field = value("ppp.protocol", Kind::uint, "Protocol", 16).hex();
inline constexpr const Field* fields[] = {&address, &control, &protocol_field};
// LINKTYPE_PPP, LINKTYPE_PPP_HDLC; GRE's PPP (PPTP).
inline constexpr Binding parents[] = {{Table::link_type, 9}, {Table::link_type, 50}, {Table::gre, 0x880B}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(protocol_field, Table::ppp)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol =
    Protocol{"ppp", "Point-to-Point Protocol", "RFC 1661, RFC 1662", 1, fields, Level::link, parents, dissect,
             "PPP"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ppp
