// Where the bytes of a capture come from: a file, a pipe, memory, or one of these decompressed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flowloom/bytes.hpp"
#include "flowloom/capture.hpp"
#include "flowloom/error.hpp"

namespace flowloom {

/// Bytes in order, read once.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Reads at least one and at most `size` (> 0) bytes to `to`; 0 at the end. A pipe gives what it has.
  /// Errors: io.
  virtual Result<std::size_t> read(std::uint8_t* to, std::size_t size) = 0;
  /// Passes over `size` bytes, fewer if the end comes first; says how many. Errors: io.
  virtual Result<std::uint64_t> skip(std::uint64_t size);

  /// Makes a read() that waits for bytes in another thread meet the end, soon.
  virtual void interrupt() {}

  /// Asked when read() or skip() has met the end: why it came before the content's own end.
  [[nodiscard]] virtual std::optional<std::string> early_end() const { return std::nullopt; }
  /// Asked at the end: whether bytes have been written behind it since, so that what is cut there is not
  /// damaged but not yet whole.
  [[nodiscard]] virtual bool grows() const { return false; }
  /// Bytes of the file behind all that have been read so far, and its size, none for a pipe.
  [[nodiscard]] virtual std::uint64_t position() const = 0;
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;

 protected:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
};

/// A file, a pipe or device; "-" is standard input. Of what is no regular file, read() calls `waiting` about
/// ten times a second while it waits for bytes; false: that is the end. Errors: io.
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path, std::function<bool()> waiting = {});

/// Bytes that outlive the source.
std::unique_ptr<ByteSource> open_memory(Bytes bytes);

/// Files up to this size are read at once.
constexpr std::size_t kSmallFile = 64 * 1024;
/// What a reader wants behind bytes that it parses where they are.
constexpr std::size_t kRoomBehind = kPadding + 1;

/// A small file that was read whole.
struct SmallFile {
  std::vector<std::uint8_t> bytes;  ///< the first `size` are the file's; the others are room behind them
  std::size_t size = 0;
};

/// Reads a file, whose memory `file` lends. False: it is not small, or empty, or no file that could be read.
bool read_small_file(const std::string& path, SmallFile& file);
/// The end of a file that was read whole. Its path must outlive it.
std::unique_ptr<ByteSource> end_of_file(const std::string& path, std::uint64_t size);

}  // namespace flowloom
