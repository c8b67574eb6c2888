// A file that appears complete or not at all: written beside its place under another name, renamed at the
// end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "flowloom/error.hpp"

namespace flowloom {

/// Unbuffered: callers collect kWriteSize bytes or so. Errors are `io` and name the path as it was given.
class OutputFile {
 public:
  /// `path` "-": standard output. What is no regular file (a FIFO, a device, /dev/stdout) is written
  /// directly. A symbolic link is followed, so that its target is replaced, not the link.
  static Result<OutputFile> open(const std::string& path);

  OutputFile() = default;
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Without commit() before: removes what was written.
  ~OutputFile();

  Result<> write(const void* bytes, std::size_t count);

  /// Closes and renames. With `keep_existing`, where there is a file already the new one becomes
  /// PATH.partial. Returns the name that the file has now. After a write that failed: that error again.
  Result<std::string> commit(bool keep_existing);

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void discard() noexcept;
  void reserve(std::size_t count) noexcept;

  static constexpr std::uint64_t kNotReserved = ~std::uint64_t{0};

  int fd_ = -1;
  bool close_ = false;     // not for our own standard output
  std::string path_;       // as given
  std::string target_;     // after symbolic links
  std::string temporary_;  // empty: written directly
  std::uint64_t written_ = 0;
  std::uint64_t reserved_ = 0;  // bytes of the file; kNotReserved: it can't be done
  std::optional<Error> failed_;
};

/// Bytes that make one write() worth its while.
inline constexpr std::size_t kWriteSize = std::size_t{256} * 1024;

}  // namespace flowloom
