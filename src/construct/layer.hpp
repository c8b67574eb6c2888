// What a Packet keeps of a layer until it is built.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "dissect/field.hpp"

namespace flowloom::construct {

inline constexpr std::uint32_t kNoPlace = ~std::uint32_t{0};

/// A value of a field; bytes or bits that no field says.
struct Part {
  const Field* field = nullptr;
  bool is_number = false;           ///< else `bytes`
  std::uint64_t number = 0;         ///< as the field shows it (scaled); signed ones by their bits
  std::vector<std::uint8_t> bytes;  ///< of a domain name: its text, unless `literal`
  std::uint32_t bits = 0;           ///< its size; 0: the field's own
  std::uint32_t place = kNoPlace;   ///< bit of the header, where neither table nor order say it …
  bool in_group = false;            ///< … or of the group
  bool appended = false;            ///< stands behind the part before, though the table has a place for it
  bool computed = false;            ///< can be filled in
  bool spelled_out = false;         ///< a domain name: without a pointer
  bool literal = false;             ///< a domain name: as it is on the wire
  bool untagged = false;            ///< begins no group that has a tag
};

struct Layer {
  const Protocol* protocol = nullptr;
  std::vector<Part> parts;
  std::vector<std::uint8_t> behind;  ///< the payload
  bool taken_apart = false;
  bool ends_early = false;     ///< … and ends before its message is as long as its type says
  bool ends_unfilled = false;  ///< … and ends before its last group was filled up
  /// Of a layer that was taken apart: what could be filled in, but is not there.
  std::vector<const Field*> absent;
};

[[nodiscard]] inline bool contains(std::span<const Field* const> fields, const Field* field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

[[nodiscard]] inline bool is_number(Kind kind) {
  return kind == Kind::uint || kind == Kind::sint || kind == Kind::flag || kind == Kind::frame;
}

/// Whether it was set; several fields may share a name.
[[nodiscard]] inline bool is_set(const Layer& layer, const Field& field) {
  for (const Part& part : layer.parts) {
    if (part.field == &field || (part.field != nullptr && part.field->name == field.name)) return true;
  }
  return false;
}

/// Whether this very one was set.
[[nodiscard]] inline bool is_given(const Layer& layer, const Field& field) {
  return std::any_of(layer.parts.begin(), layer.parts.end(),
                     [&](const Part& part) { return part.field == &field; });
}

/// Whether bits of its place in the header were set, by its name or by another field's.
[[nodiscard]] inline bool is_said(const Layer& layer, const Field& field) {
  for (const Part& part : layer.parts) {
    if (part.field == nullptr || part.field->parsed) continue;
    if (part.field->bit < field.bit + field.width && field.bit < part.field->bit + part.field->width)
      return true;
  }
  return is_set(layer, field);
}

}  // namespace flowloom::construct
