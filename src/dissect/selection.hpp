// Fields and protocols that somebody asked for by name, and how to find their values in a tape without
// looking at all others.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "dissect/dissector.hpp"
#include "dissect/registry.hpp"
#include "dissect/tape.hpp"
#include "flowloom/error.hpp"

namespace flowloom {

class Selection {
 public:
  /// `others`: fields that are attached to tapes; they must live as long. `proposed`: names that may be meant
  /// by one that is not known, besides the known ones. Errors: usage (a name that is not known, or twice).
  static Result<Selection> make(const std::vector<std::string>& names, const std::deque<Field>& others = {},
                                const std::vector<std::string>& proposed = {});

  struct Column {
    std::string name;
    std::vector<const Field*> fields;  ///< that have this name; a protocol: one of Kind::protocol
  };
  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  [[nodiscard]] const Wanted& wanted() const { return wanted_; }

  struct Entry {
    const Field* field;
    std::size_t column;
    Place place;  ///< of a field that has one
  };

  /// Calls visit(protocol's id, entry) for all that is asked of each protocol: in each, fields with a fixed
  /// place as its table has them, then those that are told, then the others.
  template <class Visit>
  void each_entry(Visit&& visit) const {
    for (std::size_t id = 0; id < plans_.size(); ++id) {
      for (const Entry& entry : plans_[id].fixed) visit(id, entry);
      for (const Entry& entry : plans_[id].told) visit(id, entry);
      for (const Entry& entry : plans_[id].parsed) visit(id, entry);
    }
  }

  /// Calls fixed(entry, layer) for fields with a fixed place, though they may not be there, and
  /// parsed(column's index, value) for every occurrence of another: layer by layer; in a layer the protocol,
  /// then the fields with a fixed place as its table has them, then what it tells, then the others as they
  /// were put.
  template <class Fixed, class Parsed>
  void look(const Tape& tape, Fixed&& fixed, Parsed&& parsed) const {
    for (const Layer& layer : tape.layers) {
      const Plan& plan = plans_[layer.protocol->id];
      for (const Entry& entry : plan.fixed) fixed(entry, layer);
      for (const Entry& entry : plan.told) {
        Value value;
        if (told_value(tape, *entry.field, layer, value)) parsed(entry.column, std::as_const(value));
      }
      if (plan.parsed.empty()) continue;
      for (std::uint32_t i = layer.first_value; i != kNoValue; i = tape.values[i].next) {
        for (const Entry& entry : plan.parsed) {
          if (entry.field == tape.values[i].field) parsed(entry.column, tape.values[i]);
        }
      }
    }
  }

  /// Calls visit(column's index, value) for every occurrence, in that order.
  template <class Visit>
  void visit(const Tape& tape, Visit&& visit) const {
    const auto fixed = [&](const Entry& entry, const Layer& layer) {
      Value value;
      if (fixed_value(*entry.field, layer, value)) visit(entry.column, value);
    };
    look(tape, fixed, visit);
  }

 private:
  /// What is asked of one protocol.
  struct Plan {
    std::vector<Entry> fixed, told, parsed;
  };

  Selection() = default;
  void add(std::size_t column, const Named& named);

  std::vector<Column> columns_;
  std::vector<Plan> plans_;         ///< by protocol
  std::deque<Field> layer_fields_;  ///< stand for protocols; their addresses stay
  Wanted wanted_;
};

}  // namespace flowloom
