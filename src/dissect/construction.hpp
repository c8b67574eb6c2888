// What a protocol's table does not say of how its headers are made: which fields follow from the rest of the
// packet, and how the variable part lies. src/construct/ makes packets of it.
#pragma once

#include <cstdint>
#include <span>

#include "dissect/field.hpp"

namespace flowloom {

/// A field that is filled in where it is not given.
struct Fill {
  enum class With : std::uint8_t {
    number,    ///< a constant
    checksum,  ///< as number, until the checksum is known; it is never sent as 0 (RFC 768)
    count,     ///< how many values of `counted` there are, but for those that `less` says
    next,      ///< what the next protocol is bound to in `table`; nothing if it is not
    header,    ///< bytes of this header …
    payload,   ///< … of the next layers …
    rest,      ///< … of these and of what is behind them …
    whole,     ///< … and of all
  };
  const Field* field;
  With with;
  Table table = Table::link_type;
  std::int64_t number = 0;        ///< the constant; added to a length
  std::uint8_t unit = 1;          ///< bytes that the length counts as one
  const Field* unless = nullptr;  ///< only if that one is neither given nor filled in
  const Field* given = nullptr;   ///< only if that one is given
  const Field* told = nullptr;    ///< only if that one, at a fixed place, says `tells` …
  std::uint64_t tells = 0;
  bool untold = false;              ///< … or only if it does not
  const Protocol* under = nullptr;  ///< only below that protocol, at the front of the header
  /// Only if that field says `announces`; where the variable part begins, in the order of the table.
  const Field* announced = nullptr;
  std::uint64_t announces = 1;
  std::span<const Field* const> counted = {};
  std::span<const Field* const> less = {};  ///< numbers that were set or are filled in before

  [[nodiscard]] consteval Fill plus(std::int64_t n) const {
    Fill changed = *this;
    changed.number = n;
    return changed;
  }
  [[nodiscard]] consteval Fill words(std::uint8_t bytes) const {
    Fill changed = *this;
    changed.unit = bytes;
    return changed;
  }
  [[nodiscard]] consteval Fill when_given(const Field& f) const {
    Fill changed = *this;
    changed.given = &f;
    return changed;
  }
  [[nodiscard]] consteval Fill without(const Field& f) const {
    Fill changed = *this;
    changed.unless = &f;
    return changed;
  }
  [[nodiscard]] consteval Fill if_says(const Field& f, std::uint64_t value) const {
    Fill changed = *this;
    changed.told = &f;
    changed.tells = value;
    return changed;
  }
  [[nodiscard]] consteval Fill unless_says(const Field& f, std::uint64_t value) const {
    Fill changed = if_says(f, value);
    changed.untold = true;
    return changed;
  }
  [[nodiscard]] consteval Fill in_front_under(const Protocol& p) const {
    Fill changed = *this;
    changed.under = &p;
    return changed;
  }
  [[nodiscard]] consteval Fill announced_by(const Field& flag, std::uint64_t value = 1) const {
    Fill changed = *this;
    changed.announced = &flag;
    changed.announces = value;
    return changed;
  }
  [[nodiscard]] consteval Fill less_by(std::span<const Field* const> others) const {
    Fill changed = *this;
    changed.less = others;
    return changed;
  }
};

namespace fill {
consteval Fill number(const Field& field, std::int64_t n) {
  return {&field, Fill::With::number, Table::link_type, n};
}
consteval Fill checksum(const Field& field) {
  return {&field, Fill::With::checksum, Table::link_type, 0xFFFF};
}
/// 1 if that one is given.
consteval Fill flag(const Field& field, const Field& announces) {
  return number(field, 1).when_given(announces);
}
consteval Fill count(const Field& field, std::span<const Field* const> counted) {
  Fill made = {&field, Fill::With::count};
  made.counted = counted;
  return made;
}
consteval Fill next(const Field& field, Table table) { return {&field, Fill::With::next, table}; }
consteval Fill header(const Field& field) { return {&field, Fill::With::header}; }
consteval Fill payload(const Field& field) { return {&field, Fill::With::payload}; }
consteval Fill rest(const Field& field) { return {&field, Fill::With::rest}; }
consteval Fill whole(const Field& field) { return {&field, Fill::With::whole}; }
}  // namespace fill

/// Values of the variable part that belong together, as an option's do. The places of those that have one
/// count from the group's first byte.
struct Group {
  const Field* first;  ///< begins the group, and ends those before of this level and of deeper ones
  /// Filled in; behind `first` if it has no place of its own. It need not be one of the protocol's fields.
  const Field* length = nullptr;
  std::int64_t plus = 0;  ///< added to the group's bytes
  std::uint8_t unit = 1;  ///< bytes that the length counts as one
  std::uint8_t level = 0;
  bool (*alone)(std::uint64_t first) = nullptr;  ///< has no length
  const Field* padding = nullptr;                ///< ends the group: is not counted
  std::uint8_t align = 1;                        ///< filled up by zeros to a multiple of bytes, not counted …
  bool filled = false;                           ///< … but if this says so
  bool carries = false;                          ///< the last one counts what the layer carries, too
  bool counted = false;                          ///< `first` is the group's content, its length stands before
  std::span<const Field* const> head = {};       ///< stand at its beginning in this order, `first` is one
  const Field* number = nullptr;                 ///< of the head; filled in: values of `each` in the group
  const Field* each = nullptr;
  std::uint8_t at_least = 0;  ///< byte of the header before which it does not begin
  /// Bits of a type that no value says: `first` is enough to tell it, and stands behind type and length. 0:
  /// there is none.
  std::uint8_t tag_bits = 0;
  std::uint16_t tag = 0;            ///< the type
  std::span<const Field> own = {};  ///< have a place in the group, for which it has room
  std::span<const Field* const> meant =
      {};                           ///< in the group, by a name that others have, too; as `own`, `head`
  const Field* checksum = nullptr;  ///< filled in …
  void (*put_checksum)(std::span<std::uint8_t> group) = nullptr;  ///< … by this
  /// By the fields that always are there: neither length nor checksum is of what is here. Null: they are.
  bool (*partial)(const std::uint8_t* header) = nullptr;

  [[nodiscard]] constexpr bool is_in_head(const Field* field) const {
    for (const Field* other : head) {
      if (field == other) return true;
    }
    return false;
  }
  [[nodiscard]] constexpr bool has(const Field* field) const {
    for (const Field* other : meant) {
      if (field == other) return true;
    }
    for (const Field& other : own) {
      if (field == &other) return true;
    }
    return field == each || is_in_head(field);
  }
};

/// A value of which no more bytes are there than it needs.
struct Cut {
  const Field* field;
  const Field* bits;  ///< says how many; stands before it
  std::uint8_t unit;  ///< bytes, of which there are as many as all the bits need
};

struct Construction {
  std::span<const Fill> fills = {};
  std::span<const Group> groups = {};
  std::uint16_t begin =
      0;  ///< byte where the variable part begins; 0: behind the fields that always are there
  /// Bytes of a message before its options, by the fields that always are there. Null: as `begin` says.
  std::uint16_t (*least)(const std::uint8_t* header) = nullptr;
  std::span<const Field* const> appended = {};  ///< their places count from where they stand
  bool from_front = false;  ///< places of all fields count from the message's first byte, none from a group's
  std::uint8_t align = 1;   ///< the header is filled up to a multiple of that many bytes
  bool pads = false;        ///< … by IPv6's option for it, not by zeros
  std::span<const Field* const> names = {};   ///< domain names (RFC 1035 §4.1.4)
  std::span<const Field* const> joined = {};  ///< beginnings and end of one domain name, as several values
  std::span<const Field* const> behind = {};  ///< stand behind the payload
  std::span<const Field* const> little = {};  ///< numbers of whole bytes, the least significant first
  std::uint8_t (*size)(const Field&, std::uint64_t) = nullptr;  ///< bytes of a number; 0: as its type has
  std::span<const Cut> cuts = {};
};

}  // namespace flowloom
