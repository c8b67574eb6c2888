// A schema with every column type, and batches of it with nulls, empty lists, empty and hostile strings.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "flowloom/table.hpp"

namespace flowloom::testing {

inline std::shared_ptr<const Schema> sample_schema() {
  using enum ColumnType;
  auto schema = std::make_shared<Schema>();
  schema->columns = {
      {"id", uint64, false, {}, "counts up"},
      {"flag", boolean, true},
      {"u8", uint8, true},
      {"u16", uint16, true},
      {"u32", uint32},
      {"i32", int32},
      {"i64", int64},
      {"f64", float64, true},
      {"time", timestamp, true},
      {"name", string, true},
      {"blob", binary, true},
      {"times", list, false, {{"item", float64}}},
      {"lengths", list, false, {{"item", int32}}},
      {"flags", list, true, {{"item", uint16}}},
      {"found",
       list,
       false,
       {{"item", structure, false, {{"value", string, true, {}}, {"packet", uint32, false, {}}}}}},
  };
  return schema;
}

inline const std::vector<std::string>& sample_names() {
  static const std::vector<std::string> names = {
      "plain",
      "",
      "comma, \"quote\"",
      "line\r\nbreak\ttab",
      "=1+1",
      "-2+3",
      "@SUM(A1)",
      "+1",
      "\t=1",
      "  =1",
      "\"=1",
      "\xEF\xBC\x9D"
      "1",                     // full-width '='
      "bad\xFF\xC3(\xE2\x82",  // malformed UTF-8
      std::string("nul\0esc\x1b[31m", 12),
      "\xE2\x80\xA8line \xC2\x9B"
      "31m",
      "gr\xC3\xBC\xC3\x9F \xE6\xBC\xA2\xE5\xAD\x97 \xF0\x9F\x90\x8D",
      "back\\slash 'apostrophe'",
  };
  return names;
}

/// Fixed-width values.
template <class T>
void put(Column& column, T value) {
  column.values.push(value);
  ++column.length;
}

inline void put_text(Column& column, std::string_view text) {
  if (column.offsets.size() == 0) column.offsets.push(std::int32_t{0});
  column.values.append(text.data(), text.size());
  column.offsets.push(static_cast<std::int32_t>(column.values.size()));
  ++column.length;
}

/// Ends a list of all items put since the last.
inline void end_list(Column& column) {
  if (column.offsets.size() == 0) column.offsets.push(std::int32_t{0});
  column.offsets.push(static_cast<std::int32_t>(column.children[0].length));
  ++column.length;
}

inline void mark(Column& column, bool valid) {
  column.validity.push(static_cast<std::uint8_t>(valid));
  column.null_count += valid ? 0 : 1;
}

inline Column empty_column(const ColumnSpec& spec) {
  Column column;
  for (const ColumnSpec& child : spec.children) column.children.push_back(empty_column(child));
  return column;
}

/// Rows first … first + rows - 1 of a table without end: row r is the same whatever the batches.
inline RecordBatch sample_batch(std::int64_t first, std::int64_t rows, std::uint8_t time_digits = 6) {
  RecordBatch batch;
  batch.schema = sample_schema();
  batch.rows = rows;
  batch.time_digits = time_digits;
  for (const ColumnSpec& spec : batch.schema->columns) batch.columns.push_back(empty_column(spec));
  auto& c = batch.columns;
  for (std::int64_t r = first; r < first + rows; ++r) {
    const auto u = static_cast<std::uint64_t>(r);
    put(c[0], u);
    put(c[1], static_cast<std::uint8_t>(u % 2));
    mark(c[1], u % 3 != 0);
    put(c[2], static_cast<std::uint8_t>(u * 7));
    mark(c[2], u % 5 != 0);
    put(c[3], static_cast<std::uint16_t>(u * 977));
    mark(c[3], u % 4 != 3);
    put(c[4], static_cast<std::uint32_t>(u * 0x9E3779B9U));
    put(c[5], static_cast<std::int32_t>(u * 0x9E3779B9U));
    put(c[6], static_cast<std::int64_t>(u * 0x9E3779B97F4A7C15U));
    constexpr double kSpecial[] = {0.0,
                                   -0.0,
                                   1.5,
                                   -2.25,
                                   1e300,
                                   5e-324,
                                   std::numeric_limits<double>::infinity(),
                                   0.1234567,
                                   1e22,
                                   12345678.0,
                                   std::numeric_limits<double>::quiet_NaN()};
    put(c[7], kSpecial[u % std::size(kSpecial)]);
    mark(c[7], u % 13 != 5);
    put(c[8], (r - 3) * 1'500'000'000 + 1000 * (r % 1000));
    mark(c[8], u % 6 != 4);
    put_text(c[9], sample_names()[u % sample_names().size()]);
    mark(c[9], u % 19 != 18);
    put_text(c[10], std::string_view("\x00\xff\x10\x7f", u % 5));
    mark(c[10], u % 8 != 6);
    const std::uint64_t items = u % 1000 == 999 ? 70'000 : u % 4;  // some are longer than a page of Parquet
    for (std::uint64_t i = 0; i < items; ++i) {
      put(c[11].children[0], static_cast<double>(i * u * 1000) / 1e9);
      put(c[12].children[0], static_cast<std::int32_t>(i * 100 + u) * (i % 2 == 0 ? 1 : -1));
    }
    end_list(c[11]);
    end_list(c[12]);
    const bool flags = u % 3 != 1;
    for (std::uint64_t i = 0; flags && i < items; ++i) {
      put(c[13].children[0], static_cast<std::uint16_t>(i + u));
    }
    end_list(c[13]);
    mark(c[13], flags);
    for (std::uint64_t i = 0; i < u % 3; ++i) {
      Column& entry = c[14].children[0];
      put_text(entry.children[0], i == 0 ? "first" : "");
      mark(entry.children[0], i == 0);
      put(entry.children[1], static_cast<std::uint32_t>(u + i));
      ++entry.length;
    }
    end_list(c[14]);
  }
  return batch;
}

/// A folder of its own for a test, removed with what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "flowloom-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()));
  }

 private:
  std::filesystem::path path_;
};

inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace flowloom::testing
