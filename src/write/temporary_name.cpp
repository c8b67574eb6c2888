#include "write/temporary_name.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

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

}  // namespace flowloom
