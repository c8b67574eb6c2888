#include "synth/frame.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "base/checksum.hpp"
#include "base/store.hpp"
#include "dissect/packet_record.hpp"

namespace flowloom::synth {
namespace {

constexpr std::uint16_t kIpv4Type = 0x0800, kIpv6Type = 0x86DD, kBridging = 0x6558;
constexpr std::uint16_t kGtpPort = 2152, kVxlanPort = 4789, kGenevePort = 6081;

std::uint16_t low16(std::size_t v) { return static_cast<std::uint16_t>(v); }

std::size_t address_size(const IpAddress& address) { return address.version == 4 ? 4 : 16; }

std::uint16_t ether_type(const IpAddress& address) { return address.version == 4 ? kIpv4Type : kIpv6Type; }

/// A locally administered address made of the last bytes of an IP address.
std::uint8_t* put_mac(std::uint8_t* at, const IpAddress& address) {
  at[0] = 2;
  at[1] = address.version;
  std::memcpy(at + 2, address.bytes.data() + address_size(address) - 4, 4);
  return at + 6;
}

}  // namespace

std::uint32_t pseudo_sum(const IpAddress& source, const IpAddress& destination, std::uint8_t protocol,
                         std::size_t length) {
  const std::size_t size = address_size(source);
  return sum_words({source.bytes.data(), size}) + sum_words({destination.bytes.data(), size}) + protocol +
         static_cast<std::uint32_t>(length);
}

std::uint8_t* put_ip(std::uint8_t* at, const IpAddress& source, const IpAddress& destination,
                     std::uint8_t ttl, std::uint8_t protocol, std::size_t length, std::uint32_t id,
                     Piece piece, bool may_fragment) {
  if (source.version == 4) {
    constexpr std::uint16_t kDont = 0x4000, kMore = 0x2000;
    at[0] = 0x45;
    at[1] = 0;
    store_be16(at + 2, low16(20 + length));
    store_be16(at + 4, low16(id));
    store_be16(at + 6, low16((may_fragment ? 0U : kDont) | (piece.more ? kMore : 0U) | piece.offset / 8));
    at[8] = ttl;
    at[9] = protocol;
    store_be16(at + 10, 0);
    std::memcpy(at + 12, source.bytes.data(), 4);
    std::memcpy(at + 16, destination.bytes.data(), 4);
    store_be16(at + 10, finish_sum(sum_words({at, 20})));
    return at + 20;
  }
  const bool whole = piece.whole();
  store_be32(at, 0x60000000);
  store_be16(at + 4, low16(length + (whole ? 0 : 8)));
  at[6] = whole ? protocol : ip_proto::ipv6_frag;
  at[7] = ttl;
  std::memcpy(at + 8, source.bytes.data(), 16);
  std::memcpy(at + 24, destination.bytes.data(), 16);
  at += 40;
  if (whole) return at;
  at[0] = protocol;
  at[1] = 0;
  store_be16(at + 2, low16(piece.offset | (piece.more ? 1U : 0U)));
  store_be32(at + 4, id);
  return at + 8;
}

void FrameWriter::start(PacketWindow& window, std::size_t capacity) {
  window_ = &window;
  window.packets.clear();
  window.buffer.resize(capacity);
  capacity_ = capacity;
  used_ = 0;
}

std::uint8_t* FrameWriter::put_ethernet(std::uint8_t* at, const Path& path, unsigned from, bool inner) {
  const auto& ends = path.wrap == Wrap::none || inner ? path.address : path.outer;
  at = put_mac(at, ends[1 - from]);
  at = put_mac(at, ends[from]);
  if (!inner) {
    for (unsigned i = 0; i < path.vlans; ++i, at += 4) {
      store_be16(at, i + 1 < path.vlans ? 0x88A8 : 0x8100);
      store_be16(at + 2, path.vlan[i]);
    }
  }
  store_be16(at, ether_type(ends[0]));
  return at + 2;
}

std::uint8_t* FrameWriter::put_wrap(std::uint8_t* at, const Path& path, unsigned from, std::size_t inside,
                                    std::uint32_t id) {
  const IpAddress &source = path.outer[from], &destination = path.outer[1 - from];
  const std::uint8_t inner_protocol = path.v6() ? ip_proto::ipv6 : ip_proto::ipv4;
  const std::size_t ip = source.version == 4 ? 20 : 40;
  const std::size_t payload = wrap_size(path) - ip + inside;
  const bool over_udp = path.wrap == Wrap::vxlan || path.wrap == Wrap::gtp || path.wrap == Wrap::geneve;
  const std::uint8_t protocol = over_udp                 ? ip_proto::udp
                                : path.wrap == Wrap::gre ? ip_proto::gre
                                                         : inner_protocol;
  at = put_ip(at, source, destination, 64, protocol, payload, id, {}, false);
  if (path.wrap == Wrap::gre) {
    store_be16(at, 0xA000);  // checksum and key are there
    store_be16(at + 2, ether_type(path.address[0]));
    store_be32(at + 4, 0);
    store_be32(at + 8, path.wrap_id[from]);
    covered_ = at;
    checksum_ = at + 4;
    outer_sum_ = 0;
    return at + 12;
  }
  if (!over_udp) return at;

  // The source port tells the conversations inside apart, so that routers can spread them (RFC 7348 §5).
  const auto spread = static_cast<std::uint16_t>(
      0xC000 | ((path.port[0] ^ path.port[1] ^ path.address[0].bytes[3]) & 0x3FFF));
  const std::uint16_t port = path.wrap == Wrap::gtp     ? kGtpPort
                             : path.wrap == Wrap::vxlan ? kVxlanPort
                                                        : kGenevePort;
  store_be16(at, path.wrap == Wrap::gtp ? kGtpPort : spread);
  store_be16(at + 2, port);
  store_be16(at + 4, low16(payload));
  store_be16(at + 6, 0);
  if (path.wrap != Wrap::vxlan) {
    covered_ = at;
    checksum_ = at + 6;
    outer_sum_ = pseudo_sum(source, destination, ip_proto::udp, payload);
  }
  at += 8;
  switch (path.wrap) {
    case Wrap::gtp:
      at[0] = 0x30;
      at[1] = 255;
      store_be16(at + 2, low16(inside));
      store_be32(at + 4, path.wrap_id[from]);
      return at + 8;
    case Wrap::vxlan:
      store_be32(at, 0x08000000);
      break;
    default:
      store_be16(at, 0);
      store_be16(at + 2, kBridging);
      break;
  }
  store_be32(at + 4, path.wrap_id[from] << 8);
  return put_ethernet(at + 8, path, from, true);
}

std::uint8_t* FrameWriter::begin(const Path& path, unsigned from, std::uint8_t protocol, std::size_t length,
                                 std::uint32_t id, Piece piece, bool may_fragment) {
  const std::size_t fragment_header = path.v6() && !piece.whole() ? 8 : 0;
  const std::size_t packet = ip_header_size(path) + fragment_header + length;
  assert(has_room() && packet <= inner_mtu(path));
  covered_ = checksum_ = nullptr;
  std::uint8_t* at = window_->buffer.data() + used_;
  at = put_ethernet(at, path, from, false);
  if (path.wrap != Wrap::none) at = put_wrap(at, path, from, packet, id);
  at = put_ip(at, path.address[from], path.address[1 - from], path.ttl[from], protocol, length, id, piece,
              may_fragment);
  end_ = at + length;
  return at;
}

void FrameWriter::finish(std::int64_t time_ns, std::uint64_t number) {
  if (checksum_ != nullptr) {
    const Bytes covered(covered_, static_cast<std::size_t>(end_ - covered_));
    const std::uint16_t sum = finish_sum(outer_sum_ + sum_words(covered));
    store_be16(checksum_, never_zero(sum));
  }
  std::uint8_t* const begin = window_->buffer.data() + used_;
  auto size = static_cast<std::size_t>(end_ - begin);
  if (size < kShortestFrame) {
    std::memset(end_, 0, kShortestFrame - size);
    size = kShortestFrame;
  }
  window_->packets.push_back({.bytes = {begin, size},
                              .time = {kStart + time_ns - time_ns % 1000},
                              .number = number,
                              .original_length = static_cast<std::uint32_t>(size),
                              .link_type = 1,
                              .interface = 0});
  used_ += size;
}

}  // namespace flowloom::synth
