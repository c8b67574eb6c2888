// JSON lines (an object a row) and JSON (one object: the rows, then the provenance).
#include "write/text.hpp"
#include "write/writers.hpp"

namespace flowloom {
namespace {

class JsonWriter : public TableWriter {
 public:
  JsonWriter(OutputFile file, std::shared_ptr<const Schema> schema, Provenance provenance,
             const WriteOptions& options)
      : file_(std::move(file)),
        schema_(std::move(schema)),
        lines_(options.format == TableFormat::jsonl),
        promptly_(options.promptly),
        provenance_(std::move(provenance)) {
    for (const ColumnSpec& spec : schema_->columns) {
      TextBuffer key;
      key.push(keys_.empty() ? '{' : ',');
      append_json_string(key, spec.name);
      key.push(':');
      keys_.emplace_back(key.view());
    }
    if (lines_) return;
    text_.push('{');
    append_json_string(text_, options.rows_name);
    text_.append(":[");
  }

  Result<> write(RecordBatch&& batch) override {
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      if (!lines_) text_.append(first_row_ ? "\n" : ",\n");
      first_row_ = false;
      if (keys_.empty()) text_.push('{');
      for (std::size_t i = 0; i < keys_.size(); ++i) {
        text_.append(keys_[i]);
        append_json(text_, schema_->columns[i], batch.columns[i], row, batch.time_digits);
      }
      text_.append(lines_ ? "}\n" : "}");
      if (text_.size() >= kWriteSize) {
        if (auto flushed = flush(); !flushed) return flushed;
      }
    }
    batch.columns.clear();
    return promptly_ ? flush() : Result<>();
  }

  Result<std::string> commit(const Provenance& provenance, bool keep_existing) override {
    if (!lines_) append_provenance(text_, merged(provenance_, provenance));
    if (auto flushed = flush(); !flushed) return flushed.error();
    return file_.commit(keep_existing);
  }

 private:
  Result<> flush() {
    Result<> written = file_.write(text_.data(), text_.size());
    text_.clear();
    return written;
  }

  OutputFile file_;
  std::shared_ptr<const Schema> schema_;
  std::vector<std::string> keys_;  // with the brace or comma before and the colon after
  TextBuffer text_;
  bool lines_, promptly_;
  bool first_row_ = true;
  Provenance provenance_;
};

}  // namespace

void append_provenance(TextBuffer& out, const Provenance& provenance) {
  out.append("\n],\n\"provenance\":{");
  const char* separator = "";
  for (const auto& [key, value] : provenance) {
    constexpr std::string_view kJson = "_json";
    const bool raw = key.ends_with(kJson);
    out.append(separator);
    append_json_string(out, raw ? std::string_view(key).substr(0, key.size() - kJson.size()) : key);
    out.push(':');
    if (raw) {
      out.append(value);
    } else {
      append_json_string(out, value);
    }
    separator = ",";
  }
  out.append("}}\n");
}

std::unique_ptr<TableWriter> make_json_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                              const Provenance& provenance, const WriteOptions& options) {
  return std::make_unique<JsonWriter>(std::move(file), std::move(schema), provenance, options);
}

}  // namespace flowloom
