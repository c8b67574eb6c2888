// Which conversations each kind of traffic is made of, and when they begin.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "synth/datagram_session.hpp"
#include "synth/probe_session.hpp"
#include "synth/storm_session.hpp"
#include "synth/tcp_session.hpp"

namespace flowloom::synth {

using Session = std::variant<TcpSession, DatagramSession, ProbeSession, FloodSession, TinySession>;

enum class Kind : std::uint8_t { web, dns, bulk, scan, iot, tunnels, voip, mail, ssh, ping, flood, tiny };

/// What there is room for.
struct Budget {
  std::uint64_t packets = 0;
  std::uint64_t flows = 0;
};

/// One kind of traffic. What it makes depends on its kind, the seed and the number of the conversation only.
class Profile {
 public:
  /// `flows`: "tiny" is spread over so many.
  Profile(Kind kind, std::uint64_t seed, std::uint64_t flows);

  [[nodiscard]] std::string_view name() const;
  /// When the next conversation begins.
  [[nodiscard]] std::int64_t time() const { return time_; }

  /// Makes the sessions that begin then; they may need more packets than there is room for. `shrink`: shorter
  /// ones, by a power of two.
  void draw(unsigned shrink, const Budget& budget, std::vector<Session>& out) const;
  /// Makes one session of exactly so many packets: attempts that nobody answers. Pre: 1 … kMostAttempts.
  void draw_attempts(std::uint32_t packets, std::vector<Session>& out) const;
  static constexpr std::uint32_t kMostAttempts = 6;

  /// To the next conversation; `packets`: of the one before.
  void advance(std::uint64_t packets);
  /// Whether a limit on flows ends it; else it is spread over that many.
  [[nodiscard]] bool limited_by_flows() const { return kind_ != Kind::tiny; }
  /// Whether what it draws fits the budget as it is.
  [[nodiscard]] bool fits() const { return kind_ == Kind::tiny || kind_ == Kind::flood; }
  /// Rounds over all flows so far ("tiny").
  [[nodiscard]] std::uint64_t rounds() const { return kind_ == Kind::tiny ? index_ : 0; }

 private:
  /// The ends of a conversation that no other has, and what the way between them is like.
  struct Ends {
    Path path;
    std::array<std::int64_t, 2> echo_ns;
  };
  [[nodiscard]] Ends draw_ends(Random& random, bool allow_v6) const;
  void wrap(Path& path, Random& random) const;
  [[nodiscard]] TcpTraits draw_traits(const Ends& ends, Random& random) const;

  Session draw_tcp(App app, std::uint16_t port, unsigned shrink, Random& random) const;
  Session draw_udp(App app, std::uint16_t port, unsigned shrink, Random& random) const;
  Session draw_scan(unsigned shrink, Random& random) const;
  void draw_call(unsigned shrink, Random& random, std::vector<Session>& out) const;
  Session draw_inside_tunnel(unsigned shrink, Random& random) const;

  Kind kind_;
  std::uint64_t seed_, flows_;
  std::uint64_t index_ = 0;    ///< of the conversation
  std::uint64_t flooded_ = 0;  ///< SYNs so far
  std::int64_t time_ = 0;
};

}  // namespace flowloom::synth
