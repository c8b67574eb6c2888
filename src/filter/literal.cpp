#include "filter/literal.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include "capture/printable.hpp"
#include "filter/lexer.hpp"
#include "filter/types.hpp"

namespace flowloom::filter {
namespace {

using What = Syntax::What;

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

Item holding(std::string bytes, std::deque<std::string>& texts) {
  const std::string& kept = texts.emplace_back(std::move(bytes));
  Item item;
  item.data = reinterpret_cast<const std::uint8_t*>(kept.data());
  item.size = static_cast<std::uint32_t>(kept.size());
  return item;
}

Item number_item(std::uint64_t number) {
  Item item;
  item.number = number;
  return item;
}

Error not_a(const Syntax& written, ValueType type) {
  const char* quote = written.what == What::character ? "'" : "\"";
  return mistake(quote + printable(written.text) + quote + " is not " + std::string(name_of(type)),
                 written.at);
}

/// Decimal, 0x…, 0b… or, behind a 0, octal. Nothing: no number. `large`: it is one, but of more than 64 bits.
std::optional<std::uint64_t> integer_of(std::string_view text, bool& large) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.starts_with("0b") || text.starts_with("0B")) {
    base = 2;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
  }
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (fault == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
  large = fault == std::errc::result_out_of_range;
  return value;
}

/// The number that a label of the field stands for.
std::optional<std::uint64_t> label_of(std::string_view text, const FieldUse* named) {
  if (named == nullptr) return std::nullopt;
  for (const Field* field : named->named->fields) {
    for (const Label& label : field->labels) {
      if (same_letters(label.text, text)) return label.value;
    }
  }
  return std::nullopt;
}

Result<Item> integer(const Syntax& written, ValueType type, const FieldUse* named) {
  if (written.what == What::character) return number_item(static_cast<std::uint8_t>(written.text[0]));
  const std::string_view text = written.text;
  bool large = false;
  if (written.what == What::word) {
    if (const auto value = integer_of(text, large)) {
      const unsigned bits = type.kind == Kind::sint ? type.bits - 1U : type.bits;
      const std::uint64_t most = bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
      if (large || *value > most) {
        return mistake(std::string(text) + " is too large, the largest is " + std::to_string(most),
                       written.at);
      }
      return number_item(*value);
    }
  }
  if (const auto value = label_of(text, named)) return number_item(*value);
  return not_a(written, type);
}

Result<Item> flag(const Syntax& written, ValueType type) {
  const std::string_view text = written.text;
  if (written.what == What::character) return number_item(text[0] != '\0' ? 1 : 0);
  if (written.what == What::word) {
    bool large = false;
    if (text == "True" || text == "TRUE") return number_item(1);
    if (text == "False" || text == "FALSE") return number_item(0);
    if (const auto value = integer_of(text, large); value && !large) return number_item(*value != 0 ? 1 : 0);
  }
  if (same_letters(text, "Set")) return number_item(1);
  if (same_letters(text, "Not set")) return number_item(0);
  return not_a(written, type);
}

Result<Item> address(const Syntax& written, ValueType type, std::deque<std::string>& texts) {
  std::string_view text = written.text;
  const bool v4 = type.kind == Kind::ipv4;
  unsigned prefix = v4 ? 32 : 128;
  if (const std::size_t slash = text.find('/'); slash != text.npos) {
    const std::string_view digits = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (fault != std::errc() || end != digits.data() + digits.size() || bits > prefix) {
      return mistake(
          "the prefix of " + std::string(name_of(type)) + " has at most " + std::to_string(prefix) + " bits",
          written.at + slash);
    }
    prefix = bits;
    text = text.substr(0, slash);
  }
  std::string bytes(v4 ? 4 : 16, '\0');
  if (inet_pton(v4 ? AF_INET : AF_INET6, std::string(text).c_str(), bytes.data()) != 1) {
    return not_a(written, type);
  }
  Item item = holding(std::move(bytes), texts);
  item.prefix = static_cast<std::uint8_t>(prefix);
  return item;
}

/// Bytes of a kind that has a fixed number of them, unless a piece will do.
Result<Item> bytes(const Syntax& written, ValueType type, bool piece, std::deque<std::string>& texts) {
  const bool free = type.kind == Kind::bytes || type.kind == Kind::protocol;
  if (written.what != What::word) {
    if (free) return holding(written.text, texts);
    return not_a(written, type);
  }
  std::string_view text = written.text;
  if (text.starts_with(':')) text.remove_prefix(1);  // says that it is no name
  auto read = bytes_of(text);
  const std::size_t whole = type.kind == Kind::mac ? 6 : 8;
  if (!read || (!free && (piece ? read->size() > whole : read->size() != whole))) return not_a(written, type);
  return holding(std::move(*read), texts);
}

/// "01234567-89ab-cdef-0123-456789abcdef"
Result<Item> guid(const Syntax& written, ValueType type, std::deque<std::string>& texts) {
  const std::string_view text = written.text;
  constexpr std::size_t kDashes[] = {8, 13, 18, 23};
  std::string digits(text);
  std::erase(digits, '-');
  const bool dashed = text.size() == 36 && std::all_of(std::begin(kDashes), std::end(kDashes),
                                                       [&](std::size_t at) { return text[at] == '-'; });
  auto read = bytes_of(digits);
  if (!dashed || written.what != What::word || !read || read->size() != 16) return not_a(written, type);
  return holding(std::move(*read), texts);
}

Result<Item> real(const Syntax& written, ValueType type) {
  const std::string_view text = written.text;
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (written.what != What::word || fault != std::errc() || end != text.data() + text.size()) {
    return not_a(written, type);
  }
  return number_item(std::bit_cast<std::uint64_t>(value));
}

}  // namespace

std::optional<std::string> bytes_of(std::string_view text) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    const int letter = (c | 0x20) - 'a';
    return letter >= 0 && letter < 6 ? letter + 10 : -1;
  };
  if (text.starts_with("0x") || text.starts_with("0X")) {  // of more digits nobody knows the byte order
    text.remove_prefix(2);
    if (text.empty() || text.size() > 2) return std::nullopt;
    int value = 0;
    for (const char c : text) {
      if (digit(c) < 0) return std::nullopt;
      value = value * 16 + digit(c);
    }
    return std::string(1, static_cast<char>(value));
  }
  std::string made;
  char separator = '\0';
  for (std::size_t i = 0; i < text.size();) {
    const int high = digit(text[i++]);
    if (high < 0) return std::nullopt;
    const int low = i < text.size() ? digit(text[i]) : -1;
    if (low < 0) {  // one digit is a byte between points, and at the end of what has no separators
      if (i < text.size() ? text[i] != '.' : separator == ':' || separator == '-') return std::nullopt;
      made += static_cast<char>(high);
    } else {
      made += static_cast<char>(high << 4 | low);
      ++i;
    }
    if (i == text.size()) break;
    if (digit(text[i]) >= 0 && (separator == '\0' || separator == '.')) continue;
    if (!std::string_view(":-.").contains(text[i]) || (separator != '\0' && text[i] != separator)) {
      return std::nullopt;
    }
    separator = text[i++];
    if (i == text.size()) return made.size() == 1 ? std::optional(made) : std::nullopt;
  }
  return made.empty() ? std::nullopt : std::optional(made);
}

Result<Item> constant_of(const Syntax& written, ValueType type, bool piece, const FieldUse* named,
                         std::deque<std::string>& texts) {
  switch (type.kind) {
    case Kind::uint:
    case Kind::sint:
    case Kind::frame:
      return integer(written, type, named);
    case Kind::flag:
      return flag(written, type);
    case Kind::real:
      return real(written, type);
    case Kind::time:
      if (written.what != What::character) {
        if (const auto ns = time_of(written.text)) return number_item(static_cast<std::uint64_t>(*ns));
      }
      return not_a(written, type);
    case Kind::duration:
      if (written.what == What::word) {
        if (const auto ns = duration_of(written.text)) {
          return number_item(static_cast<std::uint64_t>(*ns));
        }
      }
      return not_a(written, type);
    case Kind::ipv4:
    case Kind::ipv6:
      if (written.what != What::word) return not_a(written, type);
      return address(written, type, texts);
    case Kind::protocol:
    case Kind::bytes:
    case Kind::mac:
    case Kind::eui64:
      return bytes(written, type, piece, texts);
    case Kind::guid:
      return guid(written, type, texts);
    case Kind::text:
      return holding(written.text, texts);
    case Kind::none:
      break;
  }
  return not_a(written, type);
}

}  // namespace flowloom::filter
