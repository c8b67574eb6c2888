// A filter as a tree, before anybody looks at what its names mean.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "flowloom/error.hpp"
#include "flowloom/filter.hpp"

namespace flowloom::filter {

enum class Comparison : std::uint8_t { equal, unequal, less, less_equal, greater, greater_equal };
/// Which pairs of values must be so: one of them, or each.
enum class Quantifier : std::uint8_t { any, all };

/// A piece of a slice, or of a range of layers. Positions below 0 count from the end.
struct Range {
  enum class Until : std::uint8_t { length, last, end };
  std::int32_t first = 0;
  std::int32_t second = 0;  ///< how many, or the last one, as `until` says
  Until until = Until::length;
};

struct Syntax {
  enum class What : std::uint8_t {
    word,
    text,
    character,
    slice,     ///< of the child: `ranges`
    function,  ///< `text` its name; the children are what it is given
    negative,  ///< of the child
    add,       ///< of two children, as the next five
    subtract,
    multiply,
    divide,
    modulo,
    mask,
    exists,   ///< the child is there (or, what is calculated, not zero)
    compare,  ///< two children
    contains,
    matches,
    in,    ///< the first child is among the others
    span,  ///< in a set: from the first child to the second
    negation,
    conjunction,
    disjunction,
    exclusive,
  };
  What what = What::word;
  std::size_t at = 0;  ///< where in the text, from 0
  std::string text;
  std::vector<Range> ranges;  ///< of a word: the layers it is restricted to
  Comparison comparison = Comparison::equal;
  Quantifier quantifier = Quantifier::any;
  std::vector<std::unique_ptr<Syntax>> children;
};
using SyntaxTree = std::unique_ptr<Syntax>;

/// Null: the expression is empty (everything matches).
Result<SyntaxTree> parse(std::string_view expression, FilterDialect dialect);

}  // namespace flowloom::filter
