#include "dissect/value_text.hpp"

#include <bit>
#include <charconv>
#include <chrono>
#include <string_view>

#include "base/decimal.hpp"
#include "flowloom/address.hpp"
#include "flowloom/timestamp.hpp"

namespace flowloom {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_decimal(std::string& out, std::uint64_t number) {
  char text[20];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

void append_padded(std::string& out, std::uint64_t number, unsigned digits, char padding = '0') {
  char text[20];
  const auto length = static_cast<std::size_t>(std::to_chars(text, text + sizeof text, number).ptr - text);
  if (length < digits) out.append(digits - length, padding);
  out.append(text, length);
}

void append_hex_number(std::string& out, std::uint64_t number, unsigned digits) {
  out += "0x";
  for (unsigned i = digits; i-- > 0;) out += kHex[number >> (4 * i) & 15];
}

unsigned hex_digits(const Field& field, PrintFormat format) {
  if (field.storage > 32) return 16;  // also of 40, 48 and 56 bits
  return format == PrintFormat::wireshark3 ? 8 : field.storage / 4U;
}

void append_bytes(std::string& out, const Value& value, bool colons) {
  for (std::uint32_t i = 0; i < value.size; ++i) {
    if (colons && i != 0) out += ':';
    out += kHex[value.data[i] >> 4];
    out += kHex[value.data[i] & 15];
  }
}

void append_guid(std::string& out, const Value& value) {
  for (std::uint32_t i = 0; i < value.size; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kHex[value.data[i] >> 4];
    out += kHex[value.data[i] & 15];
  }
}

void append_time(std::string& out, std::int64_t ns) {
  using namespace std::chrono;
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  constexpr std::int64_t kDay = 86'400'000'000'000;
  // The first day begins before the smallest time: it is not to be counted in ns.
  const std::int64_t within = (ns % kDay + kDay) % kDay, day = ns / kDay - (ns % kDay < 0 ? 1 : 0);
  const year_month_day date{sys_days{days{day}}};
  const hh_mm_ss<nanoseconds> clock{nanoseconds(within)};
  out += kMonths.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3);
  out += ' ';
  append_padded(out, static_cast<unsigned>(date.day()), 2, ' ');
  out += ", ";
  append_decimal(out, static_cast<std::uint64_t>(static_cast<int>(date.year())));
  out += ' ';
  append_padded(out, static_cast<std::uint64_t>(clock.hours().count()), 2);
  out += ':';
  append_padded(out, static_cast<std::uint64_t>(clock.minutes().count()), 2);
  out += ':';
  append_padded(out, static_cast<std::uint64_t>(clock.seconds().count()), 2);
  out += '.';
  append_padded(out, static_cast<std::uint64_t>(clock.subseconds().count()), 9);
  out += " UTC";
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
      append_bytes(out, value, true);
      break;
    case Kind::guid:
      append_guid(out, value);
      break;
    case Kind::bytes:
      if (value.size == 0) out += field.base == Base::spelled ? "<none>" : "<MISSING>";
      append_bytes(out, value, field.base == Base::colons);
      break;
    case Kind::text:
      append_escaped(out, value);
      break;
  }
}

}  // namespace flowloom
