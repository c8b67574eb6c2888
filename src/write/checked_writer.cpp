#include "write/checked_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace flowloom {
namespace {

bool same(const std::vector<ColumnSpec>& x, const std::vector<ColumnSpec>& y) {
  return std::ranges::equal(x, y, [](const ColumnSpec& a, const ColumnSpec& b) {
    return a.name == b.name && a.type == b.type && a.nullable == b.nullable && same(a.children, b.children);
  });
}

bool fits(const std::vector<Column>& columns, const std::vector<ColumnSpec>& specs, std::int64_t rows);

/// The column has the memory of so many rows. What single rows say is not looked at.
bool fits(const Column& column, const ColumnSpec& spec, std::int64_t rows) {
  const auto count = static_cast<std::size_t>(rows);
  if (column.length != rows) return false;
  if (column.validity.size() != 0 && column.validity.size() < count) return false;
  if (spec.type == ColumnType::structure) return fits(column.children, spec.children, rows);
  const std::size_t width = value_width(spec.type);
  if (width != 0) return column.values.size() / width >= count;
  if (count == 0 && column.offsets.size() == 0) return true;
  if (column.offsets.size() / sizeof(std::int32_t) < count + 1) return false;
  const std::int32_t end = column.offsets.as<std::int32_t>()[count];
  if (end < 0) return false;
  return spec.type == ColumnType::list ? fits(column.children, spec.children, end)
                                       : column.values.size() >= static_cast<std::size_t>(end);
}

bool fits(const std::vector<Column>& columns, const std::vector<ColumnSpec>& specs, std::int64_t rows) {
  return rows >= 0 &&
         std::ranges::equal(columns, specs, [rows](const Column& column, const ColumnSpec& spec) {
           return fits(column, spec, rows);
         });
}

class CheckedWriter final : public TableWriter {
 public:
  CheckedWriter(std::unique_ptr<TableWriter> writer, std::shared_ptr<const Schema> schema, std::string path)
      : writer_(std::move(writer)), schema_(std::move(schema)), path_(std::move(path)) {}

  Result<> write(RecordBatch&& batch) override {
    if (ended_) return *ended_;
    const bool ours =
        batch.schema == schema_ || (batch.schema != nullptr && same(batch.schema->columns, schema_->columns));
    if (!ours || !fits(batch.columns, schema_->columns, batch.rows))
      return Error{ErrorCode::usage, "rows of another table than it was opened for", path_};
    auto written = writer_->write(std::move(batch));
    if (!written) ended_ = written.error();
    return written;
  }

  Result<std::string> commit(const Provenance& provenance, bool keep_existing) override {
    if (ended_) return *ended_;
    auto path = writer_->commit(provenance, keep_existing);
    ended_ = path ? Error{ErrorCode::usage, "the table was committed", path_} : path.error();
    return path;
  }

 private:
  std::unique_ptr<TableWriter> writer_;
  std::shared_ptr<const Schema> schema_;
  std::string path_;
  std::optional<Error> ended_;  ///< why nothing more can be written
};

}  // namespace

std::unique_ptr<TableWriter> checked_writer(std::unique_ptr<TableWriter> writer,
                                            std::shared_ptr<const Schema> schema, std::string path) {
  return std::make_unique<CheckedWriter>(std::move(writer), std::move(schema), std::move(path));
}

}  // namespace flowloom
