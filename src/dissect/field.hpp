// A field is data: a constexpr value of one plain type. A protocol is an array of them. From these tables
// come the compile-time reads of the flow path and the run-time reads of everything else
// (docs/design/fields.md).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/endian.hpp"
#include "flowloom/bytes.hpp"

namespace flowloom {

enum class Kind : std::uint8_t { uint, flag, ipv4, ipv6, mac, bytes };

/// One field at a fixed place in its header. Bits count from the start of the header, most significant first,
/// as the diagrams in RFCs do. `scale` multiplies the raw value (tcp.hdr_len counts words of four bytes).
struct Field {
  std::string_view name;   ///< Wireshark's filter name
  std::string_view title;  ///< for people
  Kind kind = Kind::uint;
  std::uint16_t bit = 0;
  std::uint16_t width = 0;  ///< bits
  std::uint8_t scale = 1;
};

/// The vocabulary of a definition file.
namespace make {
consteval Field uint(std::string_view name, unsigned byte, unsigned bytes, std::string_view title) {
  return {name, title, Kind::uint, static_cast<std::uint16_t>(byte * 8),
          static_cast<std::uint16_t>(bytes * 8)};
}
consteval Field bits(std::string_view name, unsigned bit, unsigned width, std::string_view title,
                     unsigned scale = 1) {
  return {name,
          title,
          Kind::uint,
          static_cast<std::uint16_t>(bit),
          static_cast<std::uint16_t>(width),
          static_cast<std::uint8_t>(scale)};
}
consteval Field flag(std::string_view name, unsigned bit, std::string_view title) {
  return {name, title, Kind::flag, static_cast<std::uint16_t>(bit), 1};
}
consteval Field ipv4(std::string_view name, unsigned byte, std::string_view title) {
  return {name, title, Kind::ipv4, static_cast<std::uint16_t>(byte * 8), 32};
}
consteval Field ipv6(std::string_view name, unsigned byte, std::string_view title) {
  return {name, title, Kind::ipv6, static_cast<std::uint16_t>(byte * 8), 128};
}
consteval Field mac(std::string_view name, unsigned byte, std::string_view title) {
  return {name, title, Kind::mac, static_cast<std::uint16_t>(byte * 8), 48};
}
}  // namespace make

struct Protocol {
  std::string_view name;  ///< Wireshark's; the prefix of its fields' names
  std::string_view title;
  std::string_view reference;
  std::uint16_t min_length;  ///< bytes of the fixed header
  std::span<const Field* const> fields;
};

template <unsigned Width>
using uint_for = std::conditional_t<
    Width == 1, bool,
    std::conditional_t<Width <= 8, std::uint8_t,
                       std::conditional_t<Width <= 16, std::uint16_t,
                                          std::conditional_t<Width <= 32, std::uint32_t, std::uint64_t>>>>;

/// The flow path's read: offset, shift, mask and type fold into one load and a byte swap.
/// Pre: the field's bytes were checked to be there, see View.
template <const Field& F>
constexpr auto read(const std::uint8_t* header) {
  static_assert(F.width > 0 && F.width <= 64, "longer fields are bytes, not numbers");
  constexpr unsigned first = F.bit / 8, last = (F.bit + F.width - 1) / 8;
  constexpr unsigned shift = (last + 1) * 8 - (F.bit + F.width);
  constexpr std::uint64_t mask = F.width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << F.width) - 1;
  using T = std::conditional_t<F.scale == 1, uint_for<F.width>, std::uint32_t>;
  return static_cast<T>(((load_be<last - first + 1>(header + first) >> shift) & mask) * F.scale);
}

/// The same arithmetic from the table, at run time: one copy for all protocols.
/// Pre: kPadding readable bytes after the header; f.width <= 64.
inline std::uint64_t read(const Field& f, const std::uint8_t* header) {
  const std::uint64_t v = load_be<8>(header + f.bit / 8) << (f.bit % 8);
  return (v >> (64 - f.width)) * f.scale;
}

/// Rules of every table, checked where it is compiled: a wrong definition does not build.
consteval bool well_formed(const Protocol& p) {
  if (p.title.empty() || p.reference.empty()) return false;
  for (std::size_t i = 0; i < p.fields.size(); ++i) {
    const Field& f = *p.fields[i];
    if (!f.name.starts_with(p.name) || f.name.size() <= p.name.size() || f.name[p.name.size()] != '.')
      return false;
    if (f.title.empty() || f.width == 0) return false;
    if (f.bit + f.width > p.min_length * 8U) return false;
    if (f.width <= 64 && f.bit % 8 + f.width > 64) return false;  // one load of 8 bytes must cover it
    for (std::size_t j = 0; j < i; ++j) {
      if (p.fields[j]->name == f.name) return false;
    }
  }
  return true;
}

/// A header whose fixed part is known to be captured. Only fields inside that part can be read.
template <const Protocol& P>
class View {
 public:
  /// `header` is read only if it is there.
  constexpr View(const std::uint8_t* header, bool there) : header_(there ? header : nullptr), there_(there) {}
  constexpr explicit operator bool() const { return there_; }

  template <const Field& F>
  [[nodiscard]] constexpr auto get() const {
    static_assert(F.bit + F.width <= P.min_length * 8U, "the field lies outside the header's fixed part");
    return read<F>(header_);
  }
  /// First byte of a field that is longer than a number, such as an address.
  template <const Field& F>
  [[nodiscard]] constexpr const std::uint8_t* bytes() const {
    static_assert(F.bit % 8 == 0 && F.bit + F.width <= P.min_length * 8U);
    return header_ + F.bit / 8;
  }

 private:
  const std::uint8_t* header_;
  bool there_;  // not told from a null pointer: no reader has to wonder whether a cursor's bytes can be null
};

}  // namespace flowloom
