// The aligned table. The first rows are kept until there are enough of them to choose columns and widths; the
// others follow in the same widths, so memory does not grow with the table.
#include <algorithm>
#include <utility>

#include "write/text_layout.hpp"
#include "write/writers.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kSampleRows = 1000;
constexpr std::size_t kSampleBytes = std::size_t{1} << 20;
/// Longer cells stick out where nothing is clipped: else one long list would pad all other rows to its
/// length.
constexpr std::size_t kWidestColumn = 64;

class TextWriter : public TableWriter {
 public:
  TextWriter(OutputFile file, const Schema& schema, const WriteOptions& options)
      : file_(std::move(file)),
        columns_(text_columns(schema, options)),
        total_(options.width > 0 ? static_cast<std::size_t>(options.width) : 0) {}

  Result<> write(RecordBatch&& batch) override {
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      if (started_) {
        for (const TextColumn& column : columns_) {
          if (column.width == 0) continue;
          cell_.clear();
          append_text_cell(cell_, column, batch, row);
          append(column, cell_.view());
        }
        end_line();
      } else {
        keep(batch, row);
        if (sample_.size() == kSampleRows || sample_bytes_ >= kSampleBytes) start();
      }
      if (text_.size() >= kWriteSize) {
        if (auto flushed = flush(); !flushed) return flushed;
      }
    }
    batch.columns.clear();
    return {};
  }

  Result<std::string> commit(const Provenance& /*provenance*/, bool keep_existing) override {
    if (!started_) start();
    name_omitted();
    if (auto flushed = flush(); !flushed) return flushed.error();
    return file_.commit(keep_existing);
  }

 private:
  Result<> flush() {
    Result<> written = file_.write(text_.data(), text_.size());
    text_.clear();
    return written;
  }

  void keep(const RecordBatch& batch, std::int64_t row) {
    std::vector<std::string>& cells = sample_.emplace_back();
    for (TextColumn& column : columns_) {
      cell_.clear();
      append_text_cell(cell_, column, batch, row);
      cells.emplace_back(cell_.view());
      column.width = std::max(column.width, std::min(display_width(cell_.view()), kWidestColumn));
      sample_bytes_ += cell_.size();
      column.seen |= !batch.columns[column.column].is_null(row);
    }
  }

  void start() {
    started_ = true;
    promote_captures();
    fit(columns_, total_);
    for (const TextColumn& column : columns_) {
      if (column.width != 0) append(column, column.title);
    }
    end_line();
    for (const std::vector<std::string>& cells : sample_) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (columns_[i].width != 0) append(columns_[i], cells[i]);
      }
      end_line();
    }
    sample_ = {};
  }

  /// Where the rows are of several captures, their names matter.
  void promote_captures() {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].title != "capture") continue;
      for (const std::vector<std::string>& cells : sample_) {
        if (cells[i] != sample_.front()[i]) columns_[i].rank = kSeveralCaptures;
      }
    }
  }

  void append(const TextColumn& column, std::string_view cell) {
    const std::size_t width = display_width(cell);
    // Nothing is cut off where there is room for ever: a pipe or a file.
    if (width > column.width && !column.numeric && total_ != 0) {
      const std::string short_cell = clipped(cell, column.width);
      line_.append(pending_, ' ').append(short_cell);
      pending_ = kColumnGap;
      return;
    }
    const std::size_t padding = width < column.width ? column.width - width : 0;
    line_.append(pending_ + (column.numeric ? padding : 0), ' ').append(cell);
    pending_ = kColumnGap + (column.numeric ? 0 : padding);
  }

  /// Spaces are pending until something follows them: no line ends in spaces.
  void end_line() {
    text_.append(line_);
    text_.push('\n');
    line_.clear();
    pending_ = 0;
  }

  void name_omitted() {
    for (const TextColumn& column : columns_) {
      if (column.width != 0 || !column.seen) continue;
      line_ += line_.empty() ? "not shown here: " : ", ";
      line_ += column.title;
    }
    if (line_.empty()) return;
    if (total_ != 0 && line_.size() > total_)
      line_ = std::to_string(omitted()) + " more columns not shown here";
    end_line();
  }

  [[nodiscard]] std::size_t omitted() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        columns_, [](const TextColumn& column) { return column.width == 0 && column.seen; }));
  }

  static constexpr int kSeveralCaptures = 6;

  OutputFile file_;
  std::vector<TextColumn> columns_;
  std::size_t total_;
  bool started_ = false;
  std::vector<std::vector<std::string>> sample_;
  std::size_t sample_bytes_ = 0;
  TextBuffer text_, cell_;
  std::string line_;
  std::size_t pending_ = 0;
};

}  // namespace

std::unique_ptr<TableWriter> make_text_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                              const WriteOptions& options) {
  return std::make_unique<TextWriter>(std::move(file), *schema, options);
}

}  // namespace flowloom
