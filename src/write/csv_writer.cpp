// CSV by RFC 4180 (UTF-8, line ends CR LF, quotes only where needed) and tab-separated values (line ends LF,
// no quotes; tab, line ends and backslash inside a cell as \t \n \r \\). Both: a header row; numbers and
// times as in JSON; null, NaN and infinities empty; lists and structures as JSON text.
//
// Strings come from captures and may be hostile. A cell that a spreadsheet would run as a formula gets an
// apostrophe in front, which spreadsheets take for "this is text"; control characters that RFC 4180 does not
// allow in a cell (all but tab, CR and LF) become U+FFFD, as malformed UTF-8 does.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "write/text.hpp"
#include "write/writers.hpp"

namespace flowloom {
namespace {

/// Bytes that need no thought in either format, anywhere in a cell.
constexpr auto kHarmless = [] {
  std::array<bool, 256> harmless{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) harmless[c] = c != '"' && c != ',' && c != '\\';
  return harmless;
}();

bool starts_formula(char32_t code) {
  switch (code) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case '\n':
    case 0x2212:  // minus sign
    case 0xFF0B:  // full-width + - = @
    case 0xFF0D:
    case 0xFF1D:
    case 0xFF20:
      return true;
    default:
      return false;
  }
}

/// Numbers in decimal, with commas between them: several values of a field.
bool is_numbers(std::string_view text) {
  const auto digits = [&] {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end != 0;
  };
  for (;;) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (!digits()) return false;
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      if (!digits()) return false;
    }
    if (text.empty()) return true;
    if (!text.starts_with(',')) return false;
    text.remove_prefix(1);
  }
}

/// Spaces, and quotes that a reader of tab-separated values may take off, do not hide a formula. A lone "-"
/// (the name of standard input) is none, nor are numbers.
bool is_formula(std::string_view text) {
  if (text == "-" || (text.starts_with('-') && is_numbers(text))) return false;
  while (!text.empty()) {
    const Utf8Step step = utf8_step(text);
    if (starts_formula(step.code)) return true;
    const bool passed_over = step.code == ' ' || step.code == '"' || step.code == 0xA0 ||
                             step.code == 0x3000 || step.code == 0xFEFF;
    if (!passed_over) return false;
    text.remove_prefix(step.length);
  }
  return false;
}

class CsvWriter : public TableWriter {
 public:
  CsvWriter(OutputFile file, std::shared_ptr<const Schema> schema, bool tabs, const WriteOptions& options)
      : file_(std::move(file)), schema_(std::move(schema)), tabs_(tabs), promptly_(options.promptly) {
    for (std::size_t i = 0; i < schema_->columns.size(); ++i) {
      const ColumnSpec& spec = schema_->columns[i];
      if (!options.lists && spec.type == ColumnType::list && !options.keeps(spec.name)) continue;
      columns_.push_back(i);
      separate(columns_.size() - 1);
      append_string(spec.name);
    }
    end_row();
  }

  Result<> write(RecordBatch&& batch) override {
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        separate(i);
        append_cell(schema_->columns[columns_[i]], batch.columns[columns_[i]], row, batch.time_digits);
      }
      end_row();
      if (text_.size() >= kWriteSize) {
        if (auto flushed = flush(); !flushed) return flushed;
      }
    }
    batch.columns.clear();
    return promptly_ ? flush() : Result<>();
  }

  Result<std::string> commit(const Provenance& /*provenance*/, bool keep_existing) override {
    if (auto flushed = flush(); !flushed) return flushed.error();
    return file_.commit(keep_existing);
  }

 private:
  Result<> flush() {
    Result<> written = file_.write(text_.data(), text_.size());
    text_.clear();
    return written;
  }

  void separate(std::size_t index) {
    if (index != 0) text_.push(tabs_ ? '\t' : ',');
  }
  void end_row() { text_.append(tabs_ ? "\n" : "\r\n"); }

  void append_cell(const ColumnSpec& spec, const Column& column, std::int64_t row, unsigned time_digits) {
    if (column.is_null(row)) return;
    switch (spec.type) {
      case ColumnType::string:
        append_string(column.text(row));
        break;
      case ColumnType::binary:
        append_hex(text_, column.text(row));
        break;
      case ColumnType::float64:
        if (std::isfinite(column.value<double>(row))) append_json(text_, spec, column, row, time_digits);
        break;
      case ColumnType::list:
      case ColumnType::structure:
        json_.clear();
        append_json(json_, spec, column, row, time_digits);
        append_string(json_.view());
        break;
      default:
        append_json(text_, spec, column, row, time_digits);
    }
  }

  void append_string(std::string_view text) {
    std::size_t harmless = 0;
    while (harmless < text.size() && kHarmless[static_cast<std::uint8_t>(text[harmless])]) ++harmless;
    const bool guard = is_formula(text);
    if (harmless == text.size() && !guard) {
      text_.append(text);
      return;
    }
    const bool quote = !tabs_ && text.find_first_of("\",\r\n") != std::string_view::npos;
    if (quote) text_.push('"');
    if (guard) text_.push('\'');
    while (!text.empty()) {
      const Utf8Step step = utf8_step(text);
      append_character(step, text.substr(0, step.length));
      text.remove_prefix(step.length);
    }
    if (quote) text_.push('"');
  }

  void append_character(const Utf8Step& step, std::string_view bytes) {
    switch (step.code) {
      case '\t':
        text_.append(tabs_ ? "\\t" : bytes);
        break;
      case '\n':
        text_.append(tabs_ ? "\\n" : bytes);
        break;
      case '\r':
        text_.append(tabs_ ? "\\r" : bytes);
        break;
      case '\\':
        text_.append(tabs_ ? "\\\\" : bytes);
        break;
      case '"':
        text_.append(tabs_ ? bytes : "\"\"");
        break;
      default: {
        const bool control = step.code < 0x20 || (step.code >= 0x7F && step.code < 0xA0);
        text_.append(step.valid && !control ? bytes : kReplacement);
      }
    }
  }

  OutputFile file_;
  std::shared_ptr<const Schema> schema_;
  std::vector<std::size_t> columns_;  // those written
  TextBuffer text_, json_;
  bool tabs_, promptly_;
};

}  // namespace

std::unique_ptr<TableWriter> make_csv_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                             const WriteOptions& options) {
  return std::make_unique<CsvWriter>(std::move(file), std::move(schema), options.format == TableFormat::tsv,
                                     options);
}

}  // namespace flowloom
