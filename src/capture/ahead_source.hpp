// Bytes that are made while others are used.
#pragma once

#include <memory>

#include "capture/byte_source.hpp"

namespace flowloom {

/// The same bytes as `source` gives, read in a thread of its own ahead of their use, by a few buffers. What
/// is short is read where it is used: a thread is started for what comes behind.
std::unique_ptr<ByteSource> read_ahead(std::unique_ptr<ByteSource> source);

}  // namespace flowloom
