// From a capture to flows: the input is a capture file; its last byte chooses timeouts, keys and the size of
// the windows. Accounting and rows must fit together, and neither partitions nor windows nor the hash seed
// may show.
#include <cstdio>
#include <cstdlib>

#include "../tests/unit/support/pipeline.hpp"

namespace {

void require(const std::string& wrong) {
  if (wrong.empty()) return;
  std::fprintf(stderr, "%s\n", wrong.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace flowloom;
  if (size == 0) return 0;
  const std::uint8_t choice = data[size - 1];
  build::Pipeline how;
  how.options.idle_timeout = (choice & 1) != 0 ? kNsPerSecond / 100 : 0;
  how.options.active_timeout = (choice & 2) != 0 ? kNsPerSecond / 10 : 0;
  how.options.key_vlan = (choice & 4) != 0;
  how.options.key_tunnel = (choice & 8) != 0;
  how.options.join_icmp_errors = (choice & 16) != 0;
  const auto whole = build::run_pipeline({data, size}, how);
  require(build::check_table(whole));

  how.window = (choice & 32) != 0 ? 512 : how.window;
  how.partitions = how.options.whole() ? 1 : 3;
  how.seed.words = {3, 5, 7, 11};
  const auto parts = build::run_pipeline({data, size}, how);
  require(whole.fates == parts.fates ? "" : "fates differ");
  require(build::difference(whole.table, parts.table));
  return 0;
}
