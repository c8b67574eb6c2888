// TCP segments, UDP datagrams and ICMP echo messages of generated conversations, as frames.
#pragma once

#include <cstdint>

#include "flowloom/synth.hpp"
#include "synth/content.hpp"
#include "synth/frame.hpp"
#include "synth/path.hpp"

namespace flowloom::synth {

/// Where the packets of conversations go: to a window, or, to learn how many there will be, nowhere.
struct Outlet {
  FrameWriter* frames = nullptr;  ///< null: they are only counted
  SynthCounts counts = {};
  std::uint64_t* number = nullptr;  ///< of packets of all conversations so far
};

enum class TcpOptions : std::uint8_t {
  none,
  syn,        ///< maximum segment size, SACK permitted, timestamps, window scale
  syn_short,  ///< maximum segment size only
  timestamps,
  sack,  ///< timestamps, and one block of selective acknowledgement
};

/// Bytes that the options take.
constexpr std::size_t options_size(TcpOptions options) {
  constexpr std::uint8_t kSizes[] = {0, 20, 4, 12, 24};
  return kSizes[static_cast<std::size_t>(options)];
}

struct Segment {
  std::uint8_t from = 0;  ///< the client (0) or the server (1)
  TcpOptions options = TcpOptions::none;
  std::uint16_t flags = 0;
  std::uint16_t window = 0;
  std::uint16_t length = 0;  ///< bytes of the message, from `offset` on
  std::uint32_t offset = 0;
  std::uint32_t seq = 0, ack = 0;
  std::uint32_t time = 0, echoed = 0;          ///< timestamps
  std::uint32_t sack_begin = 0, sack_end = 0;  ///< sequence numbers
  std::uint32_t id = 0;                        ///< of the IP packet
};

/// Bytes of a segment's data where options take so many. Even, so that sums of pieces add up.
constexpr std::uint16_t most_data(const Path& path, TcpOptions options) {
  return static_cast<std::uint16_t>((inner_mtu(path) - ip_header_size(path) - 20 - options_size(options)) &
                                    ~1U);
}

void send_segment(Outlet& outlet, const Path& path, const Segment& segment, const Message& message,
                  std::int64_t time_ns);

/// A datagram of UDP, or an ICMP echo message, with all of `message`; or the piece of it that `begin` says.
struct Datagram {
  std::uint8_t from = 0;
  bool echo = false;        ///< ICMP or ICMPv6: a request of the client, a reply of the server
  std::uint32_t begin = 0;  ///< offset of the piece
  std::uint32_t id = 0;
};

/// Bytes that a piece of a datagram may carry: all, if it fits whole.
std::size_t piece_size(const Path& path, std::size_t datagram);
/// The transport's header included.
constexpr std::size_t datagram_size(const Message& message) { return 8 + message.size; }

void send_datagram(Outlet& outlet, const Path& path, const Datagram& datagram, const Message& message,
                   std::int64_t time_ns);

/// ICMP "port unreachable" from the server, which quotes the empty UDP datagram that the client sent.
void send_port_unreachable(Outlet& outlet, const Path& path, std::uint32_t quoted_id, std::uint32_t id,
                           std::int64_t time_ns);

}  // namespace flowloom::synth
