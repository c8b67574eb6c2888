#include "engine/waiting_packets.hpp"

#include <cassert>

namespace flowloom {

Result<> WaitingPackets::keep(const SpooledPacket& packet, const std::uint8_t* bytes) {
  const std::lock_guard lock(mutex_);
  if (auto written = scratch_.write(end_, {bytes, packet.size()}); !written) return written;
  kept_[packet.number] = {packet, end_};
  end_ += packet.size();
  return {};
}

Result<SpooledPacket> WaitingPackets::take(std::uint64_t number, std::vector<std::uint8_t>& bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(number);
  assert(found != kept_.end());
  const auto [packet, offset] = found->second;
  bytes.resize(packet.size());
  if (auto loaded = scratch_.read(offset, packet.size(), bytes.data()); !loaded) return loaded.error();
  erase(found);
  return packet;
}

void WaitingPackets::forget(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (const auto found = kept_.find(number); found != kept_.end()) erase(found);
}

void WaitingPackets::erase(std::unordered_map<std::uint64_t, Kept>::iterator which) {
  kept_.erase(which);
  if (kept_.empty()) end_ = 0;  // the file's space serves again
}

void WaitingPackets::reset() {
  kept_.clear();
  end_ = 0;
}

}  // namespace flowloom
