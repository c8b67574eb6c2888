#include "capture/byte_source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace flowloom {
namespace {

Error system_error(const char* action, int number) {
  const bool limit = number == EMFILE || number == ENFILE;
  return Error{limit ? ErrorCode::limit : ErrorCode::io,
               std::string(action) + ": " + std::generic_category().message(number)};
}

/// A regular file, read at positions up to the size that it had when it was opened; nothing else is assumed
/// of it. One that shrinks just ends, one that grows is read as if it had not. Those of /proc say that they
/// have no bytes: they are read to their end.
class FileSource final : public ByteSource {
 public:
  FileSource(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  ~FileSource() override { ::close(fd_); }

  Result<std::size_t> read(std::uint8_t* to, std::size_t size) override {
    if (size_ != 0) size = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - position_));
    if (size == 0) return 0;
    for (;;) {
      const ssize_t n = ::pread(fd_, to, size, static_cast<off_t>(position_));
      if (n >= 0) {
        position_ += static_cast<std::uint64_t>(n);
        return static_cast<std::size_t>(n);
      }
      if (errno != EINTR) return system_error("cannot read", errno);
    }
  }

  Result<std::uint64_t> skip(std::uint64_t size) override {
    struct stat now{};
    if (::fstat(fd_, &now) != 0) return system_error("cannot read", errno);
    const auto end = std::min(size_, static_cast<std::uint64_t>(now.st_size));
    const std::uint64_t step = end > position_ ? std::min(size, end - position_) : 0;
    position_ += step;
    return step;
  }

  [[nodiscard]] std::optional<std::string> early_end() const override {
    if (position_ >= size_) return std::nullopt;
    return "the file shrank from " + std::to_string(size_) + " to " + std::to_string(position_) +
           " bytes while it was read";
  }
  [[nodiscard]] bool grows() const override {
    struct stat now{};
    return ::fstat(fd_, &now) == 0 && static_cast<std::uint64_t>(now.st_size) > size_;
  }
  [[nodiscard]] std::uint64_t position() const override { return position_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }

 private:
  int fd_;
  std::uint64_t size_;
  std::uint64_t position_ = 0;
};

/// A pipe, a device or standard input: bytes come in order only.
class StreamSource final : public ByteSource {
 public:
  StreamSource(int fd, bool owned, std::optional<std::uint64_t> size, std::function<bool()> waiting)
      : fd_(fd), owned_(owned), waiting_(std::move(waiting)), size_(size) {
    if (::fstat(fd_, &begun_) != 0) begun_ = {};
  }
  ~StreamSource() override {
    if (owned_) ::close(fd_);
  }

  Result<std::size_t> read(std::uint8_t* to, std::size_t size) override {
    for (;;) {
      // Not asleep in read(): a program may put the end of input in the place of a descriptor that another
      // thread waits for (as the command does at Ctrl-C), and that is noticed here.
      pollfd ready = {fd_, POLLIN, 0};
      constexpr int kLookAgainMs = 100;
      if (::poll(&ready, 1, kLookAgainMs) == 0) {
        given_up_ = given_up_ || (waiting_ && !waiting_());
        if (interrupted_ || given_up_) return 0;
        continue;
      }
      const ssize_t n = ::read(fd_, to, size);
      if (n >= 0) {
        if (n == 0) given_up_ = given_up_ || is_replaced();
        position_ += static_cast<std::uint64_t>(n);
        return static_cast<std::size_t>(n);
      }
      if (errno != EINTR) return system_error("cannot read", errno);
    }
  }
  void interrupt() override { interrupted_ = true; }
  [[nodiscard]] bool grows() const override { return given_up_ || interrupted_; }
  [[nodiscard]] std::uint64_t position() const override { return position_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }

 private:
  /// Something else is in the place of what was opened.
  [[nodiscard]] bool is_replaced() const {
    struct stat now{};
    return ::fstat(fd_, &now) != 0 || now.st_dev != begun_.st_dev || now.st_ino != begun_.st_ino;
  }

  int fd_;
  bool owned_;
  struct stat begun_{};
  std::function<bool()> waiting_;
  bool given_up_ = false;  ///< what was read is not all that there is: waiting_ said so, or it was replaced
  std::atomic<bool> interrupted_ = false;
  std::optional<std::uint64_t> size_;
  std::uint64_t position_ = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(bytes) {}

  Result<std::size_t> read(std::uint8_t* to, std::size_t size) override {
    const std::size_t n = std::min(size, bytes_.size() - position_);
    if (n > 0) std::memcpy(to, bytes_.data() + position_, n);
    position_ += n;
    return n;
  }
  Result<std::uint64_t> skip(std::uint64_t size) override {
    const std::uint64_t n = std::min<std::uint64_t>(size, bytes_.size() - position_);
    position_ += static_cast<std::size_t>(n);
    return n;
  }
  [[nodiscard]] std::uint64_t position() const override { return position_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return bytes_.size(); }

 private:
  Bytes bytes_;
  std::size_t position_ = 0;
};

/// Of a file that was read whole before: nothing is left.
class FileEnd final : public ByteSource {
 public:
  FileEnd(const std::string& path, std::uint64_t size) : path_(path), size_(size) {}

  Result<std::size_t> read(std::uint8_t*, std::size_t) override { return 0; }
  [[nodiscard]] bool grows() const override {
    struct stat now{};
    return ::stat(path_.c_str(), &now) == 0 && static_cast<std::uint64_t>(now.st_size) > size_;
  }
  [[nodiscard]] std::uint64_t position() const override { return size_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }

 private:
  const std::string& path_;
  std::uint64_t size_;
};

}  // namespace

Result<std::uint64_t> ByteSource::skip(std::uint64_t size) {
  std::array<std::uint8_t, 16 * 1024> scratch;
  std::uint64_t skipped = 0;
  while (skipped < size) {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(scratch.size(), size - skipped));
    const Result<std::size_t> n = read(scratch.data(), step);
    if (!n) return n.error();
    if (*n == 0) break;
    skipped += *n;
  }
  return skipped;
}

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path, std::function<bool()> waiting) {
  const bool standard_input = path == "-";
  if (path.contains('\0')) return system_error("cannot open", EINVAL);  // the system would see its begin only
  const int fd = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return system_error("cannot open", errno);
  struct stat status{};
  int failure = ::fstat(fd, &status) == 0 ? 0 : errno;
  if (failure == 0 && S_ISDIR(status.st_mode)) failure = EISDIR;
  if (failure != 0) {
    if (!standard_input) ::close(fd);
    return system_error("cannot open", failure);
  }
  const bool regular = S_ISREG(status.st_mode);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  std::unique_ptr<ByteSource> source;
  if (regular && !standard_input) {
    source = std::make_unique<FileSource>(fd, size);
  } else {
    // Whoever gave us standard input may have read some of it, so it is read on from where it stands.
    const bool whole = regular && ::lseek(fd, 0, SEEK_CUR) == 0;
#ifdef F_SETPIPE_SZ
    // Room for some windows, so that who writes and who reads do not wait for each other after each 64 KiB.
    // Where the system does not let this process have it, the pipe stays as it is.
    constexpr int kPipe = 1 << 20;
    if (S_ISFIFO(status.st_mode) && ::fcntl(fd, F_GETPIPE_SZ) < kPipe) ::fcntl(fd, F_SETPIPE_SZ, kPipe);
#endif
    source = std::make_unique<StreamSource>(fd, !standard_input, whole ? std::optional(size) : std::nullopt,
                                            std::move(waiting));
  }
  return source;
}

std::unique_ptr<ByteSource> open_memory(Bytes bytes) { return std::make_unique<MemorySource>(bytes); }

bool read_small_file(const std::string& path, SmallFile& file) {
  constexpr std::size_t kRoom = kSmallFile + kRoomBehind;
  if (file.bytes.size() < kRoom) file.bytes.resize(kRoom);
  // It may have become a pipe meanwhile: that is not to be waited for.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return false;
  file.size = 0;
  ssize_t n = 0;
  do {  // until there is no more: what is short may be so because the rest cannot be read
    n = ::pread(fd, file.bytes.data() + file.size, kSmallFile - file.size, static_cast<off_t>(file.size));
    if (n > 0) file.size += static_cast<std::size_t>(n);
  } while (n > 0 && file.size != kSmallFile);
  ::close(fd);
  return n == 0 && file.size != 0;
}

std::unique_ptr<ByteSource> end_of_file(const std::string& path, std::uint64_t size) {
  return std::make_unique<FileEnd>(path, size);
}

}  // namespace flowloom
