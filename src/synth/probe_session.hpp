// A scan of one host's ports, or of a row of hosts: each probe is a flow of its own.
#pragma once

#include <array>
#include <cstdint>

#include "synth/path.hpp"
#include "synth/random.hpp"
#include "synth/transport.hpp"

namespace flowloom::synth {

enum class Probe : std::uint8_t {
  syn,    ///< TCP ports: closed ones answer with RST, open ones with SYN and ACK, some are silent
  udp,    ///< UDP ports: closed ones answer with ICMP, as often as the host may (RFC 1812 §4.3.2.8)
  sweep,  ///< an echo request to each host
};

struct ProbeTraits {
  Probe probe = Probe::syn;
  std::uint32_t probes = 100;
  std::array<std::int64_t, 2> echo_ns = {};
  std::int64_t pause_ns = 0;  ///< mean, between probes
  unsigned silent = 0;        ///< per mille of the probes
};

class ProbeSession {
 public:
  /// `path`: to the first host, from the port that all probes come from.
  ProbeSession(const Path& path, const ProbeTraits& traits, std::uint64_t seed, std::int64_t start_ns);

  [[nodiscard]] std::int64_t time() const { return time_; }
  bool step(Outlet& outlet);
  void count_flows(SynthCounts& counts) const;

 private:
  enum class Stage : std::uint8_t { probe, answer, reset };

  void send_probe(Outlet& outlet);
  void send_answer(Outlet& outlet);
  bool next_probe();
  [[nodiscard]] Segment segment(unsigned from, std::uint16_t flags, std::uint32_t seq, std::uint32_t ack);

  Path path_;
  ProbeTraits traits_;
  Random random_;
  std::uint32_t probe_ = 0;  ///< number of the current one
  std::uint32_t isn_ = 0, server_isn_ = 0, id_ = 0;
  std::uint16_t first_port_ = 0;
  std::uint32_t errors_left_ = 0;  ///< ICMP errors that the host may still send
  bool open_ = false, unreachable_ = false;
  Stage stage_ = Stage::probe;
  std::int64_t time_ = 0;
};

}  // namespace flowloom::synth
