#include <algorithm>
#include <array>

#include "flowloom/write.hpp"
#include "write/arrow_component.hpp"
#include "write/checked_writer.hpp"
#include "write/writers.hpp"

namespace flowloom {
namespace {

using Named = std::pair<std::string_view, TableFormat>;

template <std::size_t N>
std::optional<TableFormat> look_up(const std::array<Named, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &Named::first);
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

constexpr std::array<Named, 8> kExtensions = {{{"jsonl", TableFormat::jsonl},
                                               {"ndjson", TableFormat::jsonl},
                                               {"json", TableFormat::json},
                                               {"csv", TableFormat::csv},
                                               {"tsv", TableFormat::tsv},
                                               {"parquet", TableFormat::parquet},
                                               {"arrow", TableFormat::arrow},
                                               {"txt", TableFormat::text}}};

constexpr std::array<Named, 7> kNames = {{{"jsonl", TableFormat::jsonl},
                                          {"json", TableFormat::json},
                                          {"csv", TableFormat::csv},
                                          {"tsv", TableFormat::tsv},
                                          {"parquet", TableFormat::parquet},
                                          {"arrow", TableFormat::arrow},
                                          {"table", TableFormat::text}}};

/// Null: the format needs none.
Result<const FlowloomArrowComponent*> component_for(const WriteOptions& options) {
  if (options.format != TableFormat::parquet && options.format != TableFormat::arrow) return nullptr;
  return load_arrow_component(options.format, options.component_folder);
}

Result<std::unique_ptr<TableWriter>> open_unchecked(const std::string& path,
                                                    const std::shared_ptr<const Schema>& schema,
                                                    const Provenance& provenance,
                                                    const WriteOptions& options) {
  const auto component = component_for(options);
  if (!component) return component.error();
  Result<OutputFile> file = OutputFile::open(path);
  if (!file) return file.error();
  switch (options.format) {
    case TableFormat::jsonl:
    case TableFormat::json:
      break;
    case TableFormat::csv:
    case TableFormat::tsv:
      return make_csv_writer(*std::move(file), schema, options);
    case TableFormat::text:
      return make_text_writer(*std::move(file), schema, options);
    case TableFormat::parquet:
    case TableFormat::arrow:
      return make_arrow_writer(*std::move(file), schema, provenance, **component, options);
  }
  return make_json_writer(*std::move(file), schema, provenance, options);
}

}  // namespace

Result<> prepare_table_writer(const WriteOptions& options) {
  const auto component = component_for(options);
  return component ? Result<>() : component.error();
}

std::string lower_extension(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const std::size_t dot = name.rfind('.');
  std::string extension(dot == std::string_view::npos ? "" : name.substr(dot + 1));
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return extension;
}

std::optional<TableFormat> table_format_of(std::string_view path) {
  return look_up(kExtensions, lower_extension(path));
}

std::optional<TableFormat> table_format_named(std::string_view name) { return look_up(kNames, name); }

Provenance merged(const Provenance& first, const Provenance& second) {
  Provenance all = first;
  for (const auto& entry : second) {
    const auto found = std::ranges::find(all, entry.first, &Provenance::value_type::first);
    if (found == all.end()) {
      all.push_back(entry);
    } else {
      found->second = entry.second;
    }
  }
  return all;
}

Result<std::unique_ptr<TableWriter>> open_table_writer(const std::string& path,
                                                       std::shared_ptr<const Schema> schema,
                                                       const Provenance& provenance,
                                                       const WriteOptions& options) {
  if (schema == nullptr) return Error{ErrorCode::usage, "a table needs a schema", path};
  auto writer = open_unchecked(path, schema, provenance, options);
  if (!writer) return writer;
  return checked_writer(std::move(*writer), std::move(schema), path);
}

}  // namespace flowloom
