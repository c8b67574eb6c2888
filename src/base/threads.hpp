// Threads that help with work which one thread could do alone.
#pragma once

#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace flowloom {

/// Starts a helper; false if the system gives no more threads: then the work is done by fewer.
template <class Work>
[[nodiscard]] bool try_start(std::vector<std::jthread>& helpers, Work work) {
  try {
    helpers.emplace_back(std::move(work));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace flowloom
