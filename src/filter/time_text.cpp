#include <array>
#include <ctime>
#include <limits>

#include "filter/literal.hpp"

namespace flowloom::filter {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads a time from its beginning.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] bool digit_next() const { return !text_.empty() && is_digit(text_[0]); }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void blanks() {
    while (take(' ')) {
    }
  }
  bool number(std::size_t fewest, std::size_t most, int smallest, int largest, int& value) {
    std::size_t digits = 0;
    int read = 0;
    while (digits < most && digits < text_.size() && is_digit(text_[digits])) {
      read = read * 10 + (text_[digits++] - '0');
    }
    if (digits < fewest || read < smallest || read > largest) return false;
    text_.remove_prefix(digits);
    value = read;
    return true;
  }
  /// Behind a point: ns. Digits beyond the ninth say nothing.
  bool fraction(std::int64_t& ns) {
    std::int64_t unit = kSecond / 10;
    if (text_.empty() || !is_digit(text_[0])) return false;
    for (; !text_.empty() && is_digit(text_[0]); text_.remove_prefix(1)) {
      ns += (text_[0] - '0') * unit;
      unit /= 10;
    }
    return true;
  }
  bool month(int& value) {
    static constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (text_.size() < 3) return false;
    std::array<char, 3> letters{};
    for (std::size_t i = 0; i < 3; ++i) letters[i] = static_cast<char>(text_[i] | 0x20);
    const std::size_t found = kMonths.find(std::string_view(letters.data(), letters.size()));
    if (found == kMonths.npos || found % 3 != 0) return false;
    value = static_cast<int>(found / 3);
    text_.remove_prefix(3);
    return true;
  }
  bool word(std::string_view expected) {
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(expected.size());
    return true;
  }

 private:
  std::string_view text_;
};

struct Moment {
  std::tm civil = {};
  std::int64_t ns = 0;
  bool utc = false;
  int offset = 0;  ///< seconds that its clock is before UTC
};

/// "12", "12:34", "12:34:56", "12:34:56.5": at least as many parts as are needed.
bool clock(Reader& in, Moment& moment, int parts_needed) {
  if (!in.number(1, 2, 0, 23, moment.civil.tm_hour)) return false;
  if (!in.take(':')) return parts_needed <= 1;
  if (!in.number(1, 2, 0, 59, moment.civil.tm_min)) return false;
  if (!in.take(':')) return parts_needed <= 2;
  if (!in.number(1, 2, 0, 60, moment.civil.tm_sec)) return false;
  return (!in.take('.') && !in.take(',')) || in.fraction(moment.ns);
}

bool zone(Reader& in, Moment& moment) {
  if (in.take('Z')) {
    moment.utc = true;
    return true;
  }
  const bool before = in.take('-');
  if (!before && !in.take('+')) return true;
  int hours = 0, minutes = 0;
  if (!in.number(2, 2, 0, 23, hours)) return false;
  const bool colon = in.take(':');
  if (!in.number(2, 2, 0, 59, minutes) && colon) return false;
  moment.utc = true;
  moment.offset = (hours * 60 + minutes) * (before ? -60 : 60);
  return true;
}

bool iso(Reader in, Moment& moment) {
  int year = 0, month = 0;
  if (!in.number(4, 4, 1, 9999, year) || !in.take('-')) return false;
  if (!in.number(1, 2, 1, 12, month) || !in.take('-')) return false;
  if (!in.number(1, 2, 1, 31, moment.civil.tm_mday)) return false;
  moment.civil.tm_year = year - 1900;
  moment.civil.tm_mon = month - 1;
  if (in.take('T')) {
    in.blanks();
    if (!in.empty() && (!clock(in, moment, 2) || !zone(in, moment))) return false;
    in.blanks();
    return in.empty();
  }
  in.blanks();  // as strptime(): none will do, too
  if (in.digit_next() && (!clock(in, moment, 1) || !zone(in, moment))) return false;
  in.blanks();
  if (!moment.utc && in.word("UTC")) moment.utc = true;
  return in.empty();
}

bool month_first(Reader in, Moment& moment) {
  int year = 0;
  if (!in.month(moment.civil.tm_mon)) return false;
  in.blanks();
  if (!in.number(1, 2, 1, 31, moment.civil.tm_mday) || !in.take(',')) return false;
  in.blanks();
  if (!in.number(4, 4, 1, 9999, year)) return false;
  moment.civil.tm_year = year - 1900;
  in.blanks();
  if (!clock(in, moment, 3)) return false;
  in.blanks();
  moment.utc = in.word("UTC");
  in.blanks();
  return in.empty();
}

}  // namespace

std::optional<std::int64_t> time_of(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == text.npos) return std::nullopt;
  text.remove_prefix(first);
  Moment moment;
  if (!iso(Reader(text), moment)) {
    moment = {};
    if (!month_first(Reader(text), moment)) return std::nullopt;
  }
  moment.civil.tm_isdst = -1;
  const std::time_t seconds = moment.utc ? timegm(&moment.civil) : std::mktime(&moment.civil);
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(std::int64_t{seconds} - moment.offset, kSecond, &ns) ||
      __builtin_add_overflow(ns, moment.ns, &ns)) {
    // 64 bits of nanoseconds hold 1677 to 2262: what is beyond is before or after all packets
    using Limits = std::numeric_limits<std::int64_t>;
    return seconds < 0 ? Limits::min() : Limits::max();
  }
  return ns;
}

std::optional<std::int64_t> duration_of(std::string_view text) {
  std::int64_t seconds = 0;
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.empty()) return std::nullopt;
  for (const char c : whole) {
    if (!is_digit(c) || __builtin_mul_overflow(seconds, 10, &seconds) ||
        __builtin_add_overflow(seconds, c - '0', &seconds)) {
      return std::nullopt;
    }
  }
  std::int64_t ns = 0;
  if (point != text.npos) {
    const std::string_view decimals = text.substr(point + 1);
    std::int64_t unit = kSecond;
    if (decimals.empty() || decimals.size() > 9) return std::nullopt;
    for (const char c : decimals) {
      if (!is_digit(c)) return std::nullopt;
      unit /= 10;
      ns += (c - '0') * unit;
    }
  }
  if (__builtin_mul_overflow(seconds, kSecond, &seconds) || __builtin_add_overflow(seconds, ns, &seconds)) {
    return std::nullopt;
  }
  return seconds;
}

}  // namespace flowloom::filter
