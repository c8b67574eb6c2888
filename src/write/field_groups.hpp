// The fields of a layer as documents have them: each name once, with its occurrences, aliases left out.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dissect/registry.hpp"
#include "dissect/tape.hpp"

namespace flowloom {

/// Numbers for the names of all fields. Made once.
class FieldNames {
 public:
  static const FieldNames& instance();

  /// Fields of one name have one number.
  [[nodiscard]] std::uint32_t number(const Field& field) const {
    for (std::size_t i = slot_of(&field);; i = (i + 1) & mask_) {
      if (slots_[i].field == &field) return slots_[i].number;
    }
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  struct Slot {
    const Field* field = nullptr;
    std::uint32_t number = 0;
  };

  FieldNames();
  [[nodiscard]] std::size_t slot_of(const Field* field) const {
    return (reinterpret_cast<std::uintptr_t>(field) * 0x9E3779B97F4A7C15U >> 40) & mask_;
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0, count_ = 0;
};

/// Memory that is used again for every layer.
class FieldGroups {
 public:
  struct Group {
    const Field* field;  ///< the first of that name
    std::uint32_t name;  ///< FieldNames' number
    std::uint32_t first, last;
  };

  FieldGroups() : group_of_(FieldNames::instance().count()), stamp_(group_of_.size()) {}

  /// Collects the values of the layer, which are valid until the next call.
  void collect(const Tape& tape, const Layer& layer);

  [[nodiscard]] std::span<const Group> groups() const { return groups_; }
  template <class Visit>
  void each(const Group& group, Visit&& visit) const {
    for (std::uint32_t i = group.first; i != kNoValue; i = entries_[i].next) visit(entries_[i].value);
  }

 private:
  struct Entry {
    Value value;
    std::uint32_t next;
  };

  void add(const Value& value);

  std::vector<Group> groups_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> group_of_;  ///< by name
  std::vector<std::uint32_t> stamp_;     ///< by name: the layer in which group_of_ was said
  std::uint32_t now_ = 0;
};

}  // namespace flowloom
