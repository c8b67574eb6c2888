#include "filter/ranges.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

namespace flowloom::filter {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

/// Values from the first to the last; `inside`: those are meant, else all others.
struct Bounds {
  std::uint64_t first = 0, last = kMost;
  bool inside = true;
};

/// The values for which a comparison with the constant holds.
Bounds bounds_of(Comparison comparison, std::uint64_t constant) {
  switch (comparison) {
    case Comparison::equal:
      return {constant, constant, true};
    case Comparison::unequal:
      return {constant, constant, false};
    case Comparison::less:
      return {constant, kMost, false};
    case Comparison::less_equal:
      return {0, constant, true};
    case Comparison::greater:
      return {0, constant, false};
    case Comparison::greater_equal:
      break;
  }
  return {constant, kMost, true};
}

/// How many bits of the field are compared with this constant; none: they are not a number's.
std::optional<unsigned> compared_bits(const Field& field, const Item& item) {
  constexpr unsigned kNumber = 64;
  switch (field.kind) {
    case Kind::frame:
    case Kind::uint:
      if (item.negative || item.data != nullptr || (!field.parsed && field.width > kNumber))
        return std::nullopt;
      return field.parsed ? kNumber : field.width;
    case Kind::time:
    case Kind::duration:
      if (item.data != nullptr || !field.parsed) return std::nullopt;
      return kNumber;
    case Kind::flag:
      if (item.negative || item.data != nullptr || field.parsed || field.width != 1) return std::nullopt;
      return field.width;
    case Kind::ipv4:
      if (item.size != 4 || field.parsed) return std::nullopt;
      return std::min<unsigned>(field.width, item.prefix);
    case Kind::mac:
      if (item.size != 6 || field.parsed) return std::nullopt;
      return field.width;
    default:
      return std::nullopt;
  }
}

/// Times can be negative: the bit that turns their order into that of unsigned numbers; of others none.
std::uint64_t turned_bit(const Field& field) {
  const bool has_sign = field.kind == Kind::time || field.kind == Kind::duration;
  return has_sign ? std::uint64_t{1} << 63 : 0;
}

/// The constant as a number of that many bits, or of all that it has if it is a number; times turned.
std::uint64_t number_of(const Field& field, const Item& item, unsigned bits) {
  if (item.data == nullptr) return item.number ^ turned_bit(field);
  std::uint64_t number = 0;
  for (std::uint32_t i = 0; i < item.size; ++i) number = number << 8 | item.data[i];
  return bits == 0 ? 0 : number >> (item.size * 8 - bits);
}

/// Where the field is to be found.
NumberRange place_of(const RegisteredProtocol& protocol, const Field& field) {
  NumberRange range;
  range.protocol = &protocol;
  if (field.parsed) {
    range.field = &field;
  } else {
    range.place = Place(field);
  }
  return range;
}

/// Of the `bits` first bits of the field.
NumberRange range_of(const RegisteredProtocol& protocol, const Field& field, unsigned bits,
                     const Bounds& bounds) {
  NumberRange range = place_of(protocol, field);
  range.inside = bounds.inside;
  // Of what is read, which is not scaled; a parsed value is.
  const std::uint64_t scale = field.parsed ? 1 : field.scale;
  const std::uint64_t most = bits == 0 ? 0 : kMost >> (64 - bits);
  const std::uint64_t first = bounds.first / scale + (bounds.first % scale != 0 ? 1 : 0);
  const std::uint64_t last = std::min(bounds.last / scale, most);
  if (first > last) {  // no value is in it
    range.low = 0;
    range.span = kMost;
    range.inside = !bounds.inside;
  } else if (bits == 0) {
    range.low = 0;
    range.span = kMost;
  } else {
    range.low = first << (64 - bits) ^ turned_bit(field);
    range.span = (last << (64 - bits) | (kMost >> 1 >> (bits - 1))) - (first << (64 - bits));
  }
  return range;
}

class Simplifier {
 public:
  explicit Simplifier(Plan& plan) : plan_(plan) {}

  void simplify(Node& node) {
    const auto first = static_cast<std::uint32_t>(plan_.number_ranges.size());
    const bool all = node.op != Op::exists && node.quantifier == Quantifier::all;
    bool done = false;
    if (node.op == Op::exists) {
      done = add_presence(plan_.fields[node.a]);
    } else if (node.op == Op::compare_field) {
      done = add(plan_.fields[node.a], plan_.constants[node.b], node.comparison, all);
    } else if (node.op == Op::among) {
      done = !all && add_set(node);
    }
    if (!done) {
      plan_.number_ranges.resize(first);
      return;
    }
    Node simple;
    const auto ranges = std::span(plan_.number_ranges).subspan(first);
    const bool all_fixed = std::ranges::none_of(ranges, &NumberRange::field);
    simple.op = all_fixed ? Op::ranges : Op::field_ranges;
    simple.quantifier = all ? Quantifier::all : Quantifier::any;
    simple.a = first;
    simple.b = static_cast<std::uint32_t>(plan_.number_ranges.size() - first);
    node = simple;
  }

 private:
  bool add_presence(const FieldUse& use) {
    if (!use.layers.empty()) return false;
    for_each(use, [&](const RegisteredProtocol& protocol, const Field& field) {
      NumberRange range = place_of(protocol, field);
      range.span = kMost;
      plan_.number_ranges.push_back(range);
    });
    if (!use.named->fields.empty()) return true;
    for (const RegisteredProtocol* protocol : use.named->protocols) {
      NumberRange header;  // no bits of it: it is there
      header.protocol = protocol;
      header.span = kMost;
      plan_.number_ranges.push_back(header);
    }
    return true;
  }

  /// Each field in each of its protocols. A parsed one is found by itself.
  template <class Use>
  static void for_each(const FieldUse& use, Use&& visit) {
    for (const Field* field : use.named->fields) {
      for (const RegisteredProtocol* protocol : use.named->protocols) {
        if (std::ranges::find(protocol->definition->fields, field) == protocol->definition->fields.end())
          continue;
        visit(*protocol, *field);
        if (field->parsed && field->told == nullptr) break;
      }
    }
  }

  /// `failing`: the values for which the comparison does not hold.
  bool add(const FieldUse& use, const Item& constant, Comparison comparison, bool failing) {
    return add(use, constant, constant, [&](const Field& field, unsigned bits) {
      Bounds bounds = bounds_of(comparison, number_of(field, constant, bits));
      bounds.inside = bounds.inside != failing;
      return bounds;
    });
  }

  /// Ranges between two constants: what make(field, bits) says.
  template <class Make>
  bool add(const FieldUse& use, const Item& from, const Item& to, Make&& make) {
    if (!use.layers.empty() || use.named->fields.empty()) return false;
    bool can = true;
    for_each(use, [&](const RegisteredProtocol& protocol, const Field& field) {
      const std::optional<unsigned> bits = compared_bits(field, from);
      can = can && bits && compared_bits(field, to) == bits;
      if (can) plan_.number_ranges.push_back(range_of(protocol, field, *bits, make(field, *bits)));
    });
    return can;
  }

  bool add_set(const Node& node) {
    const FieldUse& use = plan_.fields[node.a];
    for (std::uint32_t i = 0; i < node.c; ++i) {
      const Span& span = plan_.spans[node.b + i];
      const Node &from = plan_.nodes[span.first], &to = plan_.nodes[span.last];
      if (from.op != Op::constant || to.op != Op::constant) return false;
      if (span.first == span.last) {
        if (!add(use, plan_.constants[from.a], Comparison::equal, false)) return false;
      } else {
        const Item &low = plan_.constants[from.a], &high = plan_.constants[to.a];
        const auto between = [&](const Field& field, unsigned bits) {
          return Bounds{number_of(field, low, bits), number_of(field, high, bits), true};
        };
        if (!add(use, low, high, between)) return false;
      }
    }
    return true;
  }

  Plan& plan_;
};

}  // namespace

bool in_field_ranges(const Plan& plan, const Node& node, const Tape& tape) {
  const bool any = node.quantifier == Quantifier::any;
  bool seen = false;
  for (std::uint32_t i = node.a; i < node.a + node.b; ++i) {
    const NumberRange& range = plan.number_ranges[i];
    const auto look = [&](std::uint64_t number) {
      seen = true;
      return (number - range.low <= range.span) == range.inside;
    };
    if (range.field != nullptr && range.field->told == nullptr) {
      for (const Value& value : tape.values) {
        if (value.field == range.field && look(value.number)) return any;
      }
      continue;
    }
    for (const Layer& layer : tape.layers) {
      if (layer.protocol != range.protocol) continue;
      if (range.field != nullptr) {
        if (const Told told = range.field->told(tape, layer); told.there && look(told.number)) return any;
      } else if (range.place.there(layer) && look(range.place.first_bits(layer))) {
        return any;
      }
    }
  }
  return seen && !any;
}

void use_ranges(Plan& plan) {
  Simplifier simplifier(plan);
  for (Node& node : plan.nodes) simplifier.simplify(node);
}

}  // namespace flowloom::filter
