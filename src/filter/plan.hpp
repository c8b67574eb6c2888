// A compiled filter: nodes in one vector that name each other by index. Nothing in it changes while packets
// are looked at, so threads share it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "dissect/registry.hpp"
#include "dissect/tape.hpp"
#include "filter/pattern.hpp"
#include "filter/straight_code.hpp"
#include "filter/syntax.hpp"

namespace flowloom::filter {

/// What values of a node are. `bits`: of Wireshark's type of numbers.
struct ValueType {
  Kind kind = Kind::none;
  std::uint8_t bits = 0;

  friend bool operator==(const ValueType&, const ValueType&) = default;
};

/// One value. Numbers, flags and times are in `number`, all else is `size` bytes at `data`; a
/// protocol's are its own bytes, with what it carries they are `number`.
struct Item {
  std::uint64_t number = 0;
  const std::uint8_t* data = nullptr;
  std::uint32_t size = 0;
  std::uint8_t prefix = 128;  ///< of an address: bits that are compared
  bool negative = false;      ///< the number is one below 0 (in two's complement)
};

/// A field or protocol where a filter names it.
struct FieldUse {
  const Named* named = nullptr;
  std::vector<Range> layers;  ///< which of the protocol's layers, counted from 1; empty: all
};

enum class Op : std::uint8_t {
  // tests that are made of tests, and steps in the end
  conjunction,  ///< of `children`
  disjunction,
  negation,  ///< of a
  // tests
  exclusive,      ///< of `children`, which are the first steps of tests
  exists,         ///< a: field use
  there,          ///< a: slice; one is not empty
  not_zero,       ///< a: value; there is one that is not 0
  straight,       ///< a: straight code; b: the test itself, for packets of which that knows nothing
  ranges,         ///< a: first of the ranges of numbers, b: how many; `all`: none may be in one
  field_ranges,   ///< the same, but some are numbers of parsed fields
  compare_field,  ///< a: field use; b: constant
  compare,        ///< a and b: values
  contains,       ///< a and b: values
  matches,        ///< a: value; b: pattern
  among,          ///< a: field use; b: first of the pairs, c: how many
  // values
  field,     ///< a: field use
  constant,  ///< a: constant
  slice,     ///< of a; b: first of the ranges, c: how many
  bytes,     ///< of a: whole
  negative,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  mask,
  length,  ///< of the occurrences of field use a
  count,   ///< … how many they are
  upper,   ///< of a
  lower,
  text,
  absolute,
  largest,  ///< of the values of `children`
  smallest,
};

struct Node {
  Op op = Op::exists;
  ValueType type;  ///< of the value; of a test, of what is compared
  Comparison comparison = Comparison::equal;
  Quantifier quantifier = Quantifier::any;
  std::uint32_t a = 0, b = 0, c = 0;
};

/// In a set: one value, or all from the first to the last (nodes).
struct Span {
  std::uint32_t first = 0, last = 0;
};

/// What bits at one place in the headers of a protocol may be, or a parsed field's number, see ranges.hpp.
struct NumberRange {
  const RegisteredProtocol* protocol = nullptr;
  const Field* field = nullptr;     ///< null: bits in the header
  std::uint64_t low = 0, span = 0;  ///< the number, or the 64 bits from the place on, is from `low` on
  Place place;
  bool inside = true;  ///< or all others are meant
};

/// A test, and which step is next if it holds and if it does not.
struct Step {
  static constexpr std::uint32_t kNo = ~std::uint32_t{0}, kYes = kNo - 1;  ///< behind the last step

  std::uint32_t node = 0, yes = kYes, no = kNo;
};

struct Plan {
  std::vector<Node> nodes;
  std::vector<std::uint32_t> children;  ///< of nodes with several: from b, c of them
  std::vector<FieldUse> fields;
  std::vector<Item> constants;
  std::vector<Range> ranges;
  std::vector<Span> spans;
  std::vector<NumberRange> number_ranges;
  std::vector<StraightCode> straight;
  std::vector<Register> registers;  ///< of all of it; some are constants
  std::vector<Pattern> patterns;
  std::deque<std::string> texts;  ///< the constants' bytes; their addresses stay
  std::vector<Step> steps;
  std::uint32_t first_step = Step::kYes;
};

}  // namespace flowloom::filter
