// Traffic that stresses a reader: floods of one-packet flows, and the smallest packets spread evenly over
// many flows.
#pragma once

#include <cstdint>

#include "synth/path.hpp"
#include "synth/random.hpp"
#include "synth/transport.hpp"

namespace flowloom::synth {

/// SYNs to one server, each from an address and port that never come again (up to 2^39 of them).
class FloodSession {
 public:
  /// SYNs `first` … `first` + `count` - 1 of the flood.
  FloodSession(std::uint64_t first, std::uint32_t count, std::uint64_t seed, std::int64_t start_ns);

  [[nodiscard]] std::int64_t time() const { return time_; }
  bool step(Outlet& outlet);
  void count_flows(SynthCounts& counts) const;

 private:
  std::uint64_t next_;
  std::uint32_t left_, count_;
  std::uint64_t seed_;
  Random random_;
  Path path_;
  std::int64_t time_;
};

/// Frames of 60 bytes: one to or from each of many flows, the flows in an order that looks like none. Flows
/// are TCP and UDP in turn.
class TinySession {
 public:
  /// Round `round` over `flows` flows, of which the first `count` are sent.
  TinySession(std::uint64_t round, std::uint64_t flows, std::uint64_t count, std::uint64_t seed,
              std::int64_t start_ns);

  [[nodiscard]] std::int64_t time() const { return time_; }
  bool step(Outlet& outlet);
  void count_flows(SynthCounts& counts) const;

 private:
  [[nodiscard]] std::uint64_t flow(std::uint64_t index) const;

  std::uint64_t round_, flows_, count_, seed_;
  std::uint64_t sent_ = 0;
  Path path_;
  std::int64_t time_;
};

}  // namespace flowloom::synth
