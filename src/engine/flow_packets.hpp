// Keeps the packets of a capture by flow.
#pragma once

#include <atomic>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/packet_keeper.hpp"
#include "engine/packet_spool.hpp"
#include "engine/waiting_packets.hpp"
#include "write/output_folder.hpp"

namespace flowloom {

class FlowPackets : public PacketKeeper {
 public:
  /// One spool a partition, with strands by the flow's number in its tracker; they share `budget` bytes of
  /// memory. `in_one`: a single partition, whose packets are all in strand 0, each with its flow's number.
  /// `options`: what a pcapng says of packets is kept with them.
  FlowPackets(const OutputFolder& folder, std::size_t partitions, std::uint64_t budget, bool in_one,
              bool options);

  bool settled(const PacketWork& work, const FragmentResolver::Waits& waits) override;
  bool keep(std::size_t partition, const PacketWork& work, std::span<const RecordPlace> which,
            std::span<const std::uint32_t> flows) override;

  /// The image of the capture, until reset().
  void set_image(const CaptureImage& image) {
    for (Part& part : parts_) part.spool.set_image(&image);
  }
  /// Keeps only these flows, by partition and number; none: all.
  void choose(std::optional<std::vector<std::vector<bool>>> chosen) { chosen_ = std::move(chosen); }
  /// What made a call return false.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] const PacketSpool& spool(std::size_t partition) const { return parts_[partition].spool; }
  /// Smallest and largest time of the packets.
  [[nodiscard]] Timestamp first() const;
  [[nodiscard]] Timestamp last() const;

  /// Forgets the capture.
  void reset();

 private:
  struct Part {
    Part(std::uint64_t budget, const ScratchFile::Make& scratch) : spool(budget, scratch) {}
    PacketSpool spool;
    std::vector<std::uint8_t> bytes;  ///< of a packet that had waited, or has options
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
  };

  const std::uint8_t* prepare(const RawPacket& packet, const PacketWork& work, SpooledPacket& header,
                              std::vector<std::uint8_t>& buffer) const;
  Result<> add(Part& part, const PacketWork& work, std::uint32_t record, std::uint32_t flow,
               std::vector<RawPacket>::const_iterator& next);
  bool note(const Result<>& done);

  bool in_one_, options_;
  std::deque<Part> parts_;
  WaitingPackets waiting_;
  std::vector<std::uint8_t> waiting_bytes_;  ///< of a packet that will wait, and has options
  std::optional<std::vector<std::vector<bool>>> chosen_;
  std::mutex mutex_;
  std::optional<Error> error_;  ///< guarded by mutex_ while the capture is read
};

}  // namespace flowloom
