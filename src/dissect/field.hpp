// A field is data: a constexpr value of one plain type. A protocol is an array of them. From these tables
// come the compile-time reads of the flow path and the run-time reads of everything else
// (docs/design/fields.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "base/endian.hpp"
#include "flowloom/bytes.hpp"

namespace flowloom {

/// What a value is. Wireshark's type is told by the kind and, for numbers, `storage`.
enum class Kind : std::uint8_t {
  none,      ///< only there or not there (FT_NONE)
  protocol,  ///< a layer's bytes (FT_PROTOCOL)
  uint,
  sint,
  flag,
  frame,  ///< the number of a frame (FT_FRAMENUM)
  real,
  time,      ///< ns since the epoch
  duration,  ///< ns
  ipv4,
  ipv6,
  mac,
  eui64,
  guid,
  bytes,
  text,
};
/// How numbers are written, and what stands between bytes; `spelled`: bytes of which there may be none, which
/// Wireshark then writes as <none>.
enum class Base : std::uint8_t { dec, hex, oct, colons, spaces, spelled };

/// What a number means: its name in a registry (IANA's and the like).
struct Label {
  std::uint64_t value;
  std::string_view text;
};

struct Tape;
struct Layer;

/// A number that a layer says, or bytes that it has, if it does.
struct Told {
  Told() = default;
  Told(bool is_there, std::uint64_t what) : there(is_there), number(what) {}
  static Told bytes(std::uint32_t at, std::uint32_t size) {
    Told told(true, size);
    told.at = at;
    return told;
  }

  bool there = false;
  std::uint32_t at = 0;      ///< of bytes: the first one, from the layer's first
  std::uint64_t number = 0;  ///< of bytes: how many
};

/// One field. Bits count from the start of the header, most significant first, as the diagrams in RFCs do.
/// `scale` multiplies the raw value (tcp.hdr_len counts words of four bytes). A field without `parsed` is
/// read from its place in every header of its protocol; the protocol's code puts the others where they are.
/// Of a parsed number or bytes, `told` may say what was put, or would have been: readers that know the name
/// need not have it on the tape.
struct Field {
  std::string_view name;   ///< Wireshark's filter name; those of one protocol may share it (ip.addr)
  std::string_view title;  ///< for people
  Kind kind = Kind::uint;
  std::uint16_t bit = 0;
  std::uint16_t width = 0;  ///< bits; 0: its place is known only while parsing
  std::uint8_t scale = 1;
  Base base = Base::dec;
  std::uint8_t storage = 0;  ///< bits of Wireshark's type, which say how many hexadecimal digits are written
  bool parsed = false;       ///< put by the protocol's code, not in every header
  bool hidden = false;       ///< for filters only: the value has another field, too (ip.addr)
  std::span<const Label> labels = {};
  Told (*told)(const Tape&, const Layer&) = nullptr;  ///< of any layer of its protocols; see tape.hpp

 private:  // first, since what follows needs it at compile time
  template <class Member, class T>
  [[nodiscard]] consteval Field with(Member member, T value) const {
    Field changed = *this;
    changed.*member = value;
    return changed;
  }

 public:
  // To be chained in a definition: make::uint("eth.type", …).hex()
  [[nodiscard]] consteval Field hex() const { return with(&Field::base, Base::hex); }
  [[nodiscard]] consteval Field oct() const { return with(&Field::base, Base::oct); }
  [[nodiscard]] consteval Field colons() const { return with(&Field::base, Base::colons); }
  [[nodiscard]] consteval Field spaces() const { return with(&Field::base, Base::spaces); }
  [[nodiscard]] consteval Field spelled() const { return with(&Field::base, Base::spelled); }
  /// Wireshark's type is of that many bits.
  [[nodiscard]] consteval Field in(std::uint8_t bits) const { return with(&Field::storage, bits); }
  [[nodiscard]] consteval Field when_parsed() const { return with(&Field::parsed, true); }
  [[nodiscard]] consteval Field alias() const { return with(&Field::hidden, true); }
  [[nodiscard]] consteval Field told_by(Told (*how)(const Tape&, const Layer&)) const {
    return with(&Field::told, how);
  }
  [[nodiscard]] consteval Field named(std::span<const Label> all) const { return with(&Field::labels, all); }
};

/// The vocabulary of a definition file. What begins with a bit or byte has a place in the header.
namespace make {
consteval Field at_bit(std::string_view name, std::string_view title, Kind kind, unsigned bit,
                       unsigned width) {
  Field field;
  field.name = name;
  field.title = title;
  field.kind = kind;
  field.bit = static_cast<std::uint16_t>(bit);
  field.width = static_cast<std::uint16_t>(width);
  field.storage = static_cast<std::uint8_t>(width <= 8    ? 8
                                            : width <= 16 ? 16
                                            : width <= 24 ? 24
                                            : width <= 32 ? 32
                                                          : 64);
  return field;
}
consteval Field uint(std::string_view name, unsigned byte, unsigned bytes, std::string_view title) {
  return at_bit(name, title, Kind::uint, byte * 8, bytes * 8);
}
consteval Field sint(std::string_view name, unsigned byte, unsigned bytes, std::string_view title) {
  return at_bit(name, title, Kind::sint, byte * 8, bytes * 8);
}
consteval Field bits(std::string_view name, unsigned bit, unsigned width, std::string_view title,
                     unsigned scale = 1) {
  Field field = at_bit(name, title, Kind::uint, bit, width);
  field.scale = static_cast<std::uint8_t>(scale);
  return field;
}
consteval Field flag(std::string_view name, unsigned bit, std::string_view title) {
  return at_bit(name, title, Kind::flag, bit, 1);
}
consteval Field ipv4(std::string_view name, unsigned byte, std::string_view title) {
  return at_bit(name, title, Kind::ipv4, byte * 8, 32);
}
consteval Field ipv6(std::string_view name, unsigned byte, std::string_view title) {
  return at_bit(name, title, Kind::ipv6, byte * 8, 128);
}
consteval Field mac(std::string_view name, unsigned byte, std::string_view title) {
  return at_bit(name, title, Kind::mac, byte * 8, 48);
}
consteval Field bytes(std::string_view name, unsigned byte, unsigned count, std::string_view title) {
  return at_bit(name, title, Kind::bytes, byte * 8, count * 8);
}
/// A value whose place is known only while parsing; `storage` as Field's (numbers only).
consteval Field value(std::string_view name, Kind kind, std::string_view title, unsigned storage = 32) {
  Field field;
  field.name = name;
  field.title = title;
  field.kind = kind;
  field.storage = static_cast<std::uint8_t>(storage);
  field.parsed = true;
  return field;
}
}  // namespace make

/// The fields of a part that may stand at several places in its protocol (a message, an option): `bit` counts
/// from the part's first byte.
template <std::size_t N>
consteval std::array<Field, N> part(const Field (&list)[N]) {
  std::array<Field, N> fields = {};
  for (std::size_t i = 0; i < N; ++i) fields[i] = list[i].when_parsed();
  return fields;
}

namespace detail {
template <class List>
inline constexpr std::size_t kFieldsIn = std::tuple_size_v<List>;
template <std::size_t N>
inline constexpr std::size_t kFieldsIn<const Field* [N]> = N;
template <>
inline constexpr std::size_t kFieldsIn<Field> = 1;

constexpr const Field* address_of(const Field& field) { return &field; }
constexpr const Field* address_of(const Field* field) { return field; }
}  // namespace detail

/// One list of several: of fields, parts, and lists that protocols have in common.
template <class... Lists>
consteval auto together(const Lists&... lists) {
  std::array<const Field*, (detail::kFieldsIn<std::remove_const_t<Lists>> + ...)> all = {};
  std::size_t size = 0;
  const auto add = [&](const auto& list) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(list)>, Field>) {
      all[size++] = &list;
    } else {
      for (const auto& field : list) all[size++] = detail::address_of(field);
    }
  };
  (add(lists), ...);
  return all;
}

/// Where a protocol can be found: a number in its parent. The child names its parents.
enum class Table : std::uint8_t {
  link_type,  ///< of the capture (LINKTYPE_)
  ethertype,
  llc_dsap,
  ppp,  ///< PPP protocol field
  ip_proto,
  udp_port,
  tcp_port,
  sctp_port,
  osi,  ///< network layer protocol identifier (ISO/IEC TR 9577)
  gre,  ///< GRE protocol types that are no EtherTypes
};
struct Binding {
  Table table;
  std::uint16_t value;
};

/// Where in the stack a protocol is, for `--until`, and for what nobody wants and so is not looked into.
enum class Level : std::uint8_t { frame, link, internet, transport, tunnel, application };

class Dissector;
struct Next;
struct Construction;

struct Protocol {
  std::string_view name;  ///< Wireshark's; the prefix of its fields' names
  std::string_view title;
  std::string_view reference;
  std::uint16_t min_length;  ///< bytes of the fixed header
  std::span<const Field* const> fields;
  Level level = Level::link;
  std::span<const Binding> parents = {};
  /// Says what follows; puts the values of parsed fields. Null: none of its own.
  Next (*dissect)(Dissector&) = nullptr;
  std::string_view pcapkit = {};               ///< PyPCAPKit's name of it, where it has one
  std::string_view prefix = {};                ///< of fields' names, where that is not `name`
  const Construction* construction = nullptr;  ///< null: nothing is filled in, the parts follow one another
  /// Of a header whose fixed part is not all there: nothing() or reject(). Null: fields at fixed places are
  /// all there is.
  Next (*dissect_cut)(Dissector&) = nullptr;

  [[nodiscard]] consteval Protocol made_by(const Construction& how) const {
    Protocol changed = *this;
    changed.construction = &how;
    return changed;
  }
  [[nodiscard]] consteval Protocol cut_by(Next (*how)(Dissector&)) const {
    Protocol changed = *this;
    changed.dissect_cut = how;
    return changed;
  }
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
  // Each name is compared with all before it, by a number first: compilers count the steps.
  constexpr std::size_t kMostFields = 1024;
  std::array<std::uint64_t, kMostFields> hashes = {};
  if (p.fields.size() > kMostFields) return false;
  if (p.name.empty() || p.title.empty() || p.reference.empty()) return false;
  for (std::size_t i = 0; i < p.fields.size(); ++i) {
    const Field& f = *p.fields[i];
    std::uint64_t hash = 0;
    for (const char letter : f.name) hash = hash * 31 + static_cast<unsigned char>(letter);
    hashes[i] = hash;
    const auto below = [&](std::string_view prefix) {
      return !prefix.empty() && f.name.starts_with(prefix) && f.name.size() > prefix.size() &&
             f.name[prefix.size()] == '.';
    };
    if (!below(p.name) && !below(p.prefix)) return false;
    if (f.title.empty() || (f.width == 0 && !f.parsed)) return false;
    if (!f.parsed && f.bit + f.width > p.min_length * 8U) return false;
    const bool told = f.parsed && (f.kind == Kind::uint || f.kind == Kind::time || f.kind == Kind::duration ||
                                   f.kind == Kind::bytes);
    if (f.told != nullptr && !told) return false;
    const bool number = f.kind == Kind::uint || f.kind == Kind::sint || f.kind == Kind::flag;
    if (f.base == Base::hex && f.storage % 8 != 0) return false;  // its digits are written by twos
    if (number && f.bit % 8 + f.width > 64) return false;         // one load of 8 bytes must cover it
    if (!number && f.width != 0 && (f.bit % 8 != 0 || f.width % 8 != 0)) return false;
    for (std::size_t k = 1; k < f.labels.size(); ++k) {
      if (f.labels[k].value <= f.labels[k - 1].value) return false;  // they are searched by halves
    }
    const std::uint64_t* const before = hashes.data();
    for (std::size_t j = 0; j < i; ++j) {
      if (before[j] != hash) continue;
      const Field& other = *p.fields[j];
      if (other.name != f.name) continue;  // one name: one meaning, at several places
      const bool twins = (f.hidden && other.hidden) || f.parsed || other.parsed;
      if (!twins || other.kind != f.kind || (!f.parsed && other.bit == f.bit)) return false;
    }
  }
  return true;
}

/// Whether one protocol's fields at fixed places mean what they mean in the other, too. Readers look up a
/// name's places in the headers of all protocols that have the name: one that is at a fixed place here, and
/// put by the code or at another place there, would be read where it is not.
consteval bool names_agree(const Protocol& a, const Protocol& b) {
  const auto related = [](std::string_view x, std::string_view y) {
    return !x.empty() && !y.empty() && (x.starts_with(y) || y.starts_with(x));
  };
  if (!related(a.name, b.name) && !related(a.name, b.prefix) && !related(a.prefix, b.name) &&
      !related(a.prefix, b.prefix))
    return true;  // each one's names begin with its own or its prefix
  const auto hold = [](const Protocol& fixed, const Protocol& other) {
    for (const Field* field : fixed.fields) {
      if (field->parsed) continue;
      bool shared = false, named = false;
      for (const Field* theirs : other.fields) shared = shared || theirs == field;
      if (shared) continue;
      for (const Field* theirs : other.fields) named = named || theirs->name == field->name;
      if (named) return false;
    }
    return true;
  };
  return hold(a, b) && hold(b, a);
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
