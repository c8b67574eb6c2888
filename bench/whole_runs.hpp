// For benchmarks of whole runs, in turn in one process.
#pragma once

#include <errno.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace flowloom::bench {

[[noreturn]] inline void fail(const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, why.c_str());
  std::exit(1);
}

/// The shortest time of the runs so far, in milliseconds; all must give the same.
struct Shortest {
  double ms = 1e9;
  std::uint64_t result = 0;

  template <class Work>
  void run(Work work) {
    const auto begin = std::chrono::steady_clock::now();
    const std::uint64_t got = work();
    const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - begin;
    if (result != 0 && got != result) fail("runs differ");
    result = got;
    ms = std::min(ms, passed.count());
  }
};

}  // namespace flowloom::bench
