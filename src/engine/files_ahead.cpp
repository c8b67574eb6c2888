#include "engine/files_ahead.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace flowloom {

bool can_wait(const CaptureList& captures, std::size_t index) {
  std::error_code ignored;
  const std::string& path = captures.paths[index];
  return captures.is_unchecked(index) ||  // from a folder, of which only such are taken
         (path != "-" && std::filesystem::is_regular_file(path, ignored));
}

SmallFile* FilesAhead::take(const CaptureList& captures, std::size_t index, std::size_t behind) {
  if (first_ <= index && index < behind_) return &files_[index - first_];
  if (index < not_before_) return nullptr;
  first_ = behind_ = index;
  for (const std::size_t end = std::min(index + count_, behind); behind_ < end; ++behind_) {
    SmallFile& file = files_[behind_ - first_];
    // Of many captures, the next one's path has long left the cache.
    if (behind_ + 1 < end) __builtin_prefetch(captures.paths[behind_ + 1].data());
    if (can_wait(captures, behind_) && read_small_file(captures.paths[behind_], file)) continue;
    not_before_ = behind_ + passed_;
    passed_ = std::min(2 * passed_, kMostPassed);
    count_ = 1;
    return behind_ != first_ ? files_.data() : nullptr;
  }
  count_ = std::min(2 * count_, kMost);
  passed_ = kMost;
  return files_.data();
}

}  // namespace flowloom
