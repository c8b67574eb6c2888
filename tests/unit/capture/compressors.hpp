// Compresses, for the tests of decompressing.
#pragma once

#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>

#include "capture_bytes.hpp"

namespace flowloom {

inline ByteVector gzip_compressed(const ByteVector& bytes) {
  z_stream stream{};
  ::deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  ByteVector out(bytes.size() + bytes.size() / 1000 + 100);
  stream.next_in = const_cast<std::uint8_t*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

inline ByteVector zstd_compressed(const ByteVector& bytes) {
  ByteVector out(::ZSTD_compressBound(bytes.size()));
  ZSTD_CCtx* context = ::ZSTD_createCCtx();
  ::ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  out.resize(::ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size()));
  ::ZSTD_freeCCtx(context);
  return out;
}

inline ByteVector lz4_compressed(const ByteVector& bytes) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  ByteVector out(::LZ4F_compressFrameBound(bytes.size(), &preferences));
  out.resize(::LZ4F_compressFrame(out.data(), out.size(), bytes.data(), bytes.size(), &preferences));
  return out;
}

inline ByteVector xz_compressed(const ByteVector& bytes) {
  ByteVector out(::lzma_stream_buffer_bound(bytes.size()));
  std::size_t size = 0;
  EXPECT_EQ(::lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nullptr, bytes.data(), bytes.size(), out.data(),
                                      &size, out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

struct Compressor {
  const char* name;
  Compression compression;
  ByteVector (*compress)(const ByteVector&);
};

inline constexpr Compressor kCompressors[] = {
    {"gzip", Compression::gzip, gzip_compressed},
    {"zstd", Compression::zstd, zstd_compressed},
    {"lz4", Compression::lz4, lz4_compressed},
    {"xz", Compression::xz, xz_compressed},
};

}  // namespace flowloom
