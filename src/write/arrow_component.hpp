// Parquet and Arrow files, written by components that link Arrow C++. They are loaded when the first such
// file is opened.
#pragma once

#include "write/arrow/component_abi.hpp"
#include "write/writers.hpp"

namespace flowloom {

/// Finds and loads what writes this format, Parquet or Arrow; once found it stays loaded. Looked for in
/// `folder` alone if that is not empty; else in $FLOWLOOM_COMPONENTS, beside this code, as an installation
/// and a build folder have it, and in the folder of the installation that this was built for. Errors:
/// unsupported.
Result<const FlowloomArrowComponent*> load_arrow_component(TableFormat format, const std::string& folder);

Result<std::unique_ptr<TableWriter>> make_arrow_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                                       const Provenance& provenance,
                                                       const FlowloomArrowComponent& component,
                                                       const WriteOptions& options);

}  // namespace flowloom
