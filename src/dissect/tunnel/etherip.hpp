#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::etherip {
using namespace make;
inline constexpr Field version = bits("etherip.ver", 0, 4, "Version, 3").in(16);
inline constexpr Field reserved = bits("etherip.reserved", 4, 12, "Reserved").hex().in(16);
inline constexpr Field wrong_version = value("etherip.ver.not3", Kind::none, "The version is not 3");
inline constexpr Field reserved_used = value("etherip.reserved.not0", Kind::none, "Reserved bits are not 0");
inline constexpr const Field* fields[] = {&version, &reserved, &wrong_version, &reserved_used};
inline constexpr Binding parents[] = {{Table::ip_proto, 97}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::number(version, 3)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol =
    Protocol{"etherip", "Ethernet within IP", "RFC 3378", 2, fields, Level::tunnel, parents, dissect}.made_by(
        construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::etherip
