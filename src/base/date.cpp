#include "base/date.hpp"

#include <chrono>
#include <cstring>

#include "base/decimal.hpp"

namespace flowloom {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000, kDay = 86'400 * kSecond;

/// Two digits and what follows them.
char* write_two(std::uint32_t number, char behind, char* out) {
  std::memcpy(out, kPaddedDigits[number].text + 1, 2);
  out[2] = behind;
  return out + 3;
}

}  // namespace

void DateWriter::write_day(std::int64_t day) {
  using namespace std::chrono;
  constexpr char kMonths[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ";
  begin_ = static_cast<std::uint64_t>(day) * kDay;
  const year_month_day date{sys_days{days{day}}};
  const auto year = static_cast<std::uint32_t>(static_cast<int>(date.year()));  // of 1677 to 2262
  std::memcpy(day_, kMonths + 4 * (static_cast<unsigned>(date.month()) - 1), 4);
  write_two(static_cast<unsigned>(date.day()), ',', day_ + 4);
  if (day_[4] == '0') day_[4] = ' ';
  write_three(year % 1000, day_ + 9);
  day_[8] = static_cast<char>('0' + year / 1000);
  day_[12] = ' ';
}

char* DateWriter::write(std::int64_t ns, char* out) {
  if (static_cast<std::uint64_t>(ns) - begin_ >= kDay) {
    constexpr auto kSigned = static_cast<std::int64_t>(kDay);
    write_day(ns / kSigned - (ns % kSigned < 0 ? 1 : 0));
  }
  const std::uint64_t within = static_cast<std::uint64_t>(ns) - begin_;
  const auto seconds = static_cast<std::uint32_t>(within / kSecond);
  std::memcpy(out, day_, kDayText);
  out = write_two(seconds / 3600, ':', out + kDayText);
  out = write_two(seconds / 60 % 60, ':', out);
  out = write_two(seconds % 60, '.', out);
  out = write_nine(static_cast<std::uint32_t>(within % kSecond), out);
  std::memcpy(out, " UTC", 4);
  return out + 4;
}

}  // namespace flowloom
