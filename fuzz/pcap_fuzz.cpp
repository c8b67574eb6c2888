// pcap files: the input is a file's content behind one of the six magics.
#include <algorithm>

#include "capture_windows.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  constexpr std::uint8_t kMagics[][4] = {
      {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0xc3, 0xd4}, {0x4d, 0x3c, 0xb2, 0xa1},
      {0xa1, 0xb2, 0x3c, 0x4d}, {0x34, 0xcd, 0xb2, 0xa1}, {0xa1, 0xb2, 0xcd, 0x34},
  };
  std::vector<std::uint8_t> file(kMagics[data[0] % 6], kMagics[data[0] % 6] + 4);
  file.insert(file.end(), data + 1, data + size);
  flowloom::fuzz::read_in_windows(file);
  return 0;
}
