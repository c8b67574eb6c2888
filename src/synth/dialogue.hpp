// What the two ends of a generated conversation say to each other, and after what pauses; not how it is
// carried.
#pragma once

#include <array>
#include <cstdint>

#include "synth/content.hpp"
#include "synth/random.hpp"

namespace flowloom::synth {

enum class App : std::uint8_t { https, http, dns, dns_tcp, bulk, mqtt, coap, ntp, sip, rtp, smtp, ssh, ping };

/// A message from the client (0) or the server (1).
struct Turn {
  std::uint8_t from = 0;
  std::int64_t pause_ns = 0;  ///< of the sender, since the message before reached it (or was sent by it)
  Message message;
};

/// What a dialogue depends on beside its random numbers.
struct DialogueOptions {
  App app = App::https;
  unsigned shrink = 0;                              ///< makes it shorter, by a power of two
  std::int64_t duration_ns = 0;                     ///< sip, rtp: of the call
  std::array<std::uint32_t, 2> media_address = {};  ///< sip: IPv4 addresses and ports of the call's sound
  std::array<std::uint16_t, 2> media_port = {};
};

class Dialogue {
 public:
  Dialogue(const DialogueOptions& options, std::uint64_t seed);

  /// The next message; false at the end.
  bool next(Turn& turn);

 private:
  bool https(Turn& turn);
  bool tls(Turn& turn, unsigned step);
  bool http(Turn& turn);
  bool dns(Turn& turn);
  bool bulk(Turn& turn);
  bool mqtt(Turn& turn);
  bool coap(Turn& turn);
  bool ntp(Turn& turn);
  bool sip(Turn& turn);
  bool rtp(Turn& turn);
  bool smtp(Turn& turn);
  bool ssh(Turn& turn);
  bool ping(Turn& turn);

  /// A size with a heavy tail, as the shrinking allows.
  std::uint32_t size(std::uint32_t least, std::uint32_t most);
  void say(Turn& turn, unsigned from, std::int64_t pause_ns, const Message& message);

  DialogueOptions options_;
  Random random_;
  std::uint64_t salt_;
  std::uint32_t step_ = 0;
  std::uint32_t rounds_ = 0;      ///< exchanges, drawn at the start
  std::uint16_t record_ = 16401;  ///< TLS: longest record
  bool again_ = false;            ///< the message before was not answered: said again
};

}  // namespace flowloom::synth
