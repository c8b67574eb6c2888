#include "dissect/value_text.hpp"

#include <bit>
#include <charconv>
#include <string_view>

#include "base/date.hpp"
#include "base/decimal.hpp"
#include "flowloom/address.hpp"

namespace flowloom {
namespace {

void append_decimal(std::string& out, std::uint64_t number) {
  char text[20];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

void append_hex_number(std::string& out, std::uint64_t number, unsigned digits) {
  char text[kMaxHex];
  out.append(text, write_hex(number, digits, text));
}

/// `between`: 0: nothing.
void append_bytes(std::string& out, const Value& value, char between) {
  for (std::uint32_t i = 0; i < value.size; ++i) {
    if (between != 0 && i != 0) out += between;
    append_hex_byte(out, value.data[i]);
  }
}

void append_guid(std::string& out, const Value& value) {
  for (std::uint32_t i = 0; i < value.size; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    append_hex_byte(out, value.data[i]);
  }
}

void append_time(std::string& out, std::int64_t ns) {
  char text[kDateText];
  out.append(text, DateWriter().write(ns, text));
}

/// Fifteen significant digits of a double, six of a float.
void append_real(std::string& out, double number, unsigned storage) {
  char text[40];
  const int digits = storage == 32 ? 6 : 15;
  out.append(text, std::to_chars(text, text + sizeof text, number, std::chars_format::general, digits).ptr);
}

void append_escaped(std::string& out, const Value& value) {
  for (std::uint32_t i = 0; i < value.size && value.data[i] != 0; ++i) {
    constexpr std::string_view kEscaped = "\b\f\n\r\t", kLetters = "bfnrt";
    const char c = static_cast<char>(value.data[i]);
    const std::size_t at = kEscaped.find(c);
    if (at == std::string_view::npos) {
      out += c;
    } else {
      out += '\\';
      out += kLetters[at];
    }
  }
}

void append_ip(std::string& out, const Value& value, unsigned version, std::uint32_t size) {
  if (value.size != size) {
    append_bytes(out, value, false);
    return;
  }
  char text[kMaxAddressText];
  out.append(text, write_address(value.data, version, text));
}

}  // namespace

unsigned hex_digits(const Field& field, PrintFormat format) {
  if (field.storage > 32) return 16;  // also of 40, 48 and 56 bits
  return format == PrintFormat::wireshark3 ? 8 : field.storage / 4U;
}

void append_seconds(std::string& out, std::int64_t ns) {
  char text[kMaxSeconds];
  out.append(text, write_seconds(ns, text));
}

void append_value_text(std::string& out, const Value& value, PrintFormat format) {
  const Field& field = *value.field;
  const auto number = static_cast<std::int64_t>(value.number);
  switch (field.kind) {
    case Kind::none:
      out += '1';
      break;
    case Kind::protocol:
      out += field.title;
      break;
    case Kind::uint:
    case Kind::frame:
      if (field.base == Base::hex) {
        append_hex_number(out, value.number, hex_digits(field, format));
      } else {
        append_decimal(out, value.number);
      }
      break;
    case Kind::sint:
      if (number < 0) out += '-';
      append_decimal(out, number < 0 ? 0 - value.number : value.number);
      break;
    case Kind::flag:
      out += value.number != 0 ? '1' : '0';
      break;
    case Kind::real:
      append_real(out, std::bit_cast<double>(value.number), field.storage);
      break;
    case Kind::time:
      append_time(out, number);
      break;
    case Kind::duration:
      append_seconds(out, number);
      break;
    case Kind::ipv4:
      append_ip(out, value, 4, 4);
      break;
    case Kind::ipv6:
      append_ip(out, value, 6, 16);
      break;
    case Kind::mac:
    case Kind::eui64:
      append_bytes(out, value, ':');
      break;
    case Kind::guid:
      append_guid(out, value);
      break;
    case Kind::bytes:
      if (value.size == 0) out += field.base == Base::spelled ? "<none>" : "<MISSING>";
      append_bytes(out, value, field.base == Base::colons ? ':' : field.base == Base::spaces ? ' ' : '\0');
      break;
    case Kind::text:
      append_escaped(out, value);
      break;
  }
}

}  // namespace flowloom
