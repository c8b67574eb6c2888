#include "filter/check.hpp"

#include <algorithm>
#include <utility>

#include "capture/printable.hpp"
#include "dissect/similar_names.hpp"
#include "filter/lexer.hpp"
#include "filter/literal.hpp"
#include "filter/steps.hpp"
#include "filter/types.hpp"

namespace flowloom::filter {
namespace {

using What = Syntax::What;

const Named* field_named(const Syntax& tree) {
  if (tree.what != What::word) return nullptr;
  std::string_view name = tree.text;
  if (name.starts_with('.')) name.remove_prefix(1);
  return Registry::instance().find(name);
}

bool is_constant(const Syntax& tree) {
  return tree.what == What::text || tree.what == What::character ||
         (tree.what == What::word && field_named(tree) == nullptr);
}

bool looks_like_a_name(std::string_view text) {
  if (text.starts_with('.')) return true;
  return !text.empty() && (text[0] | 0x20) >= 'a' && (text[0] | 0x20) <= 'z' && text.find(':') == text.npos;
}

struct Value {
  std::uint32_t node = 0;
  ValueType type;
};

struct Function {
  std::string_view name;
  Op op;
};
constexpr Function kFunctions[] = {{"len", Op::length},  {"count", Op::count}, {"upper", Op::upper},
                                   {"lower", Op::lower}, {"string", Op::text}, {"abs", Op::absolute},
                                   {"max", Op::largest}, {"min", Op::smallest}};
constexpr ValueType kCounted = {Kind::uint, 32};
constexpr ValueType kBytes = {Kind::bytes, 0};
constexpr ValueType kText = {Kind::text, 0};

class Checker {
 public:
  explicit Checker(const std::vector<std::string>& proposed) : proposed_(proposed) {}

  Result<Plan> run(const Syntax* expression) {
    if (expression == nullptr) return std::move(plan_);
    auto root = test(*expression);
    if (!root) return root.error();
    plan_.first_step = add_steps(plan_, *root, Step::kYes, Step::kNo);
    return std::move(plan_);
  }

 private:
  std::uint32_t add(Node node) {
    plan_.nodes.push_back(node);
    return static_cast<std::uint32_t>(plan_.nodes.size() - 1);
  }
  static Node make(Op op, ValueType type, std::uint32_t a, std::uint32_t b = 0, std::uint32_t c = 0) {
    Node node;
    node.op = op;
    node.type = type;
    node.a = a;
    node.b = b;
    node.c = c;
    return node;
  }
  /// A node with several children.
  std::uint32_t add(Op op, ValueType type, const std::vector<std::uint32_t>& children) {
    const auto first = static_cast<std::uint32_t>(plan_.children.size());
    plan_.children.insert(plan_.children.end(), children.begin(), children.end());
    return add(make(op, type, 0, first, static_cast<std::uint32_t>(children.size())));
  }

  [[nodiscard]] Error unknown_field(const Syntax& word) const {
    std::string_view name = word.text;
    if (name.starts_with('.')) name.remove_prefix(1);
    Error error = mistake("unknown field \"" + printable(name) + "\"", word.at);
    error.what += did_you_mean(name, proposed_);
    return error;
  }

  // --- tests -------------------------------------------------------------------------------------------

  Result<std::uint32_t> test(const Syntax& tree) {
    switch (tree.what) {
      case What::conjunction:
        return tests(Op::conjunction, tree);
      case What::disjunction:
        return tests(Op::disjunction, tree);
      case What::exclusive:
        return tests(Op::exclusive, tree);
      case What::negation: {
        auto inner = test(*tree.children[0]);
        if (!inner) return inner;
        return add(make(Op::negation, {}, *inner));
      }
      case What::compare:
        return compare(tree);
      case What::contains:
        return contains(tree);
      case What::matches:
        return matches(tree);
      case What::in:
        return membership(tree);
      default:
        return exists(*tree.children[0]);
    }
  }

  Result<std::uint32_t> tests(Op op, const Syntax& tree) {
    std::vector<std::uint32_t> all;
    for (const SyntaxTree& child : tree.children) {
      auto one = test(*child);
      if (!one) return one;
      all.push_back(*one);
    }
    return add(op, {}, all);
  }

  Result<std::uint32_t> exists(const Syntax& tree) {
    if (tree.what == What::function) {
      return mistake("what " + tree.text + "() gives must be compared with something", tree.at);
    }
    if (tree.what == What::text || tree.what == What::character) {
      return mistake("\"" + printable(tree.text) + "\" is not a field", tree.at);
    }
    auto found = value(tree, {});
    if (!found) return found.error();
    if (tree.what == What::word) return add(make(Op::exists, {}, plan_.nodes[found->node].a));
    return add(make(tree.what == What::slice ? Op::there : Op::not_zero, found->type, found->node));
  }

  /// The left side of a relation.
  Result<Value> left_of(const Syntax& tree) {
    const Syntax& left = *tree.children[0];
    if (is_constant(left) && (left.what != What::word || !looks_like_a_name(left.text))) {
      return mistake("on the left side there must be a field or what is calculated from one", left.at);
    }
    return value(left, {});
  }

  /// The right side of a comparison, or what is searched for. Where one side is a slice, both are bytes.
  Result<Value> right_of(const Syntax& right, const Syntax& left_tree, Value& left, bool piece) {
    if (is_constant(right)) return constant(right, left.type, piece, left);
    auto found = value(right, left.type);
    if (!found) return found;
    if (right.what == What::slice && !is_bytes(left.type)) {
      if (!can_slice(left.type)) return different(right, left.type, found->type);
      left = {add(make(Op::bytes, kBytes, left.node)), kBytes};
    } else if (left_tree.what == What::slice && !is_bytes(found->type)) {
      if (!can_slice(found->type)) return different(right, left.type, found->type);
      found = Value{add(make(Op::bytes, kBytes, found->node)), kBytes};
    }
    if (!comparable(left.type, found->type)) return different(right, left.type, found->type);
    return found;
  }

  static Error different(const Syntax& tree, ValueType left, ValueType right) {
    return mistake(std::string(name_of(left)) + " cannot be compared with " + std::string(name_of(right)),
                   tree.at);
  }
  static Error cannot(const Syntax& tree, std::string_view what, ValueType type) {
    return mistake(std::string(name_of(type)) + " cannot " + std::string(what), tree.at);
  }

  Result<std::uint32_t> compare(const Syntax& tree) {
    auto left = left_of(tree);
    if (!left) return left.error();
    if (left->type.kind == Kind::none) return cannot(tree, "be compared", left->type);
    auto right = right_of(*tree.children[1], *tree.children[0], *left, false);
    if (!right) return right.error();
    Node node = make(Op::compare, left->type, left->node, right->node);
    node.comparison = tree.comparison;
    node.quantifier = tree.quantifier;
    const Node &from = plan_.nodes[left->node], &to = plan_.nodes[right->node];
    if (from.op == Op::field && to.op == Op::constant) {
      node.op = Op::compare_field;
      node.a = from.a;
      node.b = to.a;
    }
    return add(node);
  }

  Result<std::uint32_t> contains(const Syntax& tree) {
    auto left = left_of(tree);
    if (!left) return left.error();
    if (!can_contain(left->type)) return cannot(tree, "contain anything", left->type);
    auto right = right_of(*tree.children[1], *tree.children[0], *left, true);
    if (!right) return right.error();
    Node node = make(Op::contains, left->type, left->node, right->node);
    node.quantifier = tree.quantifier;
    return add(node);
  }

  Result<std::uint32_t> matches(const Syntax& tree) {
    auto left = left_of(tree);
    if (!left) return left.error();
    const Syntax& right = *tree.children[1];
    if (!can_match(left->type)) {
      return cannot(tree, can_be_text(left->type) ? "match (string() makes it a text)" : "match", left->type);
    }
    if (right.what != What::text) {
      return mistake("a regular expression stands between double quotes", right.at);
    }
    auto pattern = Pattern::compile(right.text);
    if (!pattern) return mistake(pattern.error().what, right.at);
    plan_.patterns.push_back(std::move(*pattern));
    Node node =
        make(Op::matches, left->type, left->node, static_cast<std::uint32_t>(plan_.patterns.size() - 1));
    node.quantifier = tree.quantifier;
    return add(node);
  }

  Result<std::uint32_t> membership(const Syntax& tree) {
    const Syntax& field = *tree.children[0];
    if (field.what != What::word) return mistake("only a field can be in a set", field.at);
    auto left = left_of(tree);
    if (!left) return left.error();
    if (left->type.kind == Kind::none) return cannot(tree, "be compared", left->type);
    std::vector<Span> spans;
    for (std::size_t i = 1; i < tree.children.size(); ++i) {
      const Syntax& element = *tree.children[i];
      const bool two = element.what == What::span;
      auto first = member(two ? *element.children[0] : element, field, *left);
      if (!first) return first.error();
      auto last = two ? member(*element.children[1], field, *left) : first;
      if (!last) return last.error();
      spans.push_back({first->node, last->node});
    }
    const auto at = static_cast<std::uint32_t>(plan_.spans.size());
    plan_.spans.insert(plan_.spans.end(), spans.begin(), spans.end());
    Node node =
        make(Op::among, left->type, plan_.nodes[left->node].a, at, static_cast<std::uint32_t>(spans.size()));
    node.quantifier = tree.quantifier;
    return add(node);
  }

  Result<Value> member(const Syntax& tree, const Syntax& field, const Value& left) {
    Value same = left;  // right_of() may turn the left side into bytes, which a set cannot
    auto found = right_of(tree, field, same, false);
    if (found && same.node != left.node) return different(tree, left.type, found->type);
    return found;
  }

  // --- values ------------------------------------------------------------------------------------------

  /// `expected`: the type of constants; none: there must be a field to say it.
  Result<Value> value(const Syntax& tree, ValueType expected) {
    switch (tree.what) {
      case What::word:
        if (const Named* named = field_named(tree)) return field(tree, *named);
        [[fallthrough]];
      case What::text:
      case What::character:
        return constant(tree, expected, false, {});
      case What::slice:
        return slice(tree);
      case What::function:
        return function(tree);
      case What::negative: {
        auto inner = value(*tree.children[0], expected);
        if (!inner) return inner;
        if (!can_calculate(inner->type, Op::negative)) return cannot(tree, "be negated", inner->type);
        return Value{add(make(Op::negative, inner->type, inner->node)), inner->type};
      }
      default:
        return calculation(tree, expected);
    }
  }

  Result<Value> field(const Syntax& tree, const Named& named) {
    const ValueType type = named.fields.empty() ? ValueType{Kind::protocol, 0} : type_of(*named.fields[0]);
    const auto use = static_cast<std::uint32_t>(plan_.fields.size());
    plan_.fields.push_back({&named, tree.ranges});
    return Value{add(make(Op::field, type, use)), type};
  }

  /// `beside`: the field that it is compared with, whose labels count.
  Result<Value> constant(const Syntax& tree, ValueType type, bool piece, const Value& beside) {
    if (!tree.ranges.empty()) return unknown_field(tree);
    if (type.kind == Kind::none) {
      if (tree.what == What::word && looks_like_a_name(tree.text)) return unknown_field(tree);
      return mistake("a constant without a field that says what it means", tree.at);
    }
    if (tree.what == What::word && tree.text.starts_with('.')) return unknown_field(tree);
    const FieldUse* named = nullptr;
    if (!plan_.nodes.empty() && plan_.nodes[beside.node].op == Op::field && beside.type == type) {
      named = &plan_.fields[plan_.nodes[beside.node].a];
    }
    auto made = constant_of(tree, type, piece, named, plan_.texts);
    if (!made) {
      const bool name = tree.what == What::word && looks_like_a_name(tree.text) && tree.text.contains('.');
      return name && !bytes_of(tree.text).has_value() ? unknown_field(tree) : made.error();
    }
    plan_.constants.push_back(*made);
    return Value{add(make(Op::constant, type, static_cast<std::uint32_t>(plan_.constants.size() - 1))), type};
  }

  Result<Value> slice(const Syntax& tree) {
    const Syntax& of = *tree.children[0];
    if (of.what == What::text || of.what == What::character)
      return mistake("a constant has no slices", of.at);
    auto whole = value(of, {});
    if (!whole) return whole;
    if (!can_slice(whole->type)) return cannot(tree, "be sliced", whole->type);
    const auto first = static_cast<std::uint32_t>(plan_.ranges.size());
    plan_.ranges.insert(plan_.ranges.end(), tree.ranges.begin(), tree.ranges.end());
    return Value{
        add(make(Op::slice, kBytes, whole->node, first, static_cast<std::uint32_t>(tree.ranges.size()))),
        kBytes};
  }

  Result<Value> calculation(const Syntax& tree, ValueType expected) {
    const Op op = tree.what == What::add        ? Op::add
                  : tree.what == What::subtract ? Op::subtract
                  : tree.what == What::multiply ? Op::multiply
                  : tree.what == What::divide   ? Op::divide
                  : tree.what == What::modulo   ? Op::modulo
                                                : Op::mask;
    auto left = value(*tree.children[0], expected);
    if (!left) return left;
    if (!can_calculate(left->type, op)) return cannot(tree, "be calculated with like this", left->type);
    auto right = value(*tree.children[1], left->type);
    if (!right) return right;
    if (!compatible(left->type, right->type)) return different(*tree.children[1], left->type, right->type);
    return Value{add(make(op, left->type, left->node, right->node)), left->type};
  }

  Result<Value> function(const Syntax& tree) {
    const auto* found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                     [&](const Function& one) { return one.name == tree.text; });
    if (found == std::end(kFunctions)) {
      return mistake("there is no function " + printable(tree.text) + "()", tree.at);
    }
    const Op op = found->op;
    if (op == Op::largest || op == Op::smallest) return extreme(tree, op);
    if (tree.children.size() != 1) return mistake(tree.text + "() is given one value", tree.at);
    const Syntax& given = *tree.children[0];
    if (op != Op::absolute && given.what != What::word) {
      return mistake(tree.text + "() is given a field", given.at);
    }
    auto of = value(given, {});
    if (!of) return of;
    if (op == Op::length || op == Op::count) {
      return Value{add(make(op, of->type, plan_.nodes[of->node].a)), kCounted};
    }
    const bool fits = op == Op::absolute ? can_calculate(of->type, op) && given.what != What::slice
                      : op == Op::text   ? can_be_text(of->type)
                                         : of->type.kind == Kind::text;
    if (!fits) return mistake(tree.text + "() cannot take " + std::string(name_of(of->type)), given.at);
    const ValueType type = op == Op::absolute ? of->type : kText;
    return Value{add(make(op, of->type, of->node)), type};
  }

  Result<Value> extreme(const Syntax& tree, Op op) {
    if (tree.children.empty()) return mistake(tree.text + "() is given one value or more", tree.at);
    std::vector<std::uint32_t> all;
    ValueType type;
    for (const SyntaxTree& given : tree.children) {
      if (given->what == What::slice) return mistake(tree.text + "() takes no slices", given->at);
      auto one = value(*given, type);
      if (!one) return one;
      if (one->type.kind == Kind::none) return cannot(*given, "be compared", one->type);
      if (!all.empty() && one->type != type) {
        return mistake(tree.text + "() takes values of one type, also of one width", given->at);
      }
      type = one->type;
      all.push_back(one->node);
    }
    return Value{add(op, type, all), type};
  }

  const std::vector<std::string>& proposed_;
  Plan plan_;
};

void collect(const Syntax& tree, bool must_be_field, std::vector<std::string>& names) {
  if (tree.what == What::word && field_named(tree) == nullptr && looks_like_a_name(tree.text) &&
      (must_be_field || tree.text.contains('.') || !tree.ranges.empty())) {
    std::string name = tree.text.substr(tree.text.starts_with('.') ? 1 : 0);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  for (std::size_t i = 0; i < tree.children.size(); ++i) {
    const bool left = i == 0 && tree.what != What::span;
    collect(*tree.children[i], left || tree.what == What::function, names);
  }
}

}  // namespace

Result<Plan> plan_of(const Syntax* expression, const std::vector<std::string>& proposed) {
  return Checker(proposed).run(expression);
}

std::vector<std::string> unknown_names(const Syntax& expression) {
  std::vector<std::string> names;
  collect(expression, false, names);
  return names;
}

}  // namespace flowloom::filter
