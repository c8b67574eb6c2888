#include "filter/evaluate.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "filter/compare.hpp"
#include "filter/occurrences.hpp"
#include "filter/ranges.hpp"

namespace flowloom::filter {
namespace {

/// As in Wireshark, nothing is contained in any bytes, but not in a protocol or a text.
bool contains(ValueType type, const Item& whole, const Item& piece) {
  if (piece.size == 0) return type.kind != Kind::protocol && type.kind != Kind::text;
  return whole.size >= piece.size && memmem(whole.data, whole.size, piece.data, piece.size) != nullptr;
}

bool is_zero(ValueType type, const Item& item) {
  switch (type.kind) {
    case Kind::uint:
    case Kind::sint:
    case Kind::frame:
    case Kind::flag:
    case Kind::duration:
    case Kind::time:
      return item.number == 0;
    case Kind::real:
      return std::bit_cast<double>(item.number) == 0;
    default:
      for (std::uint32_t i = 0; i < item.size; ++i) {
        if (item.data[i] != 0) return false;
      }
      return true;
  }
}

}  // namespace

bool with_payload(const Protocol& protocol) {
  static constexpr std::string_view kWhole[] = {"frame", "tcp", "icmp", "icmpv6"};
  return std::ranges::find(kWhole, protocol.name) != std::end(kWhole);
}

Item item_of(const Tape& tape, const Layer& layer) {
  const bool first = &layer == tape.layers.data();
  const std::string_view name = layer.protocol->definition->name;
  Item item;
  item.data = layer.data;
  item.size = with_payload(*layer.protocol->definition) ? layer.captured : layer.header;
  item.number = layer.captured;
  if (name == "udp" && !first) {  // what is behind the length in its own header is searched, too
    const Layer& around = *(&layer - 1);
    item.number = std::max<std::uint64_t>(item.number, around.offset + around.captured - layer.offset);
  }
  return item;
}

namespace {

/// The layer's place among those of its protocol, from 1.
std::int64_t number_of(const Tape& tape, const Layer& layer) {
  std::int64_t number = 0;
  for (const Layer* other = tape.layers.begin(); other <= &layer; ++other)
    number += other->protocol == layer.protocol ? 1 : 0;
  return number;
}

bool occurs(const Named& named, const Tape& tape, const Layer& layer) {
  const auto is_one = [&](const Field* field) {
    return std::ranges::find(named.fields, field) != named.fields.end();
  };
  if (named.of(layer.protocol)) {
    if (named.fields.empty()) return true;
    if (named.told != nullptr) return named.told->told(tape, layer).there;
    for (const Field* field : named.fields) {
      if (!field->parsed && fixed_there(*field, layer)) return true;
    }
  }
  for (std::uint32_t at = layer.first_value; at != kNoValue; at = tape.values[at].next) {
    if (is_one(tape.values[at].field)) return true;
  }
  return false;
}

}  // namespace

bool counted_in(const FieldUse& use, std::int64_t number, std::int64_t count) {
  for (const Range& range : use.layers) {
    const std::int64_t first = range.first < 0 ? count + 1 + range.first : range.first;
    std::int64_t last = count;
    if (range.until == Range::Until::length) last = first + range.second - 1;
    if (range.until == Range::Until::last) {
      last = range.second < 0 ? count + 1 + range.second : range.second;
    }
    if (number >= first && number <= last) return true;
  }
  return false;
}

bool in_layers(const FieldUse& use, const Tape& tape, const Layer& layer) {
  const std::int64_t number = number_of(tape, layer);
  std::int64_t count = number;
  for (const Layer* last = tape.layers.end(); --last > &layer;) {
    if (!occurs(*use.named, tape, *last)) continue;
    count = number_of(tape, *last);
    break;
  }
  return counted_in(use, number, count);
}

bool Evaluator::matches(const Tape& tape) {
  tape_ = &tape;
  stack_.clear();
  if (used_) memory_.reset();
  used_ = false;
  return decide(plan_.first_step);
}

/// Whether the steps from there on lead to `yes`.
bool Evaluator::decide(std::uint32_t step) {
  while (step < Step::kYes) {
    const Step& here = plan_.steps[step];
    const Node& node = plan_.nodes[here.node];
    const bool found = node.op == Op::ranges     ? in_ranges(plan_, node, *tape_)
                       : node.op == Op::straight ? straight(node)
                                                 : test(node);
    step = found ? here.yes : here.no;
  }
  return step == Step::kYes;
}

bool Evaluator::straight(const Node& node) {
  const Answer answer = run(plan_.straight[node.a], *tape_, registers_);
  return answer == Answer::unknown ? test(plan_.nodes[node.b]) : answer == Answer::yes;
}

bool Evaluator::test(const Node& node) {
  switch (node.op) {
    case Op::exclusive: {
      bool odd = false;
      for (std::uint32_t i = 0; i < node.c; ++i) odd = odd != decide(plan_.children[node.b + i]);
      return odd;
    }
    case Op::exists:
      return each_occurrence(plan_.fields[node.a], *tape_, [](const Layer&, const Value*) { return true; });
    case Op::field_ranges:
      return in_field_ranges(plan_, node, *tape_);
    case Op::compare_field:
      return compare_field(node);
    default:
      break;
  }
  const std::size_t before = stack_.size();
  bool found = false;
  if (node.op == Op::compare) {
    found = compare(node);
  } else if (node.op == Op::contains || node.op == Op::matches) {
    found = search(node);
  } else if (node.op == Op::among) {
    found = among(node);
  } else {
    const List list = values(plan_.nodes[node.a]);
    for (std::size_t i = 0; i < list.count && !found; ++i) {
      const Item& item = stack_[list.first + i];
      found = node.op == Op::there ? item.size != 0 : !is_zero(node.type, item);
    }
  }
  stack_.resize(before);
  return found;
}

bool Evaluator::compare_field(const Node& node) {
  const Item& constant = plan_.constants[node.b];
  const bool any = node.quantifier == Quantifier::any;
  bool seen = false;
  const bool stopped =
      each_occurrence(plan_.fields[node.a], *tape_, [&](const Layer& layer, const Value* value) {
        seen = true;
        const Item item = value != nullptr ? item_of(*value) : item_of(*tape_, layer);
        return holds(node.comparison, order_of(node.type, item, constant), node.quantifier) == any;
      });
  return stopped ? any : seen && !any;
}

bool Evaluator::compare(const Node& node) {
  const List left = values(plan_.nodes[node.a]);
  if (!left.there) return false;
  const List right = values(plan_.nodes[node.b]);
  if (!right.there) return false;
  const bool any = node.quantifier == Quantifier::any;
  for (std::size_t i = 0; i < left.count; ++i) {
    for (std::size_t j = 0; j < right.count; ++j) {
      const Order order = order_of(node.type, stack_[left.first + i], stack_[right.first + j]);
      if (holds(node.comparison, order, node.quantifier) == any) return any;
    }
  }
  return !any;
}

bool Evaluator::search(const Node& node) {
  const List whole = values(plan_.nodes[node.a]);
  if (!whole.there) return false;
  const bool any = node.quantifier == Quantifier::any;
  if (node.type.kind == Kind::protocol) {  // what it carries is searched, too
    for (std::size_t i = 0; i < whole.count; ++i) {
      Item& item = stack_[whole.first + i];
      item.size = static_cast<std::uint32_t>(item.number);
    }
  }
  if (node.op == Op::matches) {
    const Pattern& pattern = plan_.patterns[node.b];
    for (std::size_t i = 0; i < whole.count; ++i) {
      const Item& item = stack_[whole.first + i];
      if (pattern.found_in({item.data, item.size}) == any) return any;
    }
    return !any;
  }
  const List piece = values(plan_.nodes[node.b]);
  if (!piece.there) return false;
  for (std::size_t i = 0; i < whole.count; ++i) {
    for (std::size_t j = 0; j < piece.count; ++j) {
      if (contains(node.type, stack_[whole.first + i], stack_[piece.first + j]) == any) return any;
    }
  }
  return !any;
}

/// As Wireshark 4.0: with `all`, one element of the set must have all occurrences.
bool Evaluator::among(const Node& node) {
  const bool any = node.quantifier == Quantifier::any;
  for (std::uint32_t i = 0; i < node.c; ++i) {
    bool seen = false;
    const bool stopped =
        each_occurrence(plan_.fields[node.a], *tape_, [&](const Layer& layer, const Value* value) {
          seen = true;
          const Item item = value != nullptr ? item_of(*value) : item_of(*tape_, layer);
          return in_span(node, item, plan_.spans[node.b + i]) == any;
        });
    if (stopped ? any : seen && !any) return true;
  }
  return false;
}

bool Evaluator::in_span(const Node& node, const Item& item, const Span& span) {
  const auto some = [&](std::uint32_t bound, Comparison comparison) {
    const Node& value = plan_.nodes[bound];
    if (value.op == Op::constant) {
      return holds(comparison, order_of(node.type, item, plan_.constants[value.a]), node.quantifier);
    }
    const std::size_t before = stack_.size();
    const List list = values(value);
    bool found = false;
    for (std::size_t i = 0; i < list.count && !found; ++i) {
      found = holds(comparison, order_of(node.type, item, stack_[list.first + i]), node.quantifier);
    }
    stack_.resize(before);
    return found;
  };
  if (span.first == span.last) return some(span.first, Comparison::equal);
  return some(span.first, Comparison::greater_equal) && some(span.last, Comparison::less_equal);
}

}  // namespace flowloom::filter
