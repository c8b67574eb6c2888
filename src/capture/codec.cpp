#include "capture/codec.hpp"

#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace flowloom {
namespace {

// What a compressed file may make a decompressor use. `xz -9` needs 65 MiB, `zstd --ultra -22` 128 MiB.
constexpr std::uint64_t kXzMemory = 256 * 1024 * 1024;
constexpr int kZstdWindowLog = 27;

class GzipCodec final : public Codec {
 public:
  static constexpr int kGzipOnly = 16 + MAX_WBITS;

  bool start() { return ready_ = ::inflateInit2(&stream_, kGzipOnly) == Z_OK; }
  ~GzipCodec() override {
    if (ready_) ::inflateEnd(&stream_);
  }
  void restart() override { ::inflateReset(&stream_); }

  Step step(const std::uint8_t*& in, const std::uint8_t* in_end, std::uint8_t*& out, std::uint8_t* out_end,
            bool /*last*/) override {
    constexpr std::ptrdiff_t kMost = std::numeric_limits<uInt>::max();
    stream_.next_in = const_cast<Bytef*>(in);  // zlib's interface; it does not write there
    stream_.avail_in = static_cast<uInt>(std::min(in_end - in, kMost));
    stream_.next_out = out;
    stream_.avail_out = static_cast<uInt>(std::min(out_end - out, kMost));
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    in = stream_.next_in;
    out = stream_.next_out;
    if (result == Z_STREAM_END) return Step::member_end;
    if (result == Z_OK || result == Z_BUF_ERROR) return Step::more;
    reason_ = stream_.msg != nullptr ? stream_.msg : ::zError(result);
    return Step::failed;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

class XzCodec final : public Codec {
 public:
  bool start() {
    restart();
    return result_ == LZMA_OK;
  }
  ~XzCodec() override { ::lzma_end(&stream_); }
  void restart() override { result_ = ::lzma_stream_decoder(&stream_, kXzMemory, 0); }

  Step step(const std::uint8_t*& in, const std::uint8_t* in_end, std::uint8_t*& out, std::uint8_t* out_end,
            bool last) override {
    if (result_ == LZMA_OK) {
      stream_.next_in = in;
      stream_.avail_in = static_cast<std::size_t>(in_end - in);
      stream_.next_out = out;
      stream_.avail_out = static_cast<std::size_t>(out_end - out);
      result_ = ::lzma_code(&stream_, last ? LZMA_FINISH : LZMA_RUN);
      in = stream_.next_in;
      out = stream_.next_out;
    }
    if (result_ == LZMA_BUF_ERROR) result_ = LZMA_OK;  // no progress: the caller sees that
    if (result_ == LZMA_OK) return Step::more;
    if (result_ == LZMA_STREAM_END) return Step::member_end;
    reason_ = describe(result_);
    return Step::failed;
  }

 private:
  std::string describe(lzma_ret result) const {
    switch (result) {
      case LZMA_FORMAT_ERROR:
        return "no xz header";
      case LZMA_OPTIONS_ERROR:
        return "options that this version of liblzma does not know";
      case LZMA_DATA_ERROR:
        return "wrong data or checksum";
      case LZMA_MEMLIMIT_ERROR:
        return "needs " + std::to_string(::lzma_memusage(&stream_) >> 20) + " MiB of memory, more than the " +
               std::to_string(kXzMemory >> 20) + " allowed";
      case LZMA_MEM_ERROR:
        return "out of memory";
      default:
        return "liblzma error " + std::to_string(result);
    }
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  lzma_ret result_ = LZMA_PROG_ERROR;
};

// zstd and lz4 forget in a call that fails what they have written in it. Both say how much input brings them
// to the next block's end; given just that, a fault costs no block but its own.

class ZstdCodec final : public Codec {
 public:
  bool start() {
    context_ = ::ZSTD_createDCtx();
    if (context_ == nullptr) return false;
    return ZSTD_isError(::ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kZstdWindowLog)) == 0;
  }
  ~ZstdCodec() override { ::ZSTD_freeDCtx(context_); }
  void restart() override {
    ::ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
    wanted_ = kHeader;
  }

  Step step(const std::uint8_t*& in, const std::uint8_t* in_end, std::uint8_t*& out, std::uint8_t* out_end,
            bool /*last*/) override {
    ZSTD_inBuffer input{in, std::min(static_cast<std::size_t>(in_end - in), wanted_), 0};
    ZSTD_outBuffer output{out, static_cast<std::size_t>(out_end - out), 0};
    const std::size_t result = ::ZSTD_decompressStream(context_, &output, &input);
    in += input.pos;
    out += output.pos;
    if (ZSTD_isError(result) != 0) {
      reason_ = ::ZSTD_getErrorName(result);
      return Step::failed;
    }
    wanted_ = result;
    return result == 0 ? Step::member_end : Step::more;
  }

 private:
  static constexpr std::size_t kHeader = 5;  // as many bytes as tell the header's size
  ZSTD_DCtx* context_ = nullptr;
  std::size_t wanted_ = kHeader;
};

class Lz4Codec final : public Codec {
 public:
  bool start() { return LZ4F_isError(::LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) == 0; }
  ~Lz4Codec() override { ::LZ4F_freeDecompressionContext(context_); }
  void restart() override {
    ::LZ4F_resetDecompressionContext(context_);
    wanted_ = LZ4F_HEADER_SIZE_MIN;
  }

  Step step(const std::uint8_t*& in, const std::uint8_t* in_end, std::uint8_t*& out, std::uint8_t* out_end,
            bool /*last*/) override {
    std::size_t taken = std::min(static_cast<std::size_t>(in_end - in), wanted_);
    std::size_t given = static_cast<std::size_t>(out_end - out);
    const std::size_t result = ::LZ4F_decompress(context_, out, &given, in, &taken, nullptr);
    if (LZ4F_isError(result) != 0) {
      reason_ = ::LZ4F_getErrorName(result);
      return Step::failed;
    }
    in += taken;
    out += given;
    wanted_ = result;
    return result == 0 ? Step::member_end : Step::more;
  }

 private:
  LZ4F_dctx* context_ = nullptr;
  std::size_t wanted_ = LZ4F_HEADER_SIZE_MIN;
};

template <class T>
std::unique_ptr<Codec> started() {
  auto codec = std::make_unique<T>();
  return codec->start() ? std::move(codec) : nullptr;
}

}  // namespace

std::unique_ptr<Codec> make_codec(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return started<GzipCodec>();
    case Compression::zstd:
      return started<ZstdCodec>();
    case Compression::lz4:
      return started<Lz4Codec>();
    case Compression::xz:
      return started<XzCodec>();
    case Compression::none:
      break;
  }
  return nullptr;
}

}  // namespace flowloom
