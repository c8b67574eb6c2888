// The writers behind open_table_writer(), one a file.
#pragma once

#include <memory>

#include "flowloom/write.hpp"
#include "write/output_file.hpp"
#include "write/text.hpp"

namespace flowloom {

std::unique_ptr<TableWriter> make_json_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                              const Provenance& provenance, const WriteOptions& options);

std::unique_ptr<TableWriter> make_csv_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                             const WriteOptions& options);
std::unique_ptr<TableWriter> make_text_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                              const WriteOptions& options);

/// Ends a JSON document that is {"…":[…: closes the array, then the object with the provenance in it.
void append_provenance(TextBuffer& out, const Provenance& provenance);

/// What is behind the last point of the file's name, in lower case; empty if there is none.
[[nodiscard]] std::string lower_extension(std::string_view path);

/// `first` with what `second` adds or says anew.
[[nodiscard]] Provenance merged(const Provenance& first, const Provenance& second);

}  // namespace flowloom
