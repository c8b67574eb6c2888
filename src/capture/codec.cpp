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

/// zstd and lz4 forget in a call that fails what they have written in it. So a call gets either no input, to
/// hand out what is decoded already, or just what brings the decoder to the next block's end; then a fault
/// costs no block but its own. They say how much that is, but count the header of the block behind it too.
class BlockCodec : public Codec {
 public:
  void restart() final {
    reset();
    wanted_ = first_wanted_;
    pending_ = false;
  }

  Step step(const std::uint8_t*& in, const std::uint8_t* in_end, std::uint8_t*& out, std::uint8_t* out_end,
            bool /*last*/) final {
    const std::uint8_t* const out_before = out;
    if (pending_) {
      const std::uint8_t* none = in;
      const Step flushed = call(none, in, out, out_end);
      pending_ = out == out_end;
      if (flushed != Step::more || out != out_before) return flushed;
    }
    const std::uint8_t* const given_end = in + std::min(static_cast<std::size_t>(in_end - in), wanted_);
    const Step result = call(in, given_end, out, out_end);
    pending_ = out == out_end;
    return result;
  }

 protected:
  BlockCodec(std::size_t first_wanted, std::size_t block_header)
      : first_wanted_(first_wanted), block_header_(block_header), wanted_(first_wanted) {}
  /// One call of the library.
  virtual Step call(const std::uint8_t*& in, const std::uint8_t* in_end, std::uint8_t*& out,
                    std::uint8_t* out_end) = 0;
  virtual void reset() = 0;

  Step wants(std::size_t bytes) {
    wanted_ = bytes > block_header_ ? bytes - block_header_ : bytes;
    return bytes == 0 ? Step::member_end : Step::more;
  }

 private:
  std::size_t first_wanted_;
  std::size_t block_header_;
  std::size_t wanted_;
  bool pending_ = false;  // there may be output that has had no room yet
};

class ZstdCodec final : public BlockCodec {
 public:
  ZstdCodec() : BlockCodec(kHeader, kBlockHeader) {}
  bool start() {
    context_ = ::ZSTD_createDCtx();
    if (context_ == nullptr) return false;
    return ZSTD_isError(::ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kZstdWindowLog)) == 0;
  }
  ~ZstdCodec() override { ::ZSTD_freeDCtx(context_); }

 private:
  static constexpr std::size_t kHeader = 5;  // as many bytes as tell the header's size
  static constexpr std::size_t kBlockHeader = 3;

  void reset() override { ::ZSTD_DCtx_reset(context_, ZSTD_reset_session_only); }
  Step call(const std::uint8_t*& in, const std::uint8_t* in_end, std::uint8_t*& out,
            std::uint8_t* out_end) override {
    ZSTD_inBuffer input{in, static_cast<std::size_t>(in_end - in), 0};
    ZSTD_outBuffer output{out, static_cast<std::size_t>(out_end - out), 0};
    const std::size_t result = ::ZSTD_decompressStream(context_, &output, &input);
    in += input.pos;
    out += output.pos;
    if (ZSTD_isError(result) == 0) return wants(result);
    reason_ = ::ZSTD_getErrorName(result);
    return Step::failed;
  }

  ZSTD_DCtx* context_ = nullptr;
};

class Lz4Codec final : public BlockCodec {
 public:
  Lz4Codec() : BlockCodec(LZ4F_HEADER_SIZE_MIN, LZ4F_BLOCK_HEADER_SIZE) {}
  bool start() { return LZ4F_isError(::LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) == 0; }
  ~Lz4Codec() override { ::LZ4F_freeDecompressionContext(context_); }

 private:
  void reset() override { ::LZ4F_resetDecompressionContext(context_); }
  Step call(const std::uint8_t*& in, const std::uint8_t* in_end, std::uint8_t*& out,
            std::uint8_t* out_end) override {
    std::size_t taken = static_cast<std::size_t>(in_end - in);
    std::size_t given = static_cast<std::size_t>(out_end - out);
    const std::size_t result = ::LZ4F_decompress(context_, out, &given, in, &taken, nullptr);
    in += taken;
    out += given;
    if (LZ4F_isError(result) == 0) return wants(result);
    reason_ = ::LZ4F_getErrorName(result);
    return Step::failed;
  }

  LZ4F_dctx* context_ = nullptr;
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
