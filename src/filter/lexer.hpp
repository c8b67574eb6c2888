// A filter's text as a list of tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "flowloom/error.hpp"

namespace flowloom::filter {

enum class TokenKind : std::uint8_t {
  word,       ///< a name, a number, an address: what it is, the place where it stands decides
  text,       ///< between double quotes, escapes replaced
  character,  ///< between single quotes: one byte
  range,      ///< a piece of what is between brackets, as it was written
  open,
  close,
  open_brace,
  close_brace,
  open_bracket,
  close_bracket,
  comma,
  dots,
  hash,
  logic_and,
  logic_or,
  logic_xor,
  logic_not,
  any,
  all,
  any_equal,
  all_equal,
  any_unequal,
  all_unequal,
  less,
  less_equal,
  greater,
  greater_equal,
  contains,
  matches,
  in,
  plus,
  minus,
  times,
  over,
  modulo,
  bits_and,
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t at = 0;  ///< first byte, from 0
  std::string text;    ///< as written; of `text` and `character`: what it means
};

/// What is wrong with an expression: "… at column N" (from 1).
[[nodiscard]] Error mistake(std::string what, std::size_t at);

/// The tokens; the last is `end`.
Result<std::vector<Token>> tokens_of(std::string_view expression);

}  // namespace flowloom::filter
