// The writers behind open_table_writer(), one a file.
#pragma once

#include <memory>

#include "flowloom/write.hpp"
#include "write/output_file.hpp"

namespace flowloom {

std::unique_ptr<TableWriter> make_json_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                              const Provenance& provenance, const WriteOptions& options);

std::unique_ptr<TableWriter> make_csv_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                             const WriteOptions& options);
std::unique_ptr<TableWriter> make_text_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                              const WriteOptions& options);

/// `first` with what `second` adds or says anew.
[[nodiscard]] Provenance merged(const Provenance& first, const Provenance& second);

}  // namespace flowloom
