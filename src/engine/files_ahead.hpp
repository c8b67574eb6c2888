// Of many small captures, several are read into memory one after the other before any is looked into: the
// system's code and data stay in the cache while it opens files, and ours while we read them.
#pragma once

#include <array>
#include <cstddef>

#include "capture/byte_source.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {

/// Whether the capture may be opened before its turn, and again then: a regular file.
[[nodiscard]] bool can_wait(const CaptureList& captures, std::size_t index);

/// Used by one thread.
class FilesAhead {
 public:
  /// The capture's file, read together with some of those up to `behind` (> index); its memory may be taken.
  /// Null: it is to be opened as any other.
  SmallFile* take(const CaptureList& captures, std::size_t index, std::size_t behind);

 private:
  static constexpr std::size_t kMost = 16, kMostPassed = 1024;

  std::array<SmallFile, kMost> files_;
  std::size_t first_ = 0, behind_ = 0;  ///< captures in files_
  std::size_t count_ = 1;               ///< to be read together; grows while files are small
  std::size_t not_before_ = 0;          ///< one was large, so those up to here are taken to be, too
  std::size_t passed_ = kMost;          ///< so many of them; grows while files are large
};

}  // namespace flowloom
