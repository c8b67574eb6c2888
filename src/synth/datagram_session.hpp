// A conversation of UDP datagrams or ICMP echo messages, packet by packet; long datagrams are fragmented.
#pragma once

#include <array>
#include <cstdint>

#include "synth/dialogue.hpp"
#include "synth/path.hpp"
#include "synth/random.hpp"
#include "synth/transport.hpp"

namespace flowloom::synth {

struct DatagramTraits {
  std::array<std::int64_t, 2> echo_ns = {};  ///< from the capture to each end and back
  bool echo = false;                         ///< ICMP instead of UDP
  std::uint32_t unanswered = 0;              ///< not 0: only the first message, so many times
  unsigned duplicate = 0;                    ///< per mille of the datagrams
};

class DatagramSession {
 public:
  DatagramSession(const Path& path, const DatagramTraits& traits, const DialogueOptions& dialogue,
                  std::uint64_t seed, std::int64_t start_ns);

  [[nodiscard]] std::int64_t time() const { return time_; }
  bool step(Outlet& outlet);
  void count_flows(SynthCounts& counts) const;

 private:
  static constexpr std::int64_t kGap = 12'000;  ///< between fragments

  bool advance();

  Path path_;
  DatagramTraits traits_;
  Dialogue dialogue_;
  Random random_;
  Turn turn_;
  std::uint32_t begin_ = 0;  ///< of the next piece of the datagram
  std::uint32_t said_ = 0;   ///< unanswered messages
  std::array<std::uint32_t, 2> id_ = {};
  bool twice_ = false;  ///< the capture will have this datagram again
  std::int64_t time_ = 0;
};

}  // namespace flowloom::synth
