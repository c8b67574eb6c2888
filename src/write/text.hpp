// Values as text, one way for all text formats: exact times, shortest numbers, valid UTF-8.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/utf8.hpp"
#include "flowloom/table.hpp"

namespace flowloom {

/// Text that grows at its end.
class TextBuffer {
 public:
  /// At least `count` writable bytes at the end; end_at() then says how far they were used.
  char* room(std::size_t count) {
    buffer_.reserve(buffer_.size() + count);
    return reinterpret_cast<char*>(buffer_.data() + buffer_.size());
  }
  void end_at(const char* end) { buffer_.resize(static_cast<std::size_t>(end - data())); }
  void append(std::string_view text) { buffer_.append(text.data(), text.size()); }
  void push(char c) { buffer_.push(c); }
  void clear() { buffer_.resize(0); }

  [[nodiscard]] const char* data() const { return buffer_.as<char>(); }
  [[nodiscard]] std::size_t size() const { return buffer_.size(); }
  [[nodiscard]] std::string_view view() const { return {data(), size()}; }

 private:
  Buffer buffer_;
};

/// Longest text of one number.
inline constexpr std::size_t kNumberRoom = 32;

// These write at `out`, which has kNumberRoom bytes, and return the end.
char* write_unsigned(char* out, std::uint64_t value);
char* write_signed(char* out, std::int64_t value);
/// Nanoseconds as seconds with `digits` decimals (0…9); with all nine where that would lose something.
char* write_time(char* out, std::int64_t ns, unsigned digits);
/// The shortest text that reads back as the same number, always with a point or an exponent, so that readers
/// that guess types see no integers. `value` is finite.
char* write_float(char* out, double value);

/// Appends `text` between quotes as a JSON string. Quotes, backslashes, control characters (C0, DEL, C1,
/// which a terminal may obey) and U+2028/2029 (line ends to JavaScript) are escaped; each malformed piece of
/// UTF-8 becomes U+FFFD.
void append_json_string(TextBuffer& out, std::string_view text);

/// Appends `text` for people: control characters are escaped (\x1b, \u2028), malformed UTF-8 becomes U+FFFD.
void append_printable(TextBuffer& out, std::string_view text);

/// Appends `text` for an element or an attribute of XML 1.0. What it has no character for becomes U+FFFD.
void append_xml(TextBuffer& out, std::string_view text);

/// Appends lower-case hexadecimal digits.
void append_hex(TextBuffer& out, std::string_view bytes);

/// Appends one value as JSON: lists as arrays, structures as objects, binary as a hexadecimal string, NaN and
/// infinities as null. Columns of one batch share `time_digits`.
void append_json(TextBuffer& out, const ColumnSpec& spec, const Column& column, std::int64_t row,
                 unsigned time_digits);

/// May do something to a terminal or is invisible: C0, DEL, C1, line and paragraph separators, and the marks
/// that change the direction of writing.
[[nodiscard]] bool is_control(char32_t code);

}  // namespace flowloom
