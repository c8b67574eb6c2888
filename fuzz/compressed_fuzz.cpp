// Whole files, compressed or not: what is recognised by its magic alone.
#include "capture_windows.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  flowloom::fuzz::read_in_windows({data, size});
  return 0;
}
