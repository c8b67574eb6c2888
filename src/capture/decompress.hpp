// Compressed captures: gzip, zstd, lz4 frames and xz, each of any number of members one after another.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "capture/byte_source.hpp"
#include "flowloom/bytes.hpp"
#include "flowloom/capture.hpp"
#include "flowloom/error.hpp"

namespace flowloom {

/// Enough of a file's begin for compression_of().
inline constexpr std::size_t kCompressionMagicBytes = 24;

/// What a file that starts so is compressed with; no more than the magic bytes are looked at.
[[nodiscard]] Compression compression_of(Bytes head);
/// "gzip", …
[[nodiscard]] std::string_view name_of(Compression compression);

/// The content of compressed data: `head`, which was read already, and what is left in `compressed`. Where
/// the data are corrupt or cut, the content ends, and early_end() says why. Memory is bounded whatever the
/// data ask for. Errors: limit.
Result<std::unique_ptr<ByteSource>> decompress(Compression compression, std::vector<std::uint8_t> head,
                                               std::unique_ptr<ByteSource> compressed);

}  // namespace flowloom
