#include "filter/compare.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace flowloom::filter {
namespace {

template <class T>
Order order(T a, T b) {
  return a < b ? Order::less : a > b ? Order::greater : a == b ? Order::same : Order::none;
}

Order sign(int compared) { return order(compared, 0); }

/// As Wireshark 4.0: a number of an unsigned type that is not negative has no order with a negative one.
Order integers(ValueType type, const Item& a, const Item& b) {
  if (a.negative == b.negative) return order(a.number, b.number);
  if (a.negative) return Order::less;
  return type.kind == Kind::sint ? Order::greater : Order::none;
}

/// The shorter prefix of both says how many bits count.
Order addresses(const Item& a, const Item& b, unsigned bits) {
  const unsigned counted = std::min<unsigned>({bits, a.prefix, b.prefix});
  const std::size_t whole = counted / 8;
  if (const int compared = std::memcmp(a.data, b.data, whole)) return sign(compared);
  if (counted % 8 == 0) return Order::same;
  const unsigned shift = 8 - counted % 8;
  return order(a.data[whole] >> shift, b.data[whole] >> shift);
}

/// The longer is the greater; bytes count where lengths are the same.
Order bytes(const Item& a, const Item& b) {
  if (a.size != b.size) return order(a.size, b.size);
  return a.size == 0 ? Order::same : sign(std::memcmp(a.data, b.data, a.size));
}

Order texts(const Item& a, const Item& b) {
  const std::uint32_t shared = std::min(a.size, b.size);
  const int compared = shared == 0 ? 0 : std::memcmp(a.data, b.data, shared);
  return compared != 0 ? sign(compared) : order(a.size, b.size);
}

}  // namespace

Order order_of(ValueType type, const Item& a, const Item& b) {
  switch (type.kind) {
    case Kind::uint:
    case Kind::sint:
    case Kind::frame:
    case Kind::flag:
      return integers(type, a, b);
    case Kind::real:
      return order(std::bit_cast<double>(a.number), std::bit_cast<double>(b.number));
    case Kind::time:
    case Kind::duration:
      return order(static_cast<std::int64_t>(a.number), static_cast<std::int64_t>(b.number));
    case Kind::ipv4:
      return addresses(a, b, 32);
    case Kind::ipv6:
      return addresses(a, b, 128);
    case Kind::text:
      return texts(a, b);
    default:
      return bytes(a, b);
  }
}

bool holds(Comparison comparison, Order order, Quantifier quantifier) {
  if (order == Order::none) return quantifier == Quantifier::all;
  switch (comparison) {
    case Comparison::equal:
      return order == Order::same;
    case Comparison::unequal:
      return order != Order::same;
    case Comparison::less:
      return order == Order::less;
    case Comparison::less_equal:
      return order == Order::less || order == Order::same;
    case Comparison::greater:
      return order == Order::greater;
    case Comparison::greater_equal:
      return order == Order::greater || order == Order::same;
  }
  return false;
}

}  // namespace flowloom::filter
