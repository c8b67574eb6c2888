#include "filter/straighten.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "filter/straight_loads.hpp"

namespace flowloom::filter {
namespace {

using What = Instruction::What;

constexpr std::size_t kMostPairs = 16, kMostInstructions = 256, kMostRegisters = 4096;

bool is_address(ValueType type) { return type.kind == Kind::ipv4 || type.kind == Kind::ipv6; }

/// Writes the code of one test. What returns nothing could not be written so.
class Writer {
 public:
  Writer(const Plan& plan, std::vector<Register>& registers)
      : plan_(plan), registers_(registers), writer_(registers), loads_(plan, writer_) {}

  bool write(const Node& test) {
    writer_.code().quantifier = test.quantifier;
    const bool values = test.op == Op::compare || test.op == Op::not_zero || test.op == Op::there;
    if (values) {
      if (!loads_.look(plan_.nodes[test.a]) || (test.op == Op::compare && !loads_.look(plan_.nodes[test.b])))
        return false;
    } else if (test.op == Op::exists || test.op == Op::compare_field ||
               (test.op == Op::among && test.quantifier == Quantifier::any)) {
      of_field_.op = test.op == Op::exists ? Op::count : Op::field;
      of_field_.type = test.type;
      of_field_.a = test.a;
      if (!loads_.look(of_field_)) return false;
    } else {
      return false;
    }
    if (loads_.combinations() > kMostPairs) return false;
    do {
      next_.clear();
      if (!write_pair(test)) return false;
      for (const std::size_t i : next_) writer_.code().instructions[i].next = writer_.here();
    } while (loads_.next_combination());
    return writer_.code().instructions.size() <= kMostInstructions && registers_.size() <= kMostRegisters;
  }

  [[nodiscard]] StraightCode&& take() { return std::move(writer_.code()); }

 private:
  bool write_pair(const Node& test) {
    if (test.op == Op::exists) {
      writer_.add(What::true_always);
      return true;
    }
    const bool of_field = test.op == Op::compare_field || test.op == Op::among;
    const std::optional<Held> left = value(of_field ? of_field_ : plan_.nodes[test.a]);
    if (!left) return false;
    if (test.op == Op::not_zero || test.op == Op::there) {
      writer_.add(test.op == Op::there ? What::not_empty : What::found).left = left->at;
      return test.op == Op::not_zero || !left->number;
    }
    if (test.op == Op::among) {
      for (std::uint32_t i = 0; i < test.c; ++i) {
        if (!write_span(test.type, *left, plan_.spans[test.b + i])) return false;
      }
      return true;
    }
    const std::optional<Held> right = test.op == Op::compare_field
                                          ? constant(test.type, plan_.constants[test.b])
                                          : value(plan_.nodes[test.b]);
    return right && write_test(false, test.type, test.comparison, *left, *right);
  }

  bool write_test(bool only_required, ValueType type, Comparison comparison, const Held& left,
                  const Held& right) {
    if (left.number != right.number) return false;
    Instruction& code = writer_.add(left.number ? (only_required ? What::require : What::test)
                                                : (only_required ? What::require_bytes : What::test_bytes));
    code.comparison = comparison;
    code.left = left.at;
    code.right = right.at;
    const unsigned all = type.kind == Kind::ipv4 ? 32 : 128;
    const unsigned bits = is_address(type) ? std::min<unsigned>({all, left.prefix, right.prefix}) : all;
    code.high = first_bits(std::min(bits, 64U));
    code.low = first_bits(bits - std::min(bits, 64U));
    return true;
  }
  bool write_span(ValueType type, const Held& left, const Span& span) {
    const Node &from = plan_.nodes[span.first], &to = plan_.nodes[span.last];
    if (from.op != Op::constant || to.op != Op::constant) return false;
    const std::optional<Held> first = value(from), last = value(to);
    if (!first || !last) return false;
    if (span.first == span.last) return write_test(false, type, Comparison::equal, left, *first);
    const std::size_t required = writer_.code().instructions.size();
    if (!write_test(true, type, Comparison::greater_equal, left, *first)) return false;
    if (!write_test(false, type, Comparison::less_equal, left, *last)) return false;
    writer_.code().instructions[required].next = writer_.here();
    return true;
  }

  std::optional<Held> value(const Node& node) {
    switch (node.op) {
      case Op::field:
      case Op::length:
      case Op::count:
      case Op::slice:
        return loads_.next();
      case Op::constant:
        return constant(node.type, plan_.constants[node.a]);
      case Op::bytes: {
        const std::optional<Held> whole = value(plan_.nodes[node.a]);
        return whole && !whole->number ? whole : std::nullopt;
      }
      case Op::negative:
        return calculated(What::negate, node.type, value(plan_.nodes[node.a]), Held{0, true});
      case Op::absolute:
        return calculated(What::absolute, node.type, value(plan_.nodes[node.a]), Held{0, true});
      case Op::largest:
      case Op::smallest: {
        const std::size_t before = next_.size();
        std::optional<Held> best = value(plan_.nodes[plan_.children[node.b]]);
        for (std::uint32_t i = 1; i < node.c; ++i) {
          const std::optional<Held> other = value(plan_.nodes[plan_.children[node.b + i]]);
          best = calculated(node.op == Op::largest ? What::greater : What::lesser, node.type, best, other);
        }
        next_.resize(before);  // without one result it is another's
        return best && best->number ? best : std::nullopt;
      }
      default:
        break;
    }
    const std::optional<Held> left = value(plan_.nodes[node.a]), right = value(plan_.nodes[node.b]);
    switch (node.op) {
      case Op::add:
        return calculated(What::add, node.type, left, right);
      case Op::subtract:
        return calculated(What::subtract, node.type, left, right);
      case Op::multiply:
        return calculated(What::multiply, node.type, left, right);
      case Op::divide:
        return calculated(What::divide, node.type, left, right);
      case Op::modulo:
        return calculated(What::modulo, node.type, left, right);
      case Op::mask:
        return calculated(is_number(node.type) ? What::mask : What::mask_bytes, node.type, left, right);
      default:
        return std::nullopt;
    }
  }

  std::optional<Held> calculated(What what, ValueType type, const std::optional<Held>& left,
                                 const std::optional<Held>& right) {
    const bool number = what != What::mask_bytes;
    if (!left || !right || left->number != number || right->number != number || type.bits > 32)
      return std::nullopt;
    switch (what) {
      case What::mask:
      case What::mask_bytes:
      case What::absolute:
      case What::greater:
      case What::lesser:
        break;
      default:
        next_.push_back(writer_.code().instructions.size());
    }
    Held held;
    Instruction& code = writer_.add(what, number, held, std::min(left->prefix, right->prefix));
    code.left = left->at;
    code.right = right->at;
    return held;
  }

  std::optional<Held> constant(ValueType type, const Item& item) {
    if (is_number(type)) {
      const bool fits = item.negative ? item.number >= std::uint64_t{0} - (kMostRegisterNumber + 1) / 2
                                      : item.number <= kMostRegisterNumber;
      return item.data == nullptr && fits ? std::optional(writer_.constant(item.number)) : std::nullopt;
    }
    if (!is_in_bytes(type) || type.kind == Kind::text || item.data == nullptr ||
        item.size > kMostRegisterBytes)
      return std::nullopt;
    return writer_.constant(item);
  }

  const Plan& plan_;
  std::vector<Register>& registers_;
  CodeWriter writer_;
  Loads loads_;
  std::vector<std::size_t> next_;  ///< instructions that may have no result
  Node of_field_;
};

}  // namespace

void use_straight_code(Plan& plan) {
  if (plan.registers.empty()) plan.registers.emplace_back();  // instructions without registers name the first
  for (std::size_t i = 0, count = plan.nodes.size(); i < count; ++i) {
    const std::size_t before = plan.registers.size();
    Writer writer(plan, plan.registers);
    if (!writer.write(plan.nodes[i])) {
      plan.registers.resize(before);
      continue;
    }
    const Node general = plan.nodes[i];
    Node& straight = plan.nodes[i] = {};
    straight.op = Op::straight;
    straight.a = static_cast<std::uint32_t>(plan.straight.size());
    straight.b = static_cast<std::uint32_t>(plan.nodes.size());
    plan.straight.push_back(writer.take());
    plan.nodes.push_back(general);
  }
}

}  // namespace flowloom::filter
