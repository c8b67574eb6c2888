// Values as `tshark -T fields` prints them.
#pragma once

#include <cstdint>
#include <string>

#include "dissect/tape.hpp"

namespace flowloom {

/// Wireshark 4.x (4.0) writes hexadecimal numbers as wide as their type, 3.x always with 8 digits (16 if the
/// type has more than 32 bits).
enum class PrintFormat : std::uint8_t { wireshark4, wireshark3 };

/// Appends the value's text: numbers in their field's base, flags and presence 1 or 0, addresses in their
/// usual spelling (IPv6: RFC 5952), bytes as hexadecimal digits (none: <MISSING> or <none>), absolute times
/// in UTC
/// ("Jun 24, 2020 10:11:41.326547000 UTC"), durations in seconds with nine decimals. In texts, \b \f \n \r \t
/// are written as escapes, and a NUL ends them.
void append_value_text(std::string& out, const Value& value, PrintFormat format = PrintFormat::wireshark4);

/// Digits of a hexadecimal number's text, behind "0x".
[[nodiscard]] unsigned hex_digits(const Field& field, PrintFormat format);

/// Appends nanoseconds as seconds with nine decimals.
void append_seconds(std::string& out, std::int64_t ns);

}  // namespace flowloom
