#include "engine/scratch_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace flowloom {
namespace {

Error failure(const char* doing) {
  return {ErrorCode::io,
          std::string("cannot ") + doing + " the scratch file: " + std::generic_category().message(errno)};
}

}  // namespace

ScratchFile::~ScratchFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<> ScratchFile::write(std::uint64_t offset, Bytes bytes) {
  if (fd_ < 0) {
    auto made = make_();
    if (!made) return made.error();
    fd_ = *made;
  }
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t written =
        ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (written < 0 && errno != EINTR) return failure("write");
    if (written > 0) done += static_cast<std::size_t>(written);
  }
  return {};
}

Result<> ScratchFile::read(std::uint64_t offset, std::size_t count, std::uint8_t* to) const {
  for (std::size_t done = 0; done < count;) {
    const ssize_t got = ::pread(fd_, to + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read");
    if (got == 0) return Error{ErrorCode::io, "the scratch file was cut"};
    done += static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace flowloom
