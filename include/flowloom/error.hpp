// Errors of operations (open, parse, write). Malformed packets are data, not errors: see docs/design.
#pragma once

#if __cplusplus <= 202002L
#error "flowloom's headers are C++23: compile with -std=c++23"
#endif

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace flowloom {

enum class ErrorCode : std::uint8_t {
  io,             ///< the operating system refused: open, read, write, rename
  not_a_capture,  ///< the bytes are no capture; `what` says what they look like
  damaged,        ///< the capture is broken at `where`; all before it was read
  unsupported,    ///< valid, but a variant that flowloom does not read
  usage,          ///< the caller asked for something that cannot be
  limit,          ///< a limit on memory or size was reached
};

/// What went wrong, and where: a path, or "path, offset N".
struct Error {
  ErrorCode code = ErrorCode::io;
  std::string what;
  std::string where = {};

  /// "where: what", for people.
  [[nodiscard]] std::string message() const { return where.empty() ? what : where + ": " + what; }
};

/// A value or an Error. An Error converts implicitly, so functions `return Error{...};`.
template <class T = void>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result(Error e) : std::expected<T, Error>(std::unexpected<Error>(std::move(e))) {}
};

}  // namespace flowloom
