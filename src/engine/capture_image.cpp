#include "engine/capture_image.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "base/endian.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {
namespace {

std::int64_t modified(const struct stat& about) {
  return std::int64_t{about.st_mtim.tv_sec} * kNsPerSecond + about.st_mtim.tv_nsec;
}

}  // namespace

std::optional<CaptureImage> CaptureImage::map(const std::string& path, std::uint64_t most) {
  constexpr std::array<std::uint8_t, 4> kMicroseconds = {0xD4, 0xC3, 0xB2, 0xA1};
  constexpr std::array<std::uint8_t, 4> kNanoseconds = {0x4D, 0x3C, 0xB2, 0xA1};
  struct stat about = {};
  // Not to be waited for: a pipe, or what only one can open.
  if (::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
  CaptureImage image;
  image.path_ = path;
  image.fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (image.fd_ < 0 || ::fstat(image.fd_, &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(about.st_size);
  std::array<std::uint8_t, 4> magic = {};
  if (size > most || ::pread(image.fd_, magic.data(), magic.size(), 0) != std::ssize(magic))
    return std::nullopt;
  image.nanoseconds_ = magic == kNanoseconds;
  if (magic != kMicroseconds && magic != kNanoseconds) return std::nullopt;
  void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, image.fd_, 0);
  if (bytes == MAP_FAILED) return std::nullopt;
  image.bytes_ = static_cast<const std::uint8_t*>(bytes);
  image.size_ = size;
  image.modified_ = modified(about);
  return image;
}

CaptureImage::CaptureImage(CaptureImage&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      bytes_(std::exchange(other.bytes_, nullptr)),
      size_(other.size_),
      modified_(other.modified_),
      nanoseconds_(other.nanoseconds_) {}

CaptureImage::~CaptureImage() {
  if (bytes_ != nullptr) ::munmap(const_cast<std::uint8_t*>(bytes_), size_);
  if (fd_ >= 0) ::close(fd_);
}

Result<> CaptureImage::read(std::uint64_t offset, std::size_t count, std::uint8_t* to) const {
  while (count != 0) {
    const ssize_t got = ::pread(fd_, to, count, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return error_of_change();
    offset += static_cast<std::uint64_t>(got);
    to += got;
    count -= static_cast<std::size_t>(got);
  }
  return {};
}

bool CaptureImage::changed() const {
  struct stat about = {};
  if (::fstat(fd_, &about) != 0) return true;
  const auto size = static_cast<std::uint64_t>(about.st_size);
  return size < size_ || (size == size_ && modified(about) != modified_);
}

Error CaptureImage::error_of_change() const {
  return {ErrorCode::io, "the capture was changed while it was read", path_};
}

}  // namespace flowloom
