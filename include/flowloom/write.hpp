// Writing tables to files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flowloom/error.hpp"
#include "flowloom/table.hpp"

namespace flowloom {

enum class TableFormat : std::uint8_t { jsonl, json, csv, tsv, parquet, arrow, text };

/// By the extension (.jsonl .ndjson .json .csv .tsv .parquet .arrow .txt); none if it is not known.
[[nodiscard]] std::optional<TableFormat> table_format_of(std::string_view path);
/// By name ("jsonl", "json", "csv", "tsv", "parquet", "arrow", "table"); none if it is not known.
[[nodiscard]] std::optional<TableFormat> table_format_named(std::string_view name);

/// What a file says of its making: version, command, schema version, accounting. Values are JSON texts where
/// the key ends in "_json", else plain.
using Provenance = std::vector<std::pair<std::string, std::string>>;

struct WriteOptions {
  TableFormat format = TableFormat::jsonl;
  std::string rows_name = "flows";           ///< the array's key in a .json file
  bool lists = true;                         ///< csv, tsv and text: also the list columns
  std::vector<std::string> kept_lists = {};  ///< … these in any case
  bool promptly = false;  ///< jsonl, json, csv, tsv: each write() leaves its rows in the file
  unsigned threads = 0;   ///< parquet: that work on a batch; 0: one a core
  int width = 0;          ///< text: columns of the terminal, 0: unlimited
  /// Where libflowloom_parquet.so and libflowloom_arrow.so lie; empty: beside the program or library.
  std::string component_folder = {};

  [[nodiscard]] bool keeps(std::string_view column) const {
    return std::find(kept_lists.begin(), kept_lists.end(), column) != kept_lists.end();
  }
};

/// Writes one table to one file, beside its place, renamed by commit(). Destroyed before that, it leaves
/// nothing. After an error of a write() or commit() it gives that one again; after commit() nothing can be
/// written (usage).
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  /// Writes the rows; takes the batch's memory. Errors: io (disk full, …); usage (rows of another schema,
  /// columns of other lengths: nothing of them is written).
  virtual Result<> write(RecordBatch&& batch) = 0;
  /// Ends the file and puts it in its place. `keep_existing`: where there is a file already, the new one
  /// becomes PATH.partial (an interrupted run). Returns the path that now holds the table.
  virtual Result<std::string> commit(const Provenance& provenance, bool keep_existing = false) = 0;
};

/// Loads what writing the format takes beyond this library, if it takes anything: as long as reading some
/// megabytes, for who has something else to wait for. Else open_table_writer() does. Errors: unsupported.
Result<> prepare_table_writer(const WriteOptions& options);

/// Opens PATH ("-": standard output) for a table. Errors: io (folder missing, not writable), unsupported (the
/// component for Parquet and Arrow files is not installed).
Result<std::unique_ptr<TableWriter>> open_table_writer(const std::string& path,
                                                       std::shared_ptr<const Schema> schema,
                                                       const Provenance& provenance,
                                                       const WriteOptions& options);

}  // namespace flowloom
