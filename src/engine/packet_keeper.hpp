// Who wants a capture's packets together with their flows, while the capture is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/run_input.hpp"
#include "reassemble/fragments.hpp"

namespace flowloom {

/// CaptureRun shows it each window twice. Both calls return false to end the reading. Numbers of packets in
/// `work` count from work.batch.number_base.
class PacketKeeper {
 public:
  virtual ~PacketKeeper() = default;

  /// The window's fragments are settled; `waits`: the packets that wait from now on, and those that gave up,
  /// by number in the capture. Called for one window after the other, in the capture's order.
  virtual bool settled(const PacketWork& work, const FragmentResolver::Waits& waits) = 0;

  /// The flows, by number in the partition's tracker, of the records `which`; kNone: no packet of a flow.
  /// Called for one window after the other in the capture's order, for several partitions at the same time.
  virtual bool keep(std::size_t partition, const PacketWork& work, std::span<const RecordPlace> which,
                    std::span<const std::uint32_t> flows) = 0;
};

}  // namespace flowloom
