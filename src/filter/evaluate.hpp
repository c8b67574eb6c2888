// Looks at one packet after the other with a compiled filter. After the first packets nothing is allocated.
#pragma once

#include <vector>

#include "base/arena.hpp"
#include "dissect/tape.hpp"
#include "filter/plan.hpp"

namespace flowloom::filter {

/// What a thread needs to look at packets. Not to be shared between threads.
class Evaluator {
 public:
  /// The plan must live as long.
  explicit Evaluator(const Plan& plan) : plan_(plan), registers_(plan.registers) {}

  /// Whether the packet matches. The tape must hold what the filter wants.
  bool matches(const Tape& tape);

 private:
  /// Values of a node, on the stack. Not `there`: a field in it has no occurrence in the packet.
  struct List {
    std::size_t first = 0, count = 0;
    bool there = false;
  };

  bool decide(std::uint32_t step);
  bool test(const Node& node);
  bool straight(const Node& node);
  bool compare(const Node& node);
  bool compare_field(const Node& node);
  bool search(const Node& node);
  bool among(const Node& node);
  [[nodiscard]] bool in_span(const Node& node, const Item& item, const Span& span);

  List values(const Node& node);
  List slices(const Node& node);
  List calculated(const Node& node);
  List extreme(const Node& node);
  List made_of_each(const Node& node);
  void as_bytes(Item& item, ValueType type);
  bool calculate(const Node& node, const Item& a, const Item& b, Item& result);
  bool mask(ValueType type, const Item& a, const Item& b, Item& result);

  /// Every occurrence, until `see` says true. Whether it did.
  template <class See>
  bool occurrences(const FieldUse& use, See&& see) const;

  const Plan& plan_;
  const Tape* tape_ = nullptr;
  std::vector<Item> stack_;
  std::vector<Register> registers_;
  Arena memory_;  ///< bytes that the packet does not have as such
  bool used_ = false;
};

}  // namespace flowloom::filter
