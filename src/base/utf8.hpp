// UTF-8 that may be malformed: texts come from captures and file names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace flowloom {

/// What malformed pieces are replaced by: U+FFFD.
inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// One character: its length in bytes, and whether it is well-formed (if not: the length of the malformed
/// piece, Unicode's "maximal subpart").
struct Utf8Step {
  std::uint8_t length = 1;
  bool valid = false;
  char32_t code = 0xFFFD;
};

/// The first character of `text`, which is not empty.
[[nodiscard]] Utf8Step utf8_step(std::string_view text);

[[nodiscard]] bool is_ascii(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);

/// `text` with each malformed piece replaced.
[[nodiscard]] std::string repaired_utf8(std::string_view text);

}  // namespace flowloom
