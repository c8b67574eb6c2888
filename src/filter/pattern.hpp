// Regular expressions on bytes, in time that is linear in them: patterns and data may be hostile.
#pragma once

#include <memory>
#include <string_view>

#include "flowloom/bytes.hpp"
#include "flowloom/error.hpp"

namespace re2 {
class RE2;
}

namespace flowloom::filter {

class Pattern {
 public:
  /// As Wireshark reads them: bytes, not characters; without regard to case unless "(?-i)" says so.
  /// The error has no column: that is the caller's.
  static Result<Pattern> compile(std::string_view text);

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  /// Whether it matches anywhere in these bytes.
  [[nodiscard]] bool found_in(Bytes bytes) const;

 private:
  explicit Pattern(std::unique_ptr<re2::RE2> compiled);

  std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace flowloom::filter
