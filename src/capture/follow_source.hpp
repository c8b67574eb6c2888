// A file that is being written, as `tail -f` reads it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "capture/byte_source.hpp"

namespace flowloom {

/// Where the file ends, read() waits for more to be written. `waiting` is called when all that is there has
/// been read, and then about ten times a second; where it returns false, that is the end, and what is cut
/// there is not damaged but not yet whole. Errors of read(): io, also if the file was truncated, replaced by
/// another one or removed. What is no regular file is read as open_file() does. Errors: io.
Result<std::unique_ptr<ByteSource>> follow_file(const std::string& path, std::function<bool()> waiting);

}  // namespace flowloom
