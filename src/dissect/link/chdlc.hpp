#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::chdlc {
using namespace make;
inline constexpr Field address = make::uint("chdlc.address", 0, 1, "Address").hex();
inline constexpr Field control = make::uint("chdlc.control", 1, 1, "Control").hex();
inline constexpr Field protocol_field = make::uint("chdlc.protocol", 2, 2, "EtherType").hex();
inline constexpr const Field* fields[] = {&address, &control, &protocol_field};
inline constexpr Binding parents[] = {{Table::link_type, 104}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(protocol_field, Table::ethertype)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol =
    Protocol{"chdlc", "Cisco HDLC", "RFC 1547", 4, fields, Level::link, parents, dissect}.made_by(
        construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::chdlc
