#include "write/output_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "write/temporary_name.hpp"

namespace flowloom {
namespace {

Error failure(const std::string& path, const char* doing, int error) {
  return {ErrorCode::io, std::string("cannot ") + doing + ": " + std::generic_category().message(error),
          path == "-" ? "standard output" : path};
}

/// The open descriptor that a name such as /dev/stdout or /dev/fd/3 stands for. Opening such a name would
/// start at the file's beginning again when it is a regular file.
std::optional<int> descriptor_named(std::string_view path) {
  if (path == "-" || path == "/dev/stdout") return 1;
  if (path == "/dev/stderr") return 2;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    const std::string_view digits = path.substr(folder.size());
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{} && end == digits.data() + digits.size() && number >= 0) return number;
  }
  return std::nullopt;
}

}  // namespace

Result<OutputFile> OutputFile::open(const std::string& path) {
  OutputFile file;
  file.path_ = path;
  if (path.empty()) return Error{ErrorCode::usage, "the name of the output file is empty"};
  if (path.contains('\0')) return failure(path, "create", EINVAL);  // the system would see its begin only
  if (const auto descriptor = descriptor_named(path)) {
    if (fcntl(*descriptor, F_GETFD) < 0) return failure(path, "write", errno);
    file.fd_ = *descriptor;
    return file;
  }

  struct stat status = {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (!exists && errno != ENOENT) return failure(path, "create", errno);
  if (exists && S_ISDIR(status.st_mode)) return failure(path, "create", EISDIR);
  if (exists && !S_ISREG(status.st_mode)) {
    file.fd_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file.fd_ < 0) return failure(path, "open", errno);
    file.close_ = true;
    return file;
  }
  // Renaming asks the folder only; a file protected against writing stays protected.
  if (exists && access(path.c_str(), W_OK) != 0) return failure(path, "overwrite", errno);

  file.target_ = follow_links(path).string();
  if (file.target_.back() == '/') return failure(path, "create", EISDIR);
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::string name = temporary_name(file.target_);
    file.fd_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file.fd_ >= 0) {
      file.temporary_ = std::move(name);
      file.close_ = true;
      // A file that is replaced keeps its permissions: what was private stays so.
      if (exists && fchmod(file.fd_, status.st_mode & 0777) != 0) return failure(path, "create", errno);
      return file;
    }
    if (errno != EEXIST) break;
  }
  return failure(path, "create", errno);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      close_(std::exchange(other.close_, false)),
      path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      written_(other.written_),
      reserved_(other.reserved_),
      failed_(std::move(other.failed_)) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  if (this == &other) return *this;
  discard();
  fd_ = std::exchange(other.fd_, -1);
  close_ = std::exchange(other.close_, false);
  path_ = std::move(other.path_);
  target_ = std::move(other.target_);
  temporary_ = std::exchange(other.temporary_, {});
  written_ = other.written_;
  reserved_ = other.reserved_;
  failed_ = std::move(other.failed_);
  return *this;
}

OutputFile::~OutputFile() { discard(); }

void OutputFile::discard() noexcept {
  if (fd_ >= 0 && close_) ::close(fd_);
  fd_ = -1;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

/// Blocks for the next bytes of a file that has proved large, since the file system takes a third less time
/// for many at once than for each page. It is only advice: where there is no such call, or no space, writing
/// tells.
void OutputFile::reserve(std::size_t count) noexcept {
#ifdef FALLOC_FL_KEEP_SIZE
  constexpr std::uint64_t kLarge = std::uint64_t{1} << 20, kStep = std::uint64_t{8} << 20;
  if (temporary_.empty() || written_ + count <= std::max(kLarge, reserved_)) return;
  const std::uint64_t from = std::max(written_, reserved_);
  const std::uint64_t wanted = written_ + count - from + kStep;
  const bool done =
      ::fallocate(fd_, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from), static_cast<off_t>(wanted)) == 0;
  reserved_ = done ? from + wanted : kNotReserved;
#else
  static_cast<void>(count);
#endif
}

Result<> OutputFile::write(const void* bytes, std::size_t count) {
  reserve(count);
  const char* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t written = ::write(fd_, next, count);
    if (written < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {  // a terminal or pipe that another program made non-blocking
        pollfd ready = {.fd = fd_, .events = POLLOUT, .revents = 0};
        if (poll(&ready, 1, -1) >= 0 || errno == EINTR) continue;
      }
      failed_ = failure(path_, "write", errno);
      return *failed_;
    }
    next += written;
    count -= static_cast<std::size_t>(written);
    written_ += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result<std::string> OutputFile::commit(bool keep_existing) {
  if (failed_) return *failed_;
  // Gives back what was reserved in vain, also by a call that failed in the middle. Else the file would only
  // take more space than it needs.
  if (reserved_ != 0) {
    [[maybe_unused]] const int ignored = ::ftruncate(fd_, static_cast<off_t>(written_));
  }
  if (close_ && ::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) return failure(path_, "write", errno);
  fd_ = -1;
  if (temporary_.empty()) return path_;
  const bool partial = keep_existing && access(target_.c_str(), F_OK) == 0;
  const std::string suffix = partial ? ".partial" : "";
  if (::rename(temporary_.c_str(), (target_ + suffix).c_str()) != 0) {
    return failure(path_ + suffix, "rename to it", errno);
  }
  temporary_.clear();
  return path_ + suffix;
}

}  // namespace flowloom
