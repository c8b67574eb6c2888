// What a caller of the library may get wrong with a table writer becomes an error.
#pragma once

#include <memory>
#include <string>

#include "flowloom/write.hpp"

namespace flowloom {

/// Hands `writer` only rows of the schema, and nothing after its commit() or an error, which is given again.
/// Pre: neither is null.
std::unique_ptr<TableWriter> checked_writer(std::unique_ptr<TableWriter> writer,
                                            std::shared_ptr<const Schema> schema, std::string path);

}  // namespace flowloom
