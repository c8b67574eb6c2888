#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::ah {
using namespace make;
inline constexpr Field next_header = make::uint("ah.next_header", 0, 1, "Next header");
inline constexpr Field length = make::uint("ah.length", 1, 1, "Length less two, words of 4 bytes");
inline constexpr Field reserved = make::bytes("ah.reserved", 2, 2, "Reserved");
inline constexpr Field spi = make::uint("ah.spi", 4, 4, "Security parameters index").hex();
inline constexpr Field sequence = make::uint("ah.sequence", 8, 4, "Sequence number");
inline constexpr Field icv = value("ah.icv", Kind::bytes, "Integrity check value");
inline constexpr const Field* fields[] = {&next_header, &length, &reserved, &spi, &sequence, &icv};
inline constexpr Binding parents[] = {{Table::ip_proto, 51}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(next_header, Table::ip_proto),
                                 fill::header(length).plus(-8).words(4)};
inline constexpr Construction construction{.fills = fills, .align = 4};
inline constexpr Protocol protocol =
    Protocol{"ah", "Authentication Header", "RFC 4302", 12, fields, Level::internet, parents, dissect, "AH"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ah
