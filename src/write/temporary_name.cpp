#include "write/temporary_name.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <system_error>

namespace flowloom {

std::string temporary_name(const std::filesystem::path& target) {
  std::uint32_t random = 0;
  if (getrandom(&random, sizeof random, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof random)) {
    random = static_cast<std::uint32_t>(getpid());
  }
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08x", random);
  constexpr std::size_t kLongest = 200;  // of the 255 that file systems allow
  const std::string name = target.filename().string().substr(0, kLongest);
  return (target.parent_path() / ("." + name + "." + digits + ".partial")).string();
}

std::filesystem::path follow_links(const std::filesystem::path& path) {
  std::error_code failed;
  std::filesystem::path target = path;
  constexpr int kMostLinks = 40;  // as the system follows
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(target, failed); ++i) {
    const std::filesystem::path next = std::filesystem::read_symlink(target, failed);
    if (failed) break;
    target = target.parent_path() / next;
  }
  return target;
}

}  // namespace flowloom
