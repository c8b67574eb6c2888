#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "filter/compare.hpp"
#include "filter/evaluate.hpp"
#include "filter/occurrences.hpp"
#include "filter/piece.hpp"
#include "filter/types.hpp"
#include "flowloom/address.hpp"

namespace flowloom::filter {
namespace {

/// Results of a calculation with two fields that occur often: enough is enough.
constexpr std::size_t kMaxResults = 65536;
/// Bytes that the pieces of a slice have together: a filter may name the same ones again and again.
constexpr std::size_t kMaxSlice = 16 << 20;
constexpr std::size_t kMaxNumberText = 32;

char* write_hex(const Item& item, char separator, char* out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (std::uint32_t i = 0; i < item.size; ++i) {
    const bool dash = separator == '-' ? i == 4 || i == 6 || i == 8 || i == 10 : i != 0;
    if (dash) *out++ = separator;
    *out++ = kDigits[item.data[i] >> 4];
    *out++ = kDigits[item.data[i] & 15];
  }
  return out;
}

/// At most kMaxAddressText characters.
char* write_text(ValueType type, const Item& item, char* out) {
  switch (type.kind) {
    case Kind::ipv4:
      return write_address(item.data, 4, out);
    case Kind::ipv6:
      return write_address(item.data, 6, out);
    case Kind::mac:
    case Kind::eui64:
      return write_hex(item, ':', out);
    case Kind::guid:
      return write_hex(item, '-', out);
    case Kind::real:
      return std::to_chars(out, out + kMaxNumberText, std::bit_cast<double>(item.number)).ptr;
    default:
      break;
  }
  if (item.negative)
    return std::to_chars(out, out + kMaxNumberText, static_cast<std::int64_t>(item.number)).ptr;
  return std::to_chars(out, out + kMaxNumberText, item.number).ptr;
}

/// Bytes of a field's value, as len() tells them.
std::uint32_t length_of(ValueType type, const Item& item) {
  switch (type.kind) {
    case Kind::uint:
    case Kind::sint:
    case Kind::frame:
      return type.bits / 8U;
    case Kind::real:
      return 8;
    case Kind::flag:
    case Kind::none:
      return 0;
    case Kind::time:
    case Kind::duration:
      return 8;
    default:
      return item.size;
  }
}

/// Calculations with 32 or 64 bits, as the type has.
struct Range32or64 {
  bool wide;
  [[nodiscard]] std::uint64_t most() const {
    return wide ? std::numeric_limits<std::uint64_t>::max() : std::numeric_limits<std::uint32_t>::max();
  }
  [[nodiscard]] std::int64_t least() const {
    return wide ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int32_t>::min();
  }
  /// The bits, in two's complement.
  [[nodiscard]] std::uint64_t pattern(std::uint64_t number) const { return number & most(); }
};

void set_signed(Item& result, std::int64_t value) {
  result.number = static_cast<std::uint64_t>(value);
  result.negative = value < 0;
}

/// Numbers of which one is negative or the type is signed. False: no result.
bool signed_result(Op op, Range32or64 range, const Item& a, const Item& b, Item& result) {
  const auto x = static_cast<std::int64_t>(a.number), y = static_cast<std::int64_t>(b.number);
  std::int64_t made = 0;
  bool overflow = false;
  switch (op) {
    case Op::add:
      overflow = __builtin_add_overflow(x, y, &made);
      break;
    case Op::subtract:
      overflow = __builtin_sub_overflow(x, y, &made);
      break;
    case Op::multiply:
      overflow = __builtin_mul_overflow(x, y, &made);
      break;
    default:
      if (y == 0 || (y == -1 && x == std::numeric_limits<std::int64_t>::min())) return false;
      made = op == Op::divide ? x / y : x % y;
  }
  if (overflow || made < range.least() || made > -(range.least() + 1)) return false;
  set_signed(result, made);
  return true;
}

/// As Wireshark 4.0: what is not negative is an unsigned number of 32 (or 64) bits, and has no sum,
/// difference or product with a negative one; quotients take that one's bits.
bool unsigned_result(Op op, Range32or64 range, const Item& a, const Item& b, Item& result) {
  const std::uint64_t x = range.pattern(a.number), y = range.pattern(b.number);
  if (op == Op::divide || op == Op::modulo) {
    if (y == 0) return false;
    result.number = op == Op::divide ? x / y : x % y;
    return true;
  }
  if (op == Op::subtract && !b.negative && y > x) {
    if (y > static_cast<std::uint64_t>(-(range.least() + 1))) return false;
    set_signed(result, -static_cast<std::int64_t>(y - x));
    return true;
  }
  if (b.negative) return false;
  bool overflow = false;
  if (op == Op::add) overflow = __builtin_add_overflow(x, y, &result.number);
  if (op == Op::subtract) result.number = x - y;
  if (op == Op::multiply) overflow = __builtin_mul_overflow(x, y, &result.number);
  return !overflow && result.number <= range.most();
}

bool real_result(Op op, double x, double y, Item& result) {
  double made = 0;
  switch (op) {
    case Op::add:
      made = x + y;
      break;
    case Op::subtract:
      made = x - y;
      break;
    case Op::multiply:
      made = x * y;
      break;
    default:
      if (y == 0) return false;
      made = op == Op::divide ? x / y : std::fmod(x, y);
  }
  result.number = std::bit_cast<std::uint64_t>(made);
  return true;
}

}  // namespace

Evaluator::List Evaluator::values(const Node& node) {
  List list;
  list.first = stack_.size();
  switch (node.op) {
    case Op::field:
      each_occurrence(plan_.fields[node.a], *tape_, [&](const Layer& layer, const Value* value) {
        stack_.push_back(value != nullptr ? item_of(*value) : item_of(*tape_, layer));
        return false;
      });
      break;
    case Op::constant:
      stack_.push_back(plan_.constants[node.a]);
      break;
    case Op::length:
      each_occurrence(plan_.fields[node.a], *tape_, [&](const Layer& layer, const Value* value) {
        Item item;
        item.number = value != nullptr ? length_of(node.type, item_of(*value)) : item_of(*tape_, layer).size;
        stack_.push_back(item);
        return false;
      });
      break;
    case Op::count: {
      Item item;
      each_occurrence(plan_.fields[node.a], *tape_, [&](const Layer&, const Value*) {
        ++item.number;
        return false;
      });
      if (item.number != 0) stack_.push_back(item);
      break;
    }
    case Op::slice:
      return slices(node);
    case Op::largest:
    case Op::smallest:
      return extreme(node);
    case Op::bytes:
    case Op::upper:
    case Op::lower:
    case Op::text:
    case Op::negative:
    case Op::absolute:
      return made_of_each(node);
    default:
      return calculated(node);
  }
  list.count = stack_.size() - list.first;
  list.there = list.count != 0;
  return list;
}

/// A value for each, up to the first piece that is not there: it may be empty.
Evaluator::List Evaluator::slices(const Node& node) {
  const List list = values(plan_.nodes[node.a]);
  for (std::size_t i = 0; i < list.count; ++i) {
    const Item whole = stack_[list.first + i];
    std::uint32_t begin = 0, length = 0;
    std::size_t total = 0;
    const std::uint8_t* first = whole.data;
    for (std::uint32_t k = 0; k < node.c; ++k) {
      if (!piece(plan_.ranges[node.b + k], whole.size, begin, length)) break;
      if (total == 0) first = whole.data + begin;
      total += length;
    }
    if (total > kMaxSlice) total = 0;
    Item made;
    made.data = first;
    made.size = static_cast<std::uint32_t>(total);
    if (node.c > 1 && total != 0) {
      auto* out = static_cast<std::uint8_t*>(memory_.allocate(total));
      used_ = true;
      made.data = out;
      for (std::uint32_t k = 0; k < node.c; ++k) {
        if (!piece(plan_.ranges[node.b + k], whole.size, begin, length)) break;
        std::memcpy(out, whole.data + begin, length);
        out += length;
      }
    }
    stack_[list.first + i] = made;
  }
  return list;
}

Evaluator::List Evaluator::made_of_each(const Node& node) {
  List list = values(plan_.nodes[node.a]);
  std::size_t kept = list.first;
  for (std::size_t i = 0; i < list.count; ++i) {
    Item item = stack_[list.first + i];
    if (node.op == Op::negative || node.op == Op::absolute) {
      Item made;
      if (node.type.kind == Kind::real) {
        const double value = std::bit_cast<double>(item.number);
        made.number = std::bit_cast<std::uint64_t>(node.op == Op::negative ? -value : std::abs(value));
      } else if (node.type.kind == Kind::duration) {
        const auto value = static_cast<std::int64_t>(item.number);
        const bool turned = node.op == Op::negative || value < 0;
        made.number = turned ? std::uint64_t{0} - item.number : item.number;
      } else if (node.op == Op::absolute) {
        made.number = item.negative ? std::uint64_t{0} - item.number : item.number;
      } else {
        Item zero;
        const Range32or64 range{node.type.bits > 32};
        const bool done = item.negative || node.type.kind == Kind::sint
                              ? signed_result(Op::subtract, range, zero, item, made)
                              : unsigned_result(Op::subtract, range, zero, item, made);
        if (!done) continue;
      }
      item = made;
    } else if (node.op == Op::text) {
      auto* out = static_cast<char*>(memory_.allocate(std::max(kMaxAddressText, kMaxNumberText)));
      used_ = true;
      const char* end = write_text(node.type, item, out);
      item.data = reinterpret_cast<const std::uint8_t*>(out);
      item.size = static_cast<std::uint32_t>(end - out);
    } else if (node.op != Op::bytes) {
      auto* out = static_cast<std::uint8_t*>(memory_.allocate(item.size));
      used_ = true;
      const std::uint8_t first = node.op == Op::upper ? 'a' : 'A';
      for (std::uint32_t k = 0; k < item.size; ++k) {
        const std::uint8_t c = item.data[k];
        out[k] = static_cast<std::uint8_t>(c >= first && c < first + 26 ? c ^ 0x20 : c);
      }
      item.data = out;
    }
    stack_[kept++] = item;
  }
  stack_.resize(kept);
  list.count = kept - list.first;
  return list;
}

Evaluator::List Evaluator::extreme(const Node& node) {
  List list;
  list.first = stack_.size();
  Item best;
  for (std::uint32_t i = 0; i < node.c; ++i) {
    const List given = values(plan_.nodes[plan_.children[node.b + i]]);
    // As Wireshark 4.0: from the last to the first, and what has no order with a negative number takes its
    // place.
    for (std::size_t k = given.count; k-- > 0;) {
      const Item& item = stack_[given.first + k];
      const Order better = node.op == Op::largest ? Order::greater : Order::less;
      const Order order = list.count++ == 0 ? better : order_of(node.type, item, best);
      if (order == better || order == Order::none) best = item;
    }
    stack_.resize(list.first);
  }
  list.there = list.count != 0;
  list.count = list.there ? 1 : 0;
  if (list.there) stack_.push_back(best);
  return list;
}

Evaluator::List Evaluator::calculated(const Node& node) {
  const List left = values(plan_.nodes[node.a]);
  List list;
  list.first = left.first;
  if (!left.there) return list;
  const List right = values(plan_.nodes[node.b]);
  if (!right.there) return list;
  const std::size_t begin = stack_.size();
  for (std::size_t i = 0; i < left.count; ++i) {
    for (std::size_t j = 0; j < right.count && stack_.size() - begin < kMaxResults; ++j) {
      Item result;
      if (calculate(node, stack_[left.first + i], stack_[right.first + j], result)) stack_.push_back(result);
    }
  }
  list.count = stack_.size() - begin;
  list.there = true;
  // Wireshark 4.0 turns the order around with each calculation. It shows in minima of numbers that have no
  // order, see extreme().
  const auto made = stack_.begin() + static_cast<std::ptrdiff_t>(begin);
  std::reverse(made, stack_.end());
  std::copy(made, stack_.end(), stack_.begin() + static_cast<std::ptrdiff_t>(list.first));
  stack_.resize(list.first + list.count);
  return list;
}

bool Evaluator::calculate(const Node& node, const Item& a, const Item& b, Item& result) {
  if (node.op == Op::mask) return mask(node.type, a, b, result);
  if (node.type.kind == Kind::real) {
    return real_result(node.op, std::bit_cast<double>(a.number), std::bit_cast<double>(b.number), result);
  }
  if (node.type.kind == Kind::duration) return signed_result(node.op, {true}, a, b, result);
  const Range32or64 range{node.type.bits > 32};
  if (a.negative || node.type.kind == Kind::sint) return signed_result(node.op, range, a, b, result);
  return unsigned_result(node.op, range, a, b, result);
}

bool Evaluator::mask(ValueType type, const Item& a, const Item& b, Item& result) {
  if (is_integer(type)) {
    const Range32or64 range{type.bits > 32};
    result.number = range.pattern(a.number & b.number);
    return true;
  }
  const std::uint32_t size = std::min(a.size, b.size);
  auto* out = static_cast<std::uint8_t*>(memory_.allocate(size));
  used_ = true;
  for (std::uint32_t i = 0; i < size; ++i) out[i] = a.data[i] & b.data[i];
  result.data = out;
  result.size = size;
  result.prefix = std::min(a.prefix, b.prefix);
  return true;
}

}  // namespace flowloom::filter
