#include "write/arrow/levels.hpp"

#include <utility>

#include <arrow/array/array_nested.h>

namespace flowloom::arrow_component {
namespace {

/// One entry of the column so far: a value of the array at hand, or the end of its path (no list, no element,
/// null), whose definition level is known.
struct Slot {
  static constexpr std::int64_t kEnded = -1;

  std::int64_t index = kEnded;
  std::int16_t definition = 0;
  std::int16_t repetition = 0;
};

using Slots = std::vector<Slot>;

class LeafCollector {
 public:
  arrow::Status visit(const arrow::Field& field, const std::shared_ptr<arrow::Array>& array, Slots slots,
                      std::int16_t definition, std::int16_t repetition) {
    ARROW_RETURN_NOT_OK(check_order(*array, slots));
    if (field.nullable()) {
      for (Slot& slot : slots) {
        if (slot.index == Slot::kEnded) continue;
        if (array->IsNull(slot.index)) {
          slot = {Slot::kEnded, definition, slot.repetition};
        }
      }
      ++definition;
    }
    if (array->type_id() == arrow::Type::STRUCT) {
      const auto& structure = static_cast<const arrow::StructArray&>(*array);
      for (int i = 0; i < structure.num_fields(); ++i) {
        ARROW_RETURN_NOT_OK(
            visit(*structure.type()->field(i), structure.field(i), slots, definition, repetition));
      }
      return arrow::Status::OK();
    }
    if (array->type_id() == arrow::Type::LIST) {
      const auto& lists = static_cast<const arrow::ListArray&>(*array);
      return visit(*lists.type()->field(0), lists.values(), elements(lists, slots, definition, repetition),
                   static_cast<std::int16_t>(definition + 1), static_cast<std::int16_t>(repetition + 1));
    }
    Leaf leaf{.values = array, .nullable = field.nullable(), .repeated = repetition > 0};
    for (const Slot& slot : slots) {
      leaf.definition.push_back(slot.index == Slot::kEnded ? slot.definition : definition);
      leaf.repetition.push_back(slot.repetition);
    }
    leaves.push_back(std::move(leaf));
    return arrow::Status::OK();
  }

  std::vector<Leaf> leaves;

 private:
  /// Parquet's writer takes an array's values one after the other, so every value must have its slot.
  static arrow::Status check_order(const arrow::Array& array, const Slots& slots) {
    std::int64_t expected = 0;
    for (const Slot& slot : slots) {
      if (slot.index == Slot::kEnded) continue;
      if (slot.index != expected++) return arrow::Status::Invalid("values below a null list");
    }
    return expected == array.length() ? arrow::Status::OK()
                                      : arrow::Status::Invalid("values below a null list or structure");
  }

  static Slots elements(const arrow::ListArray& lists, const Slots& slots, std::int16_t definition,
                        std::int16_t repetition) {
    Slots out;
    for (const Slot& slot : slots) {
      if (slot.index == Slot::kEnded) {
        out.push_back(slot);
        continue;
      }
      const std::int64_t begin = lists.value_offset(slot.index);
      const std::int64_t end = begin + lists.value_length(slot.index);
      if (begin == end) out.push_back({Slot::kEnded, definition, slot.repetition});
      for (std::int64_t i = begin; i < end; ++i) {
        out.push_back({i, 0, i == begin ? slot.repetition : static_cast<std::int16_t>(repetition + 1)});
      }
    }
    return out;
  }
};

/// A column without levels but that of being null: most are, and need no slots.
Leaf flat_leaf(const arrow::Field& field, const std::shared_ptr<arrow::Array>& array) {
  Leaf leaf{.values = array, .nullable = field.nullable(), .repeated = false};
  leaf.definition.assign(static_cast<std::size_t>(array->length()), field.nullable() ? 1 : 0);
  if (field.nullable() && array->null_count() != 0) {
    for (std::size_t i = 0; i < leaf.definition.size(); ++i) {
      if (array->IsNull(static_cast<std::int64_t>(i))) leaf.definition[i] = 0;
    }
  }
  return leaf;
}

}  // namespace

arrow::Result<std::vector<Leaf>> leaves_of(const arrow::Field& field,
                                           const std::shared_ptr<arrow::Array>& array) {
  const arrow::Type::type type = array->type_id();
  if (type != arrow::Type::STRUCT && type != arrow::Type::LIST) return std::vector{flat_leaf(field, array)};
  Slots rows(static_cast<std::size_t>(array->length()));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].index = static_cast<std::int64_t>(i);
  LeafCollector collector;
  ARROW_RETURN_NOT_OK(collector.visit(field, array, std::move(rows), 0, 0));
  return std::move(collector.leaves);
}

}  // namespace flowloom::arrow_component
