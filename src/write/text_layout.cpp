#include "write/text_layout.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string_view>

#include "flowloom/timestamp.hpp"

namespace flowloom {
namespace {

/// Titles of the flow table from the most to the least important; what is not named comes between the two.
constexpr std::array<std::string_view, 9> kFirst = {
    "flow_id", "protocol", "source", "destination", "packets", "bytes", "duration", "end_reason", "start"};
constexpr std::array<std::string_view, 13> kLast = {
    "fwd_packets", "bwd_packets", "fwd_bytes", "bwd_bytes", "stream",     "tunnel", "icmp_type",
    "icmp_code",   "capture",     "end",       "icmp_id",   "ip_version", "vlan"};
constexpr int kEssential = 6;  // of kFirst: kept and clipped, not left out

int rank_of(std::string_view title) {
  const auto first = std::ranges::find(kFirst, title);
  if (first != kFirst.end()) return static_cast<int>(first - kFirst.begin());
  const auto last = std::ranges::find(kLast, title);
  if (last != kLast.end()) return 1000 + static_cast<int>(last - kLast.begin());
  return 100;
}

std::optional<std::size_t> find_column(const Schema& schema, std::string_view name) {
  const auto found = std::ranges::find(schema.columns, name, &ColumnSpec::name);
  if (found == schema.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - schema.columns.begin());
}

std::string side_title(std::string_view side) {
  if (side == "src") return "source";
  if (side == "dst") return "destination";
  return std::string(side);
}

bool is_numeric(ColumnType type) {
  switch (type) {
    case ColumnType::string:
    case ColumnType::binary:
    case ColumnType::boolean:
    case ColumnType::list:
    case ColumnType::structure:
      return false;
    default:
      return true;
  }
}

/// "2024-03-01 12:34:56.789012", UTC.
void append_date(TextBuffer& out, std::int64_t ns, unsigned digits) {
  using namespace std::chrono;
  // Not std::chrono::floor: near the ends of the range it overflows.
  std::int64_t fraction_ns = ns % kNsPerSecond;
  std::int64_t since_epoch = ns / kNsPerSecond;
  if (fraction_ns < 0) {
    fraction_ns += kNsPerSecond;
    --since_epoch;
  }
  const sys_seconds second{seconds{since_epoch}};
  const auto day = floor<days>(second);
  const year_month_day date{day};
  const hh_mm_ss clock{second - day};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  out.append(text);
  char fraction[kNumberRoom];
  const char* const end = write_time(fraction, fraction_ns, digits);  // "0.789012"
  out.append(std::string_view(fraction, static_cast<std::size_t>(end - fraction)).substr(1));
}

/// With as many decimals as the capture's times have, so that the points stand below each other.
void append_float(TextBuffer& out, double value, unsigned digits) {
  if (!std::isfinite(value)) {
    out.push('-');
    return;
  }
  char text[kNumberRoom];
  const std::string_view written(text, static_cast<std::size_t>(write_float(text, value) - text));
  out.append(written);
  const std::size_t point = written.find('.');
  if (point == std::string_view::npos || written.find('e') != std::string_view::npos) return;
  for (std::size_t decimals = written.size() - point - 1; decimals < digits; ++decimals) out.push('0');
}

struct Range {
  char32_t first, last;
};

/// East Asian wide and full-width blocks, and emoji (Unicode's EastAsianWidth.txt, by block).
constexpr std::array<Range, 11> kWide = {{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0xA4CF},
                                          {0xA960, 0xA97F},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1FAFF},
                                          {0x20000, 0x3FFFD}}};
/// The common combining marks and variation selectors.
constexpr std::array<Range, 5> kCombining = {
    {{0x300, 0x36F}, {0x483, 0x489}, {0x591, 0x5BD}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

std::size_t width_of(char32_t code) {
  const auto inside = [code](Range range) { return code >= range.first && code <= range.last; };
  if (code < 0x300) return 1;
  if (std::ranges::any_of(kCombining, inside)) return 0;
  return std::ranges::any_of(kWide, inside) ? 2 : 1;
}

std::size_t total_width(const std::vector<TextColumn>& columns) {
  std::size_t total = 0;
  for (const TextColumn& column : columns) {
    if (column.width != 0) total += column.width + kColumnGap;
  }
  return total == 0 ? 0 : total - kColumnGap;
}

}  // namespace

std::vector<TextColumn> text_columns(const Schema& schema, const WriteOptions& options) {
  constexpr std::string_view kAddress = "_ip", kPort = "_port";
  std::vector<TextColumn> columns;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const ColumnSpec& spec = schema.columns[i];
    if (!options.lists && spec.type == ColumnType::list && !options.keeps(spec.name)) continue;
    std::string_view side = spec.name;
    if (side.ends_with(kPort)) {
      side.remove_suffix(kPort.size());
      if (find_column(schema, std::string(side) + "_ip")) continue;  // shown with its address
    }
    TextColumn column{.title = spec.name, .column = i, .port = i, .numeric = is_numeric(spec.type)};
    if (side.ends_with(kAddress) && spec.type == ColumnType::string) {
      side.remove_suffix(kAddress.size());
      if (const auto port = find_column(schema, std::string(side) + "_port")) {
        column.title = side_title(side);
        column.port = *port;
      }
    }
    column.rank = rank_of(column.title);
    column.width = display_width(column.title);
    columns.push_back(std::move(column));
  }
  return columns;
}

void append_text_cell(TextBuffer& out, const TextColumn& column, const RecordBatch& batch, std::int64_t row) {
  const ColumnSpec& spec = batch.schema->columns[column.column];
  const Column& values = batch.columns[column.column];
  if (values.is_null(row)) {
    out.push('-');
    return;
  }
  switch (spec.type) {
    case ColumnType::string: {
      const std::string_view text = values.text(row);
      const bool port = column.port != column.column && !batch.columns[column.port].is_null(row);
      const bool brackets = port && text.find(':') != std::string_view::npos;
      if (brackets) out.push('[');
      append_printable(out, text);
      if (brackets) out.push(']');
      if (port) {
        out.push(':');
        append_json(out, batch.schema->columns[column.port], batch.columns[column.port], row, 0);
      }
      break;
    }
    case ColumnType::binary:
      append_hex(out, values.text(row));
      break;
    case ColumnType::timestamp:
      append_date(out, values.value<std::int64_t>(row), batch.time_digits);
      break;
    case ColumnType::float64:
      append_float(out, values.value<double>(row), batch.time_digits);
      break;
    default:
      append_json(out, spec, values, row, batch.time_digits);
  }
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Utf8Step step = utf8_step(text);
    width += width_of(step.code);
    text.remove_prefix(step.length);
  }
  return width;
}

std::string clipped(std::string_view text, std::size_t width) {
  std::size_t left = display_width(text);
  if (left <= width) return std::string(text);
  while (left + 1 > width && !text.empty()) {
    const Utf8Step step = utf8_step(text);
    left -= width_of(step.code);
    text.remove_prefix(step.length);
  }
  return "\xE2\x80\xA6" + std::string(text);
}

void fit(std::vector<TextColumn>& columns, std::size_t total) {
  if (total == 0) return;
  if (total_width(columns) > total) {
    for (TextColumn& column : columns) {
      if (!column.seen && column.rank >= kEssential) column.width = 0;
    }
  }
  while (total_width(columns) > total) {
    TextColumn* victim = nullptr;
    for (TextColumn& column : columns) {  // of equals the last
      if (column.width != 0 && (victim == nullptr || column.rank >= victim->rank)) victim = &column;
    }
    if (victim == nullptr || victim->rank < kEssential) break;
    victim->width = 0;
  }
  constexpr std::size_t kNarrowest = 8;
  while (total_width(columns) > total) {
    TextColumn* widest = nullptr;
    for (TextColumn& column : columns) {
      if (!column.numeric && column.width > kNarrowest &&
          (widest == nullptr || column.width > widest->width)) {
        widest = &column;
      }
    }
    if (widest == nullptr) break;
    --widest->width;
  }
}

}  // namespace flowloom
