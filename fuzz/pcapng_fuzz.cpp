// pcapng files. Where the input's first byte is even, every block's lengths are put right first, so that most
// inputs get past the first block.
#include "base/endian.hpp"
#include "capture_windows.hpp"

namespace {

void store(std::uint8_t* to, std::uint32_t value, bool swapped) {
  if (swapped) value = __builtin_bswap32(value);
  std::memcpy(to, &value, sizeof value);
}

/// Keeps each block's length if it can be, else ends the file with the block.
void mend(std::vector<std::uint8_t>& file) {
  bool swapped = false;
  for (std::size_t at = 0; file.size() - at >= 12;) {
    if (flowloom::load32(&file[at], false) == 0x0a0d0d0a)
      swapped = flowloom::load32(&file[at + 8], false) == 0x4d3c2b1a;
    std::size_t length = flowloom::load32(&file[at + 4], swapped) & ~std::size_t{3};
    if (length < 12 || length > file.size() - at) length = (file.size() - at) & ~std::size_t{3};
    store(&file[at + 4], static_cast<std::uint32_t>(length), swapped);
    store(&file[at + length - 4], static_cast<std::uint32_t>(length), swapped);
    at += length;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::vector<std::uint8_t> file(data + 1, data + size);
  if (data[0] % 2 == 0) mend(file);
  flowloom::fuzz::read_in_windows(file);
  return 0;
}
