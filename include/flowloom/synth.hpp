// Making captures: invented traffic of chosen kinds, or many copies of a recorded capture with other
// addresses. The same options give the same packets, on every machine.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flowloom/capture.hpp"
#include "flowloom/error.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

/// What was made, to compare with what a reader finds.
struct SynthCounts {
  std::uint64_t packets = 0;
  std::uint64_t flows = 0;      ///< as flowloom counts them; inside tunnels, the inner ones
  std::uint64_t tcp_flows = 0;  ///< of these
  std::uint64_t udp_flows = 0;
  std::uint64_t retransmissions = 0;  ///< TCP segments sent again
  std::uint64_t lost = 0;             ///< segments that only their retransmission shows
  std::uint64_t reordered = 0;        ///< TCP segments behind one that was sent later
  std::uint64_t duplicates = 0;       ///< packets that the capture has twice
  std::uint64_t fragments = 0;        ///< pieces of fragmented datagrams

  SynthCounts& operator+=(const SynthCounts& other);
};

/// A kind of traffic.
struct SynthProfile {
  std::string_view name;
  std::string_view description;
  bool by_default = true;  ///< one of those that are made when none is asked for
};
[[nodiscard]] std::span<const SynthProfile> synth_profiles();

struct SynthOptions {
  std::uint64_t seed = 1;
  std::vector<std::string> profiles = {};  ///< names; none: the default ones
  /// Exactly so many, fewer only if `flows` ends the traffic before; no conversation is cut short. 0: no
  /// limit.
  std::uint64_t packets = 0;
  /// No conversation begins after so many; "tiny": its packets are spread over so many. 0: no limit.
  std::uint64_t flows = 0;
};

struct CopyOptions {
  std::vector<std::string> captures = {};  ///< of one link type; all begin at the same moment
  std::uint64_t copies = 1;
  std::uint64_t interleave = 1;  ///< how many copies there are at a time
  std::int64_t span_ns = 0;      ///< what lasts longer is replayed faster, to last so long; 0: as recorded
};

/// Makes packets in order of time, a window at a time, in bounded memory (copies: and the captures').
class PacketGenerator {
 public:
  /// Invents traffic. Errors: usage (an unknown profile, neither packets nor flows).
  static Result<PacketGenerator> synthesize(const SynthOptions& options);
  /// Copies captures: each copy has addresses of its own in 10.0.0.0/8 and fd00::/16. Errors: those of
  /// reading; damaged; unsupported (several link types); usage (no packets, too many addresses); limit (more
  /// than 1 GiB of packets).
  static Result<PacketGenerator> copy(const CopyOptions& options);

  PacketGenerator(PacketGenerator&&) noexcept;
  PacketGenerator& operator=(PacketGenerator&&) noexcept;
  ~PacketGenerator();

  /// Fills `window` with the next packets; false after the last.
  bool next(PacketWindow& window);

  [[nodiscard]] LinkType link_type() const;
  [[nodiscard]] bool nanoseconds() const;  ///< times are finer than µs
  /// What was made so far, for each profile in the order asked for; of copies, only packets.
  [[nodiscard]] std::vector<std::pair<std::string_view, SynthCounts>> counts() const;

  /// What makes the packets.
  class Source;

 private:
  explicit PacketGenerator(std::unique_ptr<Source> source);
  std::unique_ptr<Source> source_;
};

}  // namespace flowloom
