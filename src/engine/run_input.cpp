#include "engine/run_input.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <limits>
#include <system_error>
#include <thread>

#include "dissect/header_walk.hpp"

namespace flowloom {
namespace {

/// Sum of the captures' sizes; 0 if one of them has none that can be told.
std::uint64_t size_of(const std::vector<std::string>& captures) {
  std::uint64_t total = 0;
  for (const std::string& path : captures) {
    std::error_code failed;
    const auto size = path == "-" ? 0 : std::filesystem::file_size(path, failed);
    if (path == "-" || failed) return 0;
    total += size;
  }
  return total;
}

}  // namespace

Result<std::unique_ptr<RunInput>> RunInput::make(ReadOptions options,
                                                 const std::vector<std::string>& captures) {
  std::unique_ptr<RunInput> run(new RunInput);
  run->options_ = std::move(options);
  if (auto filter = run->make_filter(); !filter) return filter.error();
  run->threads_ = run->options_.threads != 0 ? std::min(run->options_.threads, kMostThreads)
                                             : std::max(1U, std::thread::hardware_concurrency());
  if (run->options_.progress && run->options_.total_bytes) run->total_bytes_ = size_of(captures);
  // Not std::random_device: it asks the processor, which on some virtual machines takes 20 µs a word.
  if (::getentropy(run->seed_.words.data(), sizeof run->seed_.words) != 0)
    return Error{ErrorCode::io,
                 "the system gives no random numbers: " + std::generic_category().message(errno)};
  for (std::uint64_t& word : run->seed_.words) word |= 1U;
  return run;
}

Result<std::optional<ReadFilter>> RunInput::make_filter() const {
  if (options_.read_filter.empty()) return std::nullopt;
  auto filter = ReadFilter::compile(options_.read_filter);
  if (!filter) return filter.error();
  return std::optional<ReadFilter>(std::move(*filter));
}

std::uint64_t RunInput::left() const {
  if (options_.limit == 0) return std::numeric_limits<std::uint64_t>::max();
  return options_.limit - std::min(options_.limit, packets_.load());
}

void RunInput::under_way() {
  if (under_way_.load(std::memory_order_relaxed)) return;  // of many captures most find it so
  std::unique_lock lock(beginning_);
  under_way_ = true;
  if (beside_) do_beside(lock);
}

void RunInput::await_beside() {
  std::unique_lock lock(beginning_);
  begun_.wait_for(lock, std::chrono::milliseconds(3), [this] { return under_way_.load(); });
  if (beside_) do_beside(lock);
  begun_.wait(lock, [this] { return beside_done_; });
  if (beside_thrown_) std::rethrow_exception(std::exchange(beside_thrown_, nullptr));
}

void RunInput::do_beside(std::unique_lock<std::mutex>& lock) {
  const auto work = std::exchange(beside_, nullptr);
  lock.unlock();
  std::exception_ptr thrown;
  try {
    work();
  } catch (...) {
    thrown = std::current_exception();
  }
  lock.lock();
  beside_thrown_ = thrown;
  beside_done_ = true;
  begun_.notify_all();
}

void RunInput::advance(std::uint64_t bytes, std::uint64_t packets) {
  packets_ += packets;
  bytes_ += bytes;
  if (!options_.progress) return;
  const std::lock_guard lock(reporting_);
  options_.progress({bytes_, total_bytes_, packets_});
}

void RunInput::take_back(std::uint64_t bytes, std::uint64_t packets) {
  packets_ -= packets;
  bytes_ -= bytes;
}

Result<std::uint64_t> leave_out(const RunInput& run, std::optional<ReadFilter>& filter,
                                std::vector<RawPacket>& packets) {
  const ReadOptions& options = run.options();
  if (!filter && !options.from && !options.to) return std::uint64_t{0};
  std::size_t kept = 0;
  for (const RawPacket& packet : packets) {
    if (options.from && packet.time < *options.from) continue;
    if (options.to && packet.time >= *options.to) continue;
    if (filter) {
      const auto matches = filter->matches(packet);
      if (!matches) return matches.error();
      if (!*matches) continue;
    }
    packets[kept++] = packet;
  }
  const std::uint64_t left = packets.size() - kept;
  packets.resize(kept);
  return left;
}

Result<> walk_window(const RunInput& run, PacketWork& work) {
  auto& packets = work.window.packets;
  work.batch.clear();
  work.read = packets.size();
  const auto left = leave_out(run, work.filter, packets);
  if (!left) return left.error();
  work.batch.fates[static_cast<std::size_t>(Fate::filtered_out)] = *left;
  if (!work.choice) {
    walk_headers(packets, run.seed(), work.batch);
    return {};
  }
  work.choice->walk(packets, run.seed(), work.batch);
  PacketPlace anywhere;
  if (!run.question()->needs_order()) work.choice->choose(work.window, anywhere, work.batch, work.origins);
  return {};
}

Result<> check_timeouts(const FlowOptions& options) {
  if (options.idle_timeout_ns >= 0 && options.active_timeout_ns >= 0) return {};
  return Error{ErrorCode::usage, "a timeout is negative"};
}

TrackOptions track_options(const FlowOptions& options) {
  return {.idle_timeout = options.idle_timeout_ns,
          .active_timeout = options.active_timeout_ns,
          .max_flows = options.max_flows,
          .sequence_limit = options.sequences ? options.sequence_limit : 0,
          .key_vlan = options.key_vlan,
          .key_tunnel = options.key_tunnel,
          .join_icmp_errors = options.icmp_errors == IcmpErrors::join};
}

Accounting to_accounting(const std::array<std::uint64_t, kFates>& fates) {
  Accounting accounting;
  for (std::size_t i = 0; i < kFates; ++i) {
    accounting.packets += fates[i];
    accounting.fates.emplace_back(fate_name(static_cast<Fate>(i)), fates[i]);
  }
  return accounting;
}

std::uint8_t time_digits(const std::vector<Interface>& interfaces) {
  std::uint8_t digits = 0;
  for (const Interface& interface : interfaces) digits = std::max(digits, interface.time_digits);
  return digits;
}

}  // namespace flowloom
