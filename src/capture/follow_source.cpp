#include "capture/follow_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

namespace flowloom {
namespace {

Error cannot(const char* action) {
  return Error{ErrorCode::io,
               std::string("cannot ") + action + ": " + std::generic_category().message(errno)};
}

class FollowSource final : public ByteSource {
 public:
  FollowSource(int fd, std::string path, std::function<bool()> waiting)
      : fd_(fd), path_(std::move(path)), waiting_(std::move(waiting)) {}
  ~FollowSource() override { ::close(fd_); }

  Result<std::size_t> read(std::uint8_t* to, std::size_t size) override {
    for (;;) {
      // Asked before the last look for bytes: what was written before the file went away is read.
      const auto gone = what_happened();
      const ssize_t n = ::pread(fd_, to, size, static_cast<off_t>(position_));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return cannot("read");
      if (n > 0) {
        position_ += static_cast<std::uint64_t>(n);
        return static_cast<std::size_t>(n);
      }
      if (gone) return Error{ErrorCode::io, *gone};
      if (!waiting_()) return 0;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  [[nodiscard]] bool grows() const override { return true; }
  [[nodiscard]] std::uint64_t position() const override { return position_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }

 private:
  /// What keeps the file from growing.
  std::optional<std::string> what_happened() const {
    struct stat now{}, other{};
    if (::fstat(fd_, &now) != 0) return "cannot be followed: " + std::generic_category().message(errno);
    if (static_cast<std::uint64_t>(now.st_size) < position_) {
      return "the file was truncated to " + std::to_string(now.st_size) + " bytes while it was followed";
    }
    if (::stat(path_.c_str(), &other) != 0) return "the file was removed while it was followed";
    if (other.st_ino != now.st_ino || other.st_dev != now.st_dev) {
      return "the file was replaced by another while it was followed";
    }
    return std::nullopt;
  }

  int fd_;
  std::string path_;
  std::function<bool()> waiting_;
  std::uint64_t position_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> follow_file(const std::string& path, std::function<bool()> waiting) {
  std::error_code ignored;
  if (path == "-" || path.contains('\0') || !std::filesystem::is_regular_file(path, ignored))
    return open_file(path, std::move(waiting));
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return cannot("open");
  std::unique_ptr<ByteSource> source = std::make_unique<FollowSource>(fd, path, std::move(waiting));
  return source;
}

}  // namespace flowloom
