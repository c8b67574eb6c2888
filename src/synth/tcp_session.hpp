// A TCP connection of generated traffic, packet by packet, as seen by a capture between its ends: handshake,
// data in rounds of a growing window, acknowledgements, losses with their repair, closing.
#pragma once

#include <array>
#include <cstdint>

#include "synth/dialogue.hpp"
#include "synth/path.hpp"
#include "synth/random.hpp"
#include "synth/transport.hpp"

namespace flowloom::synth {

/// How the connection comes to its end.
enum class Closing : std::uint8_t {
  fin,         ///< FIN, ACK, FIN, ACK
  fin_fast,    ///< FIN, FIN, ACK
  fin_rst,     ///< FIN, FIN, RST
  rst,         ///< RST
  refused,     ///< SYN, RST: there is no connection
  unanswered,  ///< SYN, several times
};

struct TcpTraits {
  /// What a packet needs from the capture to each end and its answer back.
  std::array<std::int64_t, 2> echo_ns = {};
  std::int64_t gap_ns = 0;     ///< between packets of one round
  std::uint16_t window = 128;  ///< most segments on their way
  std::uint8_t closer = 0;     ///< who closes
  Closing closing = Closing::fin;
  std::uint8_t attempts = 1;  ///< unanswered: SYNs
  bool timestamps = true;
  unsigned loss = 0, reorder = 0, duplicate = 0;  ///< per mille of the rounds
};

class TcpSession {
 public:
  TcpSession(const Path& path, const TcpTraits& traits, const DialogueOptions& dialogue, std::uint64_t seed,
             std::int64_t start_ns);

  /// Time of the next packet.
  [[nodiscard]] std::int64_t time() const { return time_; }
  /// Sends it; false if it was the last.
  bool step(Outlet& outlet);
  void count_flows(SynthCounts& counts) const;

 private:
  enum class State : std::uint8_t { syn, syn_ack, ack, round, close, done };
  enum class Event : std::uint8_t { none, data, ack, repair, repair_ack, again };
  static constexpr std::uint16_t kNone = 0xFFFF;

  /// Segments sent together, and the acknowledgements of them. A round has at most one irregularity.
  struct Round {
    std::int64_t begin = 0;
    std::uint32_t first = 0;        ///< offset in the message of segment 0
    std::uint16_t count = 0;        ///< segments
    std::uint16_t sent = 0;         ///< of these
    std::uint16_t acks = 0;         ///< acknowledgements to come in all
    std::uint16_t acked = 0;        ///< of these
    std::uint16_t lost = kNone;     ///< the segment that does not arrive
    std::uint16_t swapped = kNone;  ///< the segment that comes behind the next one
    std::uint16_t twice = kNone;    ///< the segment that the capture has twice
    bool hidden = false;            ///< the lost one is lost before the capture
    bool repaired = false, repair_acked = false;
  };

  void handshake(Outlet& outlet);
  void begin_turn();
  void begin_round(std::int64_t begin);
  void send_event(Outlet& outlet);
  void choose();
  void consider(Event event, std::int64_t time);
  void end_round();
  void begin_close();
  void close(Outlet& outlet);

  [[nodiscard]] std::int64_t data_time(std::uint16_t index) const;
  [[nodiscard]] std::int64_t ack_time(std::uint16_t index) const;
  [[nodiscard]] std::int64_t repair_time() const;
  [[nodiscard]] std::uint32_t offset_of(std::uint32_t index) const;
  [[nodiscard]] std::uint16_t acked_by(std::uint16_t ack) const;
  [[nodiscard]] std::uint32_t seq_of(std::uint32_t offset) const { return next_[sender_] + offset; }

  Segment prepare(unsigned from, std::uint16_t flags);
  void send_data(Outlet& outlet, std::uint16_t index);
  void send_ack(Outlet& outlet, std::uint32_t offset, bool selective, std::uint16_t up_to);

  Path path_;
  TcpTraits traits_;
  Dialogue dialogue_;
  Random random_;
  Turn turn_, coming_;
  bool more_ = false;  ///< coming_ is the turn after turn_
  Segment again_;      ///< what the capture will have twice

  State state_ = State::syn;
  Event event_ = Event::none;
  std::uint8_t sender_ = 0;     ///< of the message
  std::uint8_t last_from_ = 0;  ///< who sent the last packet
  std::uint8_t step_ = 0;       ///< of handshake or closing
  std::int64_t time_ = 0, again_time_ = 0;
  bool again_due_ = false;
  Round round_;
  std::uint16_t cwnd_ = 10;                       ///< RFC 6928
  std::array<std::uint32_t, 2> next_ = {};        ///< sequence numbers of the message's first byte
  std::array<std::uint32_t, 2> clock_ = {};       ///< of the timestamps
  std::array<std::uint32_t, 2> last_clock_ = {};  ///< last value sent
  std::array<std::uint32_t, 2> id_ = {};
  std::array<std::uint16_t, 2> window_ = {};
};

}  // namespace flowloom::synth
