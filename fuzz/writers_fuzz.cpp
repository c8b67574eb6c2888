// Text formats with arbitrary values: what is written must read back by the format's own rules, whatever the
// strings hold. (Parquet and Arrow files are made by Arrow's library, which is not instrumented.)
#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "flowloom/write.hpp"
#include "write/text.hpp"
#include "write/text_layout.hpp"

namespace flowloom {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

/// The input, eaten from its beginning; zeros after its end.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  template <class T>
  T number() {
    T value{};
    const std::size_t count = std::min(sizeof value, size_);
    if (count != 0) std::memcpy(&value, data_, count);
    skip(count);
    return value;
  }
  std::string text() {
    const std::size_t length = std::min<std::size_t>(number<std::uint8_t>(), size_);
    std::string value(reinterpret_cast<const char*>(data_), length);
    skip(length);
    return value;
  }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  void skip(std::size_t count) {
    data_ += count;
    size_ -= count;
  }

  const std::uint8_t* data_;
  std::size_t size_;
};

void put_text(Column& column, std::string_view text) {
  column.values.append(text.data(), text.size());
  column.offsets.push(static_cast<std::int32_t>(column.values.size()));
  ++column.length;
}

template <class T>
void put(Column& column, T value) {
  column.values.push(value);
  ++column.length;
}

std::shared_ptr<const Schema> schema() {
  static const auto made = [] {
    using enum ColumnType;
    auto fresh = std::make_shared<Schema>();
    fresh->columns = {{"text", string, true},
                      {"time", timestamp},
                      {"float", float64},
                      {"x_ip", string},
                      {"x_port", uint16},
                      {"blob", binary},
                      {"list", list, false, {{"item", string}}}};
    return std::shared_ptr<const Schema>(std::move(fresh));
  }();
  return made;
}

RecordBatch make_batch(Input input) {
  RecordBatch batch;
  batch.schema = schema();
  batch.time_digits = input.number<std::uint8_t>() % 10;
  batch.columns.resize(batch.schema->columns.size());
  auto& c = batch.columns;
  c[6].children.resize(1);
  for (Column* column : {&c[0], &c[3], &c[5], &c[6], &c[6].children[0]})
    column->offsets.push(std::int32_t{0});
  while (!input.empty() && batch.rows < 64) {
    const auto valid = static_cast<std::uint8_t>(input.number<std::uint8_t>() % 8 != 0);
    put_text(c[0], input.text());
    c[0].validity.push(valid);
    c[0].null_count += 1 - valid;
    put(c[1], input.number<std::int64_t>());
    put(c[2], input.number<double>());
    put_text(c[3], input.text());
    put(c[4], input.number<std::uint16_t>());
    put_text(c[5], input.text());
    for (int i = input.number<std::uint8_t>() % 4; i > 0; --i) put_text(c[6].children[0], input.text());
    c[6].offsets.push(static_cast<std::int32_t>(c[6].children[0].length));
    ++c[6].length;
    ++batch.rows;
  }
  return batch;
}

/// The file that the writer of `format` makes, kept in memory.
std::string written(Input input, TableFormat format, int width) {
  static const int file = memfd_create("table", MFD_CLOEXEC);
  require(file >= 0 && ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0);
  WriteOptions options;
  options.format = format;
  options.width = width;
  auto writer = open_table_writer("/dev/fd/" + std::to_string(file), schema(), {}, options);
  require(writer && (*writer)->write(make_batch(input)) && (*writer)->commit({}));
  const off_t size = lseek(file, 0, SEEK_CUR);
  std::string bytes(static_cast<std::size_t>(size), 0);
  require(pread(file, bytes.data(), bytes.size(), 0) == size);
  require(is_utf8(bytes));
  return bytes;
}

/// Nothing that may steer a terminal, but for the bytes `allowed`.
bool free_of_controls(std::string_view text, std::string_view allowed) {
  while (!text.empty()) {
    const Utf8Step step = utf8_step(text);
    if (is_control(step.code) && allowed.find(text[0]) == std::string_view::npos) return false;
    text.remove_prefix(step.length);
  }
  return true;
}

std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    require(end != std::string_view::npos);
    all.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return all;
}

// --- JSON ----------------------------------------------------------------------------------------

/// Passes over one JSON value (RFC 8259) at the beginning of `text`; aborts on what is none.
class JsonChecker {
 public:
  explicit JsonChecker(std::string_view text) : text_(text) {}

  void value() {
    if (take("null") || take("true") || take("false")) return;
    if (take("[")) {
      if (take("]")) return;
      do value();
      while (take(","));
      require(take("]"));
    } else if (take("{")) {
      if (take("}")) return;
      do {
        string();
        require(take(":"));
        value();
      } while (take(","));
      require(take("}"));
    } else if (text_.starts_with('"')) {
      string();
    } else {
      number();
    }
  }
  [[nodiscard]] bool at_end() const { return text_.empty(); }

 private:
  bool take(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  void string() {
    require(take("\""));
    while (!take("\"")) {
      require(!text_.empty() && static_cast<std::uint8_t>(text_[0]) >= 0x20);
      if (take("\\")) {
        require(!text_.empty());
        const char kind = text_[0];
        require(std::string_view("\"\\nrtu").find(kind) != std::string_view::npos);
        text_.remove_prefix(1);
        if (kind != 'u') continue;
        for (int i = 0; i < 4; ++i) {
          require(!text_.empty() &&
                  std::string_view("0123456789abcdef").find(text_[0]) != std::string_view::npos);
          text_.remove_prefix(1);
        }
      } else {
        text_.remove_prefix(utf8_step(text_).length);
      }
    }
  }
  void digits() {
    require(!text_.empty() && text_[0] >= '0' && text_[0] <= '9');
    while (!text_.empty() && text_[0] >= '0' && text_[0] <= '9') text_.remove_prefix(1);
  }
  void number() {
    take("-");
    const bool zero = text_.starts_with('0');
    const std::size_t before = text_.size();
    digits();
    require(!zero || before - text_.size() == 1);
    if (take(".")) digits();
    if (take("e")) {
      if (!take("+")) take("-");
      digits();
    }
  }

  std::string_view text_;
};

void check_json(Input input) {
  const std::string text = written(input, TableFormat::jsonl, 0);
  require(free_of_controls(text, "\n"));
  for (const std::string_view line : lines(text)) {
    JsonChecker checker(line);
    checker.value();
    require(checker.at_end());
  }
}

// --- CSV and TSV ---------------------------------------------------------------------------------

/// Numbers in decimal, with commas between them.
bool is_numbers(std::string_view cell) {
  double number = 0;
  const char* const end = cell.data() + cell.size();
  for (const char* at = cell.data();; ++at) {
    at = std::from_chars(at, end, number, std::chars_format::fixed).ptr;
    if (at == end) return std::string_view("0123456789.").find(cell.back()) != std::string_view::npos;
    if (*at != ',') return false;
  }
}

bool looks_like_formula(std::string_view cell) {
  return !cell.empty() && cell != "-" && !is_numbers(cell) &&
         std::string_view("=+-@\t\r\n").find(cell[0]) != std::string_view::npos;
}

/// Rows by RFC 4180; aborts on what is none.
std::vector<std::vector<std::string>> parse_csv(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  std::size_t at = 0;
  while (at < text.size()) {
    rows.emplace_back();
    do {
      std::string& cell = rows.back().emplace_back();
      if (rows.back().size() > 1) ++at;  // the comma
      if (at < text.size() && text[at] == '"') {
        for (++at;; ++at) {
          require(at < text.size());
          if (text[at] == '"' && (at + 1 >= text.size() || text[at + 1] != '"')) break;
          if (text[at] == '"') ++at;
          cell += text[at];
        }
        ++at;
      } else {
        for (; at < text.size() && text[at] != ',' && text[at] != '\r'; ++at) {
          require(text[at] != '"' && text[at] != '\n');
          cell += text[at];
        }
      }
    } while (at < text.size() && text[at] == ',');
    require(text.substr(at).starts_with("\r\n"));
    at += 2;
  }
  return rows;
}

void check_cells(Input input) {
  const RecordBatch batch = make_batch(input);
  const auto rows = parse_csv(written(input, TableFormat::csv, 0));
  require(rows.size() == static_cast<std::size_t>(batch.rows) + 1);
  for (std::size_t row = 1; row < rows.size(); ++row) {
    require(rows[row].size() == batch.columns.size());
    for (const std::size_t column : {0U, 3U, 6U}) require(!looks_like_formula(rows[row][column]));
    const auto time = batch.columns[1].value<std::int64_t>(static_cast<std::int64_t>(row) - 1);
    char exact[kNumberRoom];
    require(rows[row][1] == std::string(exact, write_time(exact, time, batch.time_digits)));
  }
  const std::string tsv = written(input, TableFormat::tsv, 0);
  for (std::string_view line : lines(tsv)) {
    std::size_t cells = 1;
    while (!line.empty()) {
      const Utf8Step step = utf8_step(line);
      require(step.code == '\t' || (step.code >= 0x20 && step.code < 0x7F) || step.code >= 0xA0);
      cells += step.code == '\t' ? 1 : 0;
      line.remove_prefix(step.length);
    }
    require(cells == batch.columns.size());
  }
}

// --- values and the aligned table ----------------------------------------------------------------

void check_numbers(Input input) {
  const RecordBatch batch = make_batch(input);
  for (std::int64_t row = 0; row < batch.rows; ++row) {
    const auto value = batch.columns[2].value<double>(row);
    if (!std::isfinite(value)) continue;
    char text[kNumberRoom];
    const char* const end = write_float(text, value);
    double back = 0;
    require(std::from_chars(text, end, back).ptr == end);
    require(std::bit_cast<std::uint64_t>(back) == std::bit_cast<std::uint64_t>(value));
  }
}

void check_table(Input input) {
  constexpr int kNarrowest = 40;  // the last line's words are not clipped
  const int width = kNarrowest + Input(input).number<std::uint8_t>();
  const std::string text = written(input, TableFormat::text, width);
  require(free_of_controls(text, "\n"));
  for (const std::string_view line : lines(text))
    require(display_width(line) <= static_cast<std::size_t>(width));
  require(free_of_controls(written(input, TableFormat::text, 0), "\n"));
}

}  // namespace
}  // namespace flowloom

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const flowloom::Input input(data, size);
  flowloom::check_json(input);
  flowloom::check_cells(input);
  flowloom::check_numbers(input);
  flowloom::check_table(input);
  return 0;
}
