#include "construct/field_text.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <optional>
#include <string>

#include "construct/header_bits.hpp"
#include "filter/literal.hpp"

namespace flowloom::construct {
namespace {

std::optional<std::uint64_t> number_of(const Field& field, std::string_view text) {
  for (const Label& label : field.labels) {
    if (label.text == text) return label.value;
  }
  const bool negative = field.kind == Kind::sint && text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, hex ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return negative ? 0 - number : number;
}

/// An address of the kind, or bytes in hexadecimal.
std::optional<std::string> bytes_of(const Field& field, std::string_view text) {
  if (field.kind == Kind::text) return std::string(text);
  if (field.kind == Kind::ipv4 || field.kind == Kind::ipv6) {
    const bool four = field.kind == Kind::ipv4;
    std::string bytes(four ? 4 : 16, '\0');
    if (inet_pton(four ? AF_INET : AF_INET6, std::string(text).c_str(), bytes.data()) != 1)
      return std::nullopt;
    return bytes;
  }
  if (text.empty()) return std::string();
  std::optional<std::string> bytes = filter::bytes_of(text);
  const bool exact = field.kind != Kind::bytes;
  if (bytes && exact && bytes->size() * 8 != own_width(field)) return std::nullopt;
  return bytes;
}

}  // namespace

Result<Part> part_of(const Field& field, std::string_view text) {
  const auto refused = [&](std::string_view why) {
    return Error{ErrorCode::usage, "\"" + std::string(text) + "\" " + std::string(why),
                 std::string(field.name)};
  };
  Part part;
  part.field = &field;
  switch (field.kind) {
    case Kind::none:
    case Kind::protocol:
    case Kind::real:
    case Kind::time:
    case Kind::duration:
      return refused("is no value that can be set, but for its bytes");
    case Kind::uint:
    case Kind::sint:
    case Kind::flag:
    case Kind::frame: {
      const std::optional<std::uint64_t> number = number_of(field, text);
      if (!number) return refused("is no number");
      part.is_number = true;
      part.number = *number;
      return part;
    }
    default: {
      const std::optional<std::string> bytes = bytes_of(field, text);
      if (!bytes) return refused("is no value of its type");
      part.bytes.assign(bytes->begin(), bytes->end());
      return part;
    }
  }
}

}  // namespace flowloom::construct
