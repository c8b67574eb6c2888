#pragma once

#include "dissect/field.hpp"

namespace flowloom::esp {
using namespace make;
// What follows is encrypted.
inline constexpr Field spi = make::uint("esp.spi", 0, 4, "Security parameters index").hex();
inline constexpr Field sequence = make::uint("esp.sequence", 4, 4, "Sequence number");
inline constexpr const Field* fields[] = {&spi, &sequence};
inline constexpr Binding parents[] = {{Table::ip_proto, 50}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "esp", "Encapsulating Security Payload", "RFC 4303", 8, fields, Level::internet, parents, dissect, "ESP"};
static_assert(well_formed(protocol));
}  // namespace flowloom::esp
