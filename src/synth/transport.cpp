#include "synth/transport.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "base/checksum.hpp"
#include "base/store.hpp"
#include "dissect/packet_record.hpp"

namespace flowloom::synth {
namespace {

/// The longest datagram: what DNS says that it takes, and some more.
constexpr std::size_t kLongestDatagram = 8 * 1024;

bool count(Outlet& outlet) {
  ++outlet.counts.packets;
  return outlet.frames != nullptr;
}

void finish(Outlet& outlet, std::int64_t time_ns) { outlet.frames->finish(time_ns, ++*outlet.number); }

// RFC 9293 §3.2, RFC 7323 §2.2 and §3.2, RFC 2018 §2 and §3
void put_options(std::uint8_t* at, const Path& path, const Segment& segment) {
  constexpr std::uint8_t kNop = 1, kMss = 2, kScale = 3, kSackPermitted = 4, kSack = 5, kTime = 8;
  const auto mss = static_cast<std::uint16_t>(inner_mtu(path) - ip_header_size(path) - 20);
  const auto put_time = [&](std::uint8_t* p) {
    p[0] = kTime;
    p[1] = 10;
    store_be32(p + 2, segment.time);
    store_be32(p + 6, segment.echoed);
  };
  switch (segment.options) {
    case TcpOptions::none:
      return;
    case TcpOptions::syn:
    case TcpOptions::syn_short:
      at[0] = kMss;
      at[1] = 4;
      store_be16(at + 2, mss);
      if (segment.options == TcpOptions::syn_short) return;
      at[4] = kSackPermitted;
      at[5] = 2;
      put_time(at + 6);
      at[16] = kNop;
      at[17] = kScale;
      at[18] = 3;
      at[19] = 7;
      return;
    case TcpOptions::sack:
      at[12] = at[13] = kNop;
      at[14] = kSack;
      at[15] = 10;
      store_be32(at + 16, segment.sack_begin);
      store_be32(at + 20, segment.sack_end);
      [[fallthrough]];
    case TcpOptions::timestamps:
      at[0] = at[1] = kNop;
      put_time(at + 2);
      return;
  }
}

std::uint32_t pseudo_of(const Path& path, unsigned from, std::uint8_t protocol, std::size_t length) {
  return pseudo_sum(path.address[from], path.address[1 - from], protocol, length);
}

/// Writes a whole datagram with its checksum.
void put_datagram(std::uint8_t* at, const Path& path, const Datagram& datagram, const Message& message) {
  const std::size_t length = datagram_size(message);
  fill(message, 0, {at + 8, message.size});
  if (!datagram.echo) {
    store_be16(at, path.port[datagram.from]);
    store_be16(at + 2, path.port[1 - datagram.from]);
    store_be16(at + 4, static_cast<std::uint16_t>(length));
    store_be16(at + 6, 0);
    const std::uint32_t sum = pseudo_of(path, datagram.from, ip_proto::udp, length) + sum_words({at, length});
    store_be16(at + 6, never_zero(finish_sum(sum)));
    return;
  }
  constexpr std::uint8_t kRequest4 = 8, kReply4 = 0, kRequest6 = 128, kReply6 = 129;
  if (path.v6()) {
    at[0] = datagram.from == 0 ? kRequest6 : kReply6;
  } else {
    at[0] = datagram.from == 0 ? kRequest4 : kReply4;
  }
  at[1] = 0;
  store_be16(at + 2, 0);
  store_be16(at + 4, path.port[0]);
  store_be16(at + 6, static_cast<std::uint16_t>(message.b));
  const std::uint32_t pseudo = path.v6() ? pseudo_of(path, datagram.from, ip_proto::icmpv6, length) : 0;
  store_be16(at + 2, finish_sum(pseudo + sum_words({at, length})));
}

}  // namespace

void send_segment(Outlet& outlet, const Path& path, const Segment& segment, const Message& message,
                  std::int64_t time_ns) {
  if (!count(outlet)) return;
  const std::size_t header = 20 + options_size(segment.options), length = header + segment.length;
  std::uint8_t* const at =
      outlet.frames->begin(path, segment.from, ip_proto::tcp, length, segment.id, {}, false);
  store_be16(at, path.port[segment.from]);
  store_be16(at + 2, path.port[1 - segment.from]);
  store_be32(at + 4, segment.seq);
  store_be32(at + 8, segment.ack);
  store_be16(at + 12, static_cast<std::uint16_t>(header / 4 << 12 | segment.flags));
  store_be16(at + 14, segment.window);
  store_be32(at + 16, 0);  // checksum, urgent pointer
  put_options(at + 20, path, segment);
  if (segment.length != 0) fill(message, segment.offset, {at + header, segment.length});
  const std::uint32_t sum = pseudo_of(path, segment.from, ip_proto::tcp, length) + sum_words({at, length});
  store_be16(at + 16, finish_sum(sum));
  finish(outlet, time_ns);
}

std::size_t piece_size(const Path& path, std::size_t datagram) {
  const std::size_t room = inner_mtu(path) - ip_header_size(path);
  if (datagram <= room) return datagram;
  return (room - (path.v6() ? 8 : 0)) & ~std::size_t{7};
}

void send_datagram(Outlet& outlet, const Path& path, const Datagram& datagram, const Message& message,
                   std::int64_t time_ns) {
  const std::size_t whole = datagram_size(message), piece = piece_size(path, whole);
  if (piece < whole) ++outlet.counts.fragments;
  if (!count(outlet)) return;
  const std::uint8_t protocol = !datagram.echo ? ip_proto::udp
                                : path.v6()    ? ip_proto::icmpv6
                                               : ip_proto::icmp;
  const std::size_t length = std::min(piece, whole - datagram.begin);
  const Piece part{.offset = datagram.begin, .more = datagram.begin + length < whole};
  std::uint8_t* const at =
      outlet.frames->begin(path, datagram.from, protocol, length, datagram.id, part, true);
  if (part.whole()) {
    put_datagram(at, path, datagram, message);
  } else {  // its checksum covers all pieces
    assert(whole <= kLongestDatagram);
    std::array<std::uint8_t, kLongestDatagram> bytes;
    put_datagram(bytes.data(), path, datagram, message);
    std::memcpy(at, bytes.data() + datagram.begin, length);
  }
  finish(outlet, time_ns);
}

// RFC 792, RFC 4443 §3.1
void send_port_unreachable(Outlet& outlet, const Path& path, std::uint32_t quoted_id, std::uint32_t id,
                           std::int64_t time_ns) {
  if (!count(outlet)) return;
  const std::size_t length = 8 + ip_header_size(path) + 8;
  const std::uint8_t protocol = path.v6() ? ip_proto::icmpv6 : ip_proto::icmp;
  std::uint8_t* const at = outlet.frames->begin(path, 1, protocol, length, id, {}, true);
  at[0] = path.v6() ? 1 : 3;
  at[1] = path.v6() ? 4 : 3;
  store_be16(at + 2, 0);
  store_be32(at + 4, 0);
  std::uint8_t* const udp =
      put_ip(at + 8, path.address[0], path.address[1], path.ttl[0], ip_proto::udp, 8, quoted_id, {}, true);
  put_datagram(udp, path, {}, {});
  const std::uint32_t pseudo = path.v6() ? pseudo_of(path, 1, protocol, length) : 0;
  store_be16(at + 2, finish_sum(pseudo + sum_words({at, length})));
  finish(outlet, time_ns);
}

}  // namespace flowloom::synth
