// The bytes of fragments that wait for their datagram's first piece. There are few, and there may be many in
// a crafted capture: they lie in a scratch file.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "engine/packet_spool.hpp"

namespace flowloom {

/// All calls may come from several threads.
class WaitingPackets {
 public:
  explicit WaitingPackets(ScratchFile::Make scratch) : scratch_(std::move(scratch)) {}

  /// Errors: io.
  Result<> keep(const SpooledPacket& packet, const std::uint8_t* bytes);
  /// The packet of that number, which is forgotten; its bytes go to `bytes`. It was kept. Errors: io.
  Result<SpooledPacket> take(std::uint64_t number, std::vector<std::uint8_t>& bytes);
  void forget(std::uint64_t number);
  void reset();

 private:
  struct Kept {
    SpooledPacket packet;
    std::uint64_t offset;
  };
  void erase(std::unordered_map<std::uint64_t, Kept>::iterator which);

  std::mutex mutex_;
  ScratchFile scratch_;
  std::uint64_t end_ = 0;
  std::unordered_map<std::uint64_t, Kept> kept_;  ///< by number
};

}  // namespace flowloom
