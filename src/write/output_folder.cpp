#include "write/output_folder.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "write/temporary_name.hpp"

namespace flowloom {
namespace {

namespace fs = std::filesystem;

Error failure(const std::string& path, const char* doing, int error) {
  return {ErrorCode::io, std::string("cannot ") + doing + ": " + std::generic_category().message(error),
          path};
}

/// The folder that is there already, whose place is to be taken: it must be empty.
Result<> check_existing(const std::string& path, const fs::path& target, struct stat& status) {
  if (!S_ISDIR(status.st_mode)) return failure(path, "create", ENOTDIR);
  std::error_code failed;
  const bool empty = fs::is_empty(target, failed);
  if (failed) return failure(path, "read", failed.value());
  if (!empty) return Error{ErrorCode::io, "the folder is not empty", path};
  // Nothing can be renamed to where a file system is mounted: better told now than after the work.
  struct stat parent = {}, current = {};
  if (stat((target / "..").c_str(), &parent) == 0 && parent.st_dev != status.st_dev) {
    return Error{ErrorCode::io, "a file system is mounted there: name a folder in it", path};
  }
  // Who called would be left in a folder that is no more, and see none of the files.
  if (stat(".", &current) == 0 && current.st_dev == status.st_dev && current.st_ino == status.st_ino) {
    return Error{ErrorCode::io, "the current folder cannot be replaced: name a folder in it", path};
  }
  return {};
}

}  // namespace

Result<OutputFolder> OutputFolder::open(const std::string& path) {
  if (path.empty()) return Error{ErrorCode::usage, "the name of the output folder is empty"};
  if (path.contains('\0')) return failure(path, "create", EINVAL);  // the system would see its begin only
  OutputFolder folder;
  fs::path target = path;
  if (!target.has_filename()) target = target.parent_path();  // "folder/"
  folder.path_ = target.string();
  struct stat status = {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (!exists && errno != ENOENT) return failure(path, "create", errno);
  target = follow_links(target);  // of a link, the folder is replaced
  if (exists) {
    std::error_code failed;
    target = fs::canonical(target, failed);
    if (failed) return failure(path, "create", failed.value());
    if (auto fit = check_existing(path, target, status); !fit) return fit.error();
  }
  folder.target_ = target.string();
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string name = temporary_name(target);
    if (mkdir(name.c_str(), 0777) == 0) {
      folder.temporary_ = name;
      break;
    }
    if (errno != EEXIST) break;
  }
  if (folder.temporary_.empty()) return failure(path, "create", errno);
  folder.fd_ = ::open(folder.temporary_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // A folder that is replaced keeps its owner, where that can be, and its permissions: what was private stays
  // so.
  if (folder.fd_ >= 0 && exists && fchown(folder.fd_, status.st_uid, status.st_gid) != 0) errno = 0;
  if (folder.fd_ < 0 || (exists && fchmod(folder.fd_, status.st_mode & 07777) != 0)) {
    return failure(path, "create", errno);
  }
  return folder;
}

OutputFolder::OutputFolder(OutputFolder&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})) {}

OutputFolder::~OutputFolder() {
  if (fd_ >= 0) ::close(fd_);
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

Result<std::optional<OutputFolder::File>> OutputFolder::create(const std::string& name) const {
  std::string path = path_ + "/" + name;
  const int fd = openat(fd_, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd >= 0) return std::optional<File>(File(fd, std::move(path)));
  if (errno == EEXIST) return std::optional<File>();
  return failure(path, "create", errno);
}

Result<int> OutputFolder::scratch_file() const {
  std::string name = temporary_ + "/.XXXXXX";
  const int fd = mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return failure(path_, "create a file in it", errno);
  ::unlink(name.c_str());
  return fd;
}

Result<std::string> OutputFolder::commit(bool keep_existing) {
  std::string suffix;
  struct stat status = {};
  for (int number = 1; keep_existing && lstat((target_ + suffix).c_str(), &status) == 0; ++number) {
    suffix = number == 1 ? ".partial" : "." + std::to_string(number) + ".partial";
  }
  std::error_code ignored;
  const bool linked = fs::is_symlink(path_, ignored);
  std::string shown = (linked && !suffix.empty() ? target_ : path_) + suffix;
  if (::rename(temporary_.c_str(), (target_ + suffix).c_str()) != 0) {
    return failure(shown, "rename to it", errno);
  }
  temporary_.clear();
  return shown;
}

OutputFolder::File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

Result<> OutputFolder::File::write(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure(path_, "write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> OutputFolder::File::write(Bytes head, std::span<const Bytes> pieces) {
  constexpr std::size_t kCacheLine = 64, kMostFetched = 2048;
  std::array<iovec, 64> parts;
  while (!head.empty() || !pieces.empty()) {
    std::size_t count = 0;
    const auto add = [&](Bytes bytes) {
      if (!bytes.empty()) parts[count++] = {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    };
    add(head);
    for (std::size_t i = 0; i < pieces.size() && count < parts.size(); ++i) add(pieces[i]);
    // Pieces lie anywhere in memory, in no cache: the kernel, which copies one after the other, would wait
    // for each. Of a long one the processor notices that it is read in order.
    for (std::size_t i = 0; i < count; ++i) {
      const auto* const bytes = static_cast<const std::uint8_t*>(parts[i].iov_base);
      for (std::size_t at = 0; at < std::min(parts[i].iov_len, kMostFetched); at += kCacheLine)
        __builtin_prefetch(bytes + at, 0, 2);
    }
    const ssize_t written = count == 0 ? 0 : ::writev(fd_, parts.data(), static_cast<int>(count));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure(path_, "write", errno);
    // What was not written of a piece is the next head.
    auto left = static_cast<std::size_t>(written);
    while (left >= head.size()) {
      left -= head.size();
      head = {};
      if (pieces.empty()) break;
      head = pieces.front();
      pieces = pieces.subspan(1);
    }
    head = head.subspan(left);
  }
  return {};
}

Result<> OutputFolder::File::write_at(std::uint64_t offset, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure(path_, "write", errno);
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> OutputFolder::File::read_at(std::uint64_t offset, std::span<std::uint8_t> to) const {
  while (!to.empty()) {
    const ssize_t got = ::pread(fd_, to.data(), to.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(path_, "read", errno);
    if (got == 0) return Error{ErrorCode::io, "was cut while it was written", path_};
    offset += static_cast<std::uint64_t>(got);
    to = to.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

Result<> OutputFolder::File::close() {
  if (::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) return failure(path_, "write", errno);
  return {};
}

}  // namespace flowloom
