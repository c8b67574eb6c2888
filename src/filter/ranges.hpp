// What most filters consist of: comparisons of numbers and addresses with constants. Each is a range of
// numbers, or of the bits at one place in the headers of one protocol, which are looked at without making a
// value of them.
#pragma once

#include "dissect/tape.hpp"
#include "filter/plan.hpp"

namespace flowloom::filter {

/// Makes Op::ranges, or Op::field_ranges, of the tests that can be told so. They mean the same.
void use_ranges(Plan& plan);

/// Pre: node.op == Op::ranges.
inline bool in_ranges(const Plan& plan, const Node& node, const Tape& tape) {
  const bool any = node.quantifier == Quantifier::any;
  bool seen = false;
  const NumberRange* const first = plan.number_ranges.data() + node.a;
  for (const NumberRange* range = first; range != first + node.b; ++range) {
    for (const Layer& layer : tape.layers) {
      if (layer.protocol != range->protocol || !range->place.there(layer)) continue;
      seen = true;
      const std::uint64_t bits = range->place.first_bits(layer);
      if ((bits - range->low <= range->span) == range->inside) return any;
    }
  }
  return seen && !any;
}

/// The same with ranges that are of fields' numbers, all or some of them. Pre: node.op == Op::field_ranges.
bool in_field_ranges(const Plan& plan, const Node& node, const Tape& tape);

}  // namespace flowloom::filter
