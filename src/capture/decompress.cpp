#include "capture/decompress.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/endian.hpp"
#include "capture/codec.hpp"

namespace flowloom {
namespace {

using namespace std::literals;

constexpr std::size_t kInputSize = 64 * 1024;

class DecompressingSource final : public ByteSource {
 public:
  DecompressingSource(Compression compression, std::unique_ptr<Codec> codec, std::vector<std::uint8_t> head,
                      std::unique_ptr<ByteSource> compressed)
      : compression_(compression),
        codec_(std::move(codec)),
        compressed_(std::move(compressed)),
        input_(std::move(head)),
        in_end_(input_.size()) {
    input_.resize(std::max(kInputSize, in_end_));
  }

  Result<std::size_t> read(std::uint8_t* to, std::size_t size) override {
    std::uint8_t* out = to;
    while (out != to + size && !finished_) {
      if (out != to && in_ == in_end_ && !input_ended_) break;  // more may have to be waited for
      if (Result<> r = refill(); !r) return r.error();
      if (!between_members_) {
        advance(out, to + size);
      } else if (in_ == in_end_) {
        finished_ = true;
      } else if (input_[in_] == 0) {
        ++in_;  // padding after a member, as tapes and block devices leave it
      } else {
        codec_->restart();
        between_members_ = false;
        member_is_new_ = true;
      }
    }
    return static_cast<std::size_t>(out - to);
  }

  void interrupt() override { compressed_->interrupt(); }
  [[nodiscard]] std::optional<std::string> early_end() const override { return why_; }
  [[nodiscard]] bool grows() const override { return input_ended_ && compressed_->grows(); }
  [[nodiscard]] std::uint64_t position() const override { return compressed_->position(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return compressed_->size(); }

 private:
  /// Afterwards there is input, or there is none any more.
  Result<> refill() {
    if (in_ != in_end_ || input_ended_) return {};
    const Result<std::size_t> n = compressed_->read(input_.data(), input_.size());
    if (!n) return n.error();
    in_ = 0;
    in_end_ = *n;
    input_ended_ = *n == 0;
    return {};
  }

  void advance(std::uint8_t*& out, std::uint8_t* out_end) {
    const std::uint8_t* const begin = input_.data() + in_;
    const std::uint8_t* in = begin;
    const std::uint8_t* const out_before = out;
    const Codec::Step step = codec_->step(in, input_.data() + in_end_, out, out_end, input_ended_);
    const bool progress = in != begin || out != out_before;
    in_ = static_cast<std::size_t>(in - input_.data());
    if (out != out_before) member_is_new_ = false;
    const std::string name(name_of(compression_));
    switch (step) {
      case Codec::Step::member_end:
        between_members_ = true;
        members_++;
        break;
      case Codec::Step::failed:
        // Nothing of this member was ever good: then it is none, but something else behind the last.
        stop(member_is_new_ && members_ > 0 ? "something else follows the " + name + " data"
                                            : name + " data are corrupt: " + codec_->reason());
        break;
      case Codec::Step::more:
        if (progress) break;
        stop(input_ended_ ? name + " data end early" : name + " data are corrupt: no progress");
        break;
    }
  }

  void stop(std::string why) {
    finished_ = true;
    const std::optional<std::string> below = compressed_->early_end();
    why_ = below && input_ended_ ? *below + "; " + why : std::move(why);
  }

  Compression compression_;
  std::unique_ptr<Codec> codec_;
  std::unique_ptr<ByteSource> compressed_;
  std::vector<std::uint8_t> input_;  // [in_, in_end_) is not yet decompressed
  std::size_t in_ = 0;
  std::size_t in_end_;
  bool input_ended_ = false;
  bool between_members_ = false;
  bool member_is_new_ = true;  // nothing has come out of it yet
  std::uint64_t members_ = 0;  // complete ones
  bool finished_ = false;
  std::optional<std::string> why_;
};

}  // namespace

Compression compression_of(Bytes head) {
  head = head.first(std::min(head.size(), kCompressionMagicBytes));  // however much more was read already
  const std::string_view s(reinterpret_cast<const char*>(head.data()), head.size());
  if (s.starts_with("\x1f\x8b\x08"sv)) return Compression::gzip;
  if (s.starts_with("\x28\xb5\x2f\xfd"sv)) return Compression::zstd;
  if (s.starts_with("\x04\x22\x4d\x18"sv)) return Compression::lz4;
  if (s.starts_with("\xfd"
                    "7zXZ\0"sv)) {
    return Compression::xz;
  }
  // A skippable frame of zstd or lz4 (the same magics), as parallel compressors write in front: the next
  // frame tells which, if it begins soon enough.
  if (s.size() >= 8 && s.substr(1, 3) == "\x2a\x4d\x18"sv && (head[0] & 0xf0) == 0x50) {
    const std::size_t next =
        std::size_t{8} + load32(head.data() + 4, std::endian::native != std::endian::little);
    return next < s.size() ? compression_of(head.subspan(next)) : Compression::zstd;
  }
  return Compression::none;
}

std::string_view name_of(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::lz4:
      return "lz4";
    case Compression::xz:
      return "xz";
    case Compression::none:
      break;
  }
  return "none";
}

Result<std::unique_ptr<ByteSource>> decompress(Compression compression, std::vector<std::uint8_t> head,
                                               std::unique_ptr<ByteSource> compressed) {
  std::unique_ptr<Codec> codec = make_codec(compression);
  if (codec == nullptr) {
    return Error{ErrorCode::limit, "no memory to decompress " + std::string(name_of(compression)) + " data"};
  }
  std::unique_ptr<ByteSource> source = std::make_unique<DecompressingSource>(
      compression, std::move(codec), std::move(head), std::move(compressed));
  return source;
}

}  // namespace flowloom
