#include "engine/packet_source.hpp"

#include <algorithm>
#include <filesystem>
#include <random>

#include "dissect/header_walk.hpp"

namespace flowloom {

Result<RunInput> RunInput::make(ReadOptions options) {
  RunInput run;
  if (!options.read_filter.empty()) {
    auto filter = ReadFilter::compile(options.read_filter);
    if (!filter) return filter.error();
    run.filter_ = std::move(*filter);
  }
  run.options_ = std::move(options);
  std::random_device random;
  for (std::uint64_t& word : run.seed_.words) word = std::uint64_t{random()} << 32 | random() | 1U;
  return run;
}

void RunInput::expect(const std::vector<std::string>& captures) {
  total_bytes_ = 0;
  for (const std::string& path : captures) {
    std::error_code failed;
    const auto size = path == "-" ? 0 : std::filesystem::file_size(path, failed);
    if (path == "-" || failed) {
      total_bytes_ = 0;
      return;
    }
    total_bytes_ += size;
  }
}

Result<PacketSource> PacketSource::open(const std::string& path, RunInput& run) {
  auto reader = CaptureReader::open(path);
  if (!reader) return reader.error();
  return PacketSource(std::move(*reader), run);
}

Result<bool> PacketSource::next() {
  batch_.clear();
  if (run_->stopping()) return false;
  const auto more = reader_.next(window_);
  if (!more) return more.error();
  if (!*more) {
    run_->bytes_done_ += reader_.position();
    return false;
  }
  const ReadOptions& options = run_->options();
  auto& packets = window_.packets;
  if (options.limit != 0 && packets.size() > options.limit - run_->packets_) {
    packets.resize(static_cast<std::size_t>(options.limit - run_->packets_));
  }
  run_->packets_ += packets.size();
  if (auto filtered = filter(); !filtered) return filtered.error();
  for (const RawPacket& packet : packets) walk_headers(packet, run_->seed(), batch_);
  fragments_.resolve(batch_);
  for (std::size_t i = 0; i < kFates; ++i) fates_[i] += batch_.fates[i];
  if (options.progress) {
    options.progress({run_->bytes_done_ + reader_.position(), run_->total_bytes_, run_->packets_});
  }
  return true;
}

/// Takes packets out of the window that are to be as if not in the file.
Result<> PacketSource::filter() {
  const ReadOptions& options = run_->options();
  if (!run_->filter_ && !options.from && !options.to) return {};
  auto& packets = window_.packets;
  std::size_t kept = 0;
  for (const RawPacket& packet : packets) {
    if (options.from && packet.time < *options.from) continue;
    if (options.to && packet.time >= *options.to) continue;
    if (run_->filter_) {
      const auto matches = run_->filter_->matches(packet);
      if (!matches) return matches.error();
      if (!*matches) continue;
    }
    packets[kept++] = packet;
  }
  batch_.fates[static_cast<std::size_t>(Fate::filtered_out)] += packets.size() - kept;
  packets.resize(kept);
  return {};
}

std::array<std::uint64_t, kFates> PacketSource::fates() const {
  auto fates = fates_;
  fates[static_cast<std::size_t>(Fate::fragments_waiting)] += fragments_.unclaimed();
  return fates;
}

std::uint8_t PacketSource::time_digits() const {
  std::uint8_t digits = 0;
  for (const Interface& interface : reader_.interfaces()) digits = std::max(digits, interface.time_digits);
  return digits;
}

Accounting to_accounting(const std::array<std::uint64_t, kFates>& fates) {
  Accounting accounting;
  for (std::size_t i = 0; i < kFates; ++i) {
    accounting.packets += fates[i];
    accounting.fates.emplace_back(fate_name(static_cast<Fate>(i)), fates[i]);
  }
  return accounting;
}

}  // namespace flowloom
