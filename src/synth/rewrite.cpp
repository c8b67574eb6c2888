#include "synth/rewrite.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <optional>

#include "base/checksum.hpp"
#include "base/endian.hpp"
#include "base/store.hpp"
#include "dissect/packet_record.hpp"
#include "dissect/source_route.hpp"

namespace flowloom::synth {
namespace {

using Packet = std::span<std::uint8_t>;

/// Where the parts of an IP packet lie; offsets in the frame.
struct Parts {
  std::size_t begin = 0;
  std::size_t header_end = 0;
  std::size_t transport = 0;  ///< 0: there is none (a later fragment, a header that is cut)
  std::size_t end = 0;        ///< by the length field
  std::uint8_t version = 4;
  std::uint8_t protocol = 0;
  bool fragment = false;
  /// Source and destination of the pseudo-header, which can be others than the header's (source_route.hpp).
  std::array<std::array<std::uint8_t, 16>, 2> ends = {};
  std::array<bool, 2> moved = {};            ///< it is another
  std::array<std::size_t, 2> moved_to = {};  ///< where its last bytes stand; 0: nowhere as such
  std::array<std::uint8_t, 2> shared = {};   ///< so many bytes before those are the header's address'

  [[nodiscard]] std::size_t address_size() const { return version == 4 ? 4 : 16; }
  /// The header's addresses are the ends.
  void set_ends(Bytes packet) {
    for (std::size_t which = 0; which < 2; ++which) {
      const std::size_t at = begin + (version == 4 ? 12 : 8) + which * address_size();
      std::memcpy(ends[which].data(), &packet[at], address_size());
    }
  }
  void move_end(std::size_t which, Bytes packet, const std::uint8_t* address) {
    if (address == nullptr) return;
    std::memcpy(ends[which].data(), address, address_size());
    moved[which] = true;
    moved_to[which] = static_cast<std::size_t>(address - packet.data());
  }
  /// A compressed route.
  void make_destination(Bytes packet, const std::array<std::uint8_t, 16>& address, AddressTail tail) {
    ends[1] = address;
    moved[1] = true;
    // New addresses of a copy differ in their last bytes only.
    constexpr std::size_t kOwn = 4;
    if (tail.size < kOwn) return;
    moved_to[1] = static_cast<std::size_t>(tail.data - packet.data());
    shared[1] = static_cast<std::uint8_t>(address.size() - tail.size);
  }
};

/// RFC 4302 §2.2: what is authenticated follows.
void skip_authentication(Bytes packet, Parts& parts) {
  while (parts.transport != 0 && parts.protocol == ip_proto::ah && parts.transport + 2 <= packet.size()) {
    parts.protocol = packet[parts.transport];
    parts.transport += (packet[parts.transport + 1] + 2U) * 4U;
  }
}

std::optional<Parts> read_ipv4(Bytes packet, std::size_t at) {
  if (packet.size() < at + 20) return std::nullopt;
  const std::size_t header = (packet[at] & 0x0FU) * 4U;
  if (header < 20 || packet.size() < at + header) return std::nullopt;
  Parts parts{.begin = at, .header_end = at + header, .version = 4, .protocol = packet[at + 9]};
  const std::size_t total = load_be16(&packet[at + 2]);
  parts.end = total == 0 ? packet.size() : at + total;  // 0: segmentation offload
  const std::uint16_t fragment = load_be16(&packet[at + 6]);
  parts.fragment = (fragment & 0x3FFF) != 0;
  parts.transport = (fragment & 0x1FFF) == 0 ? parts.header_end : 0;
  parts.set_ends(packet);
  parts.move_end(1, packet, last_stop(packet.subspan(at + 20, header - 20)));
  skip_authentication(packet, parts);
  return parts;
}

std::optional<Parts> read_ipv6(Bytes packet, std::size_t at) {
  if (packet.size() < at + 40) return std::nullopt;
  Parts parts{.begin = at, .header_end = at + 40, .version = 6, .protocol = packet[at + 6]};
  parts.end = at + 40 + load_be16(&packet[at + 4]);
  parts.set_ends(packet);
  std::size_t next = at + 40;
  for (;;) {
    const bool options = parts.protocol == ip_proto::hopopt || parts.protocol == ip_proto::ipv6_route ||
                         parts.protocol == ip_proto::ipv6_opts || parts.protocol == ip_proto::shim6;
    const bool fragment = parts.protocol == ip_proto::ipv6_frag;
    if (!options && !fragment && parts.protocol != ip_proto::ah) break;
    if (packet.size() < next + 8) return parts;
    const std::size_t length = fragment  ? 8U
                               : options ? (packet[next + 1] + 1U) * 8U
                                         : (packet[next + 1] + 2U) * 4U;
    if (packet.size() < next + length) return parts;
    const Bytes extension = packet.subspan(next, length);
    if (parts.protocol == ip_proto::ipv6_route && !parts.fragment) {
      std::array<std::uint8_t, 16> made;
      const std::uint8_t* const stop = last_stop(extension, &packet[at + 24], made);
      if (stop == made.data()) {
        parts.make_destination(packet, made, last_stop_tail(extension));
      } else {
        parts.move_end(1, packet, stop);
      }
    } else if (options && !parts.fragment) {
      parts.move_end(0, packet, home_address(extension));
    }
    parts.protocol = packet[next];
    if (fragment) {
      const std::uint16_t offset = load_be16(&packet[next + 2]);
      if ((offset & 0xFFF9) != 0) parts.fragment = true;
      if ((offset & 0xFFF8) != 0) return parts;
    }
    next += length;
  }
  parts.transport = next;
  return parts;
}

std::optional<Parts> read_ip(Bytes packet, const IpHeaderPlace& place) {
  return place.version == 4 ? read_ipv4(packet, place.offset) : read_ipv6(packet, place.offset);
}

/// What a transport's checksum covers.
struct TransportSum {
  std::size_t at = 0;   ///< offset in the packet
  bool pseudo = false;  ///< also the addresses
  bool inside = false;  ///< all that follows; else only the transport's own
  bool udp = false;
  bool never_zero = false;  ///< 0xFFFF stands for 0: UDP's, where 0 says that there is none, and UDP-Lite's
};

/// The checksum of what an IP packet carries; none where it has none or it is not captured.
std::optional<TransportSum> transport_sum(Bytes packet, const Parts& parts) {
  if (parts.transport == 0) return std::nullopt;
  TransportSum sum;
  switch (parts.protocol) {
    case ip_proto::tcp:
      sum = {.at = 16, .pseudo = true};
      break;
    case ip_proto::udp:
      sum = {.at = 6, .pseudo = true, .inside = true, .udp = true, .never_zero = true};
      break;
    case ip_proto::udplite:
      sum = {.at = 6, .pseudo = true, .never_zero = true};
      break;
    case ip_proto::dccp:
      sum = {.at = 6, .pseudo = true};
      break;
    case ip_proto::icmpv6:
      sum = {.at = 2, .pseudo = true, .inside = true};
      break;
    case ip_proto::icmp:
      sum = {.at = 2, .inside = true};
      break;
    case ip_proto::gre:
      if (parts.transport >= packet.size() || (packet[parts.transport] & 0x80) == 0) return std::nullopt;
      sum = {.at = 4, .inside = true};
      break;
    default:
      return std::nullopt;
  }
  sum.at += parts.transport;
  if (sum.at + 2 > packet.size()) return std::nullopt;
  if (sum.udp && load_be16(&packet[sum.at]) == 0) return std::nullopt;  // it says that there is none
  return sum;
}

/// Makes the checksums of a packet right, where all that they cover is there.
void correct(Packet packet, const Parts& parts) {
  if (parts.version == 4) {
    store_be16(&packet[parts.begin + 10], 0);
    const Packet header = packet.subspan(parts.begin, parts.header_end - parts.begin);
    store_be16(&packet[parts.begin + 10], finish_sum(sum_words(header)));
  }
  const auto sum = transport_sum(packet, parts);
  const bool whole = !parts.fragment && parts.end <= packet.size() && parts.end >= parts.transport + 8;
  const bool known = parts.protocol == ip_proto::tcp || parts.protocol == ip_proto::udp ||
                     parts.protocol == ip_proto::icmp || parts.protocol == ip_proto::icmpv6;
  if (!sum || !known || !whole || sum->at + 2 > parts.end) return;
  const Packet segment = packet.subspan(parts.transport, parts.end - parts.transport);
  if (sum->udp && load_be16(&segment[4]) != segment.size()) return;  // not of the length that it says
  std::uint32_t total = 0;
  if (sum->pseudo) {
    total = parts.protocol + static_cast<std::uint32_t>(segment.size() & 0xFFFF);
    for (const auto& end : parts.ends) total += sum_words(Bytes(end).first(parts.address_size()));
  }
  store_be16(&packet[sum->at], 0);
  const std::uint16_t value = finish_sum(total + sum_words(segment));
  store_be16(&packet[sum->at], sum->never_zero ? never_zero(value) : value);
}

/// Multicast, broadcast and unspecified addresses mean the same in each copy.
bool stays(const IpAddress& address) {
  if (address.version == 4) return address.bytes[0] >= 224 || address.bytes[0] == 0;
  return address.bytes[0] == 0xFF ||
         std::ranges::all_of(address.bytes, [](std::uint8_t b) { return b == 0; });
}

constexpr std::uint16_t swapped(std::uint16_t v) { return static_cast<std::uint16_t>(v << 8 | v >> 8); }

/// Tells the first `count` enclosing checksums that the word at `at` has changed.
void tell(Packet packet, const Rewrite& rewrite, std::size_t count, std::uint32_t at, std::uint16_t from,
          std::uint16_t to) {
  for (std::size_t i = count; i-- > 0;) {
    const Enclosing& sum = rewrite.enclosing[i];
    // At an odd distance the word's bytes are in the other halves of the words that are added up.
    const bool odd = ((at - sum.begin) & 1) != 0;
    const std::uint16_t before = load_be16(&packet[sum.at]);
    std::uint16_t after = update_sum(before, odd ? swapped(from) : from, odd ? swapped(to) : to);
    if (sum.never_zero) after = never_zero(after);
    store_be16(&packet[sum.at], after);
    tell(packet, rewrite, i, sum.at, before, after);
  }
}

void change(Packet packet, const Rewrite& rewrite, std::size_t count, std::uint32_t at, std::uint16_t to) {
  const std::uint16_t from = load_be16(&packet[at]);
  if (from == to) return;
  store_be16(&packet[at], to);
  tell(packet, rewrite, count, at, from, to);
}

void correct_all(Packet packet, std::span<const IpHeaderPlace> headers) {
  for (std::size_t i = headers.size(); i-- > 0;) {  // outer checksums cover the inner ones
    if (headers[i].quoted) continue;
    if (const auto parts = read_ip(packet, headers[i])) correct(packet, *parts);
  }
}

}  // namespace

std::uint32_t AddressNumbers::number(const IpAddress& address) {
  const auto [entry, added] = numbers_.try_emplace(address, 0);
  if (added) entry->second = next_[address.version == 4 ? 0 : 1]++;
  return entry->second;
}

Rewrite plan_rewrite(Packet packet, std::span<const IpHeaderPlace> headers, AddressNumbers& numbers) {
  correct_all(packet, headers);
  Rewrite rewrite;
  for (const IpHeaderPlace& header : headers) {
    const auto parts = read_ip(packet, header);
    if (!parts) break;
    const auto sum = transport_sum(packet, *parts);
    const std::uint32_t size = header.version == 4 ? 4 : 16;
    AddressPlace place{.version = header.version,
                       .enclosing = static_cast<std::uint8_t>(rewrite.enclosing.size())};
    if (header.version == 4) place.header_sum = header.offset + 10;
    if (sum && sum->pseudo) {
      place.transport_sum = static_cast<std::uint32_t>(sum->at);
      place.never_zero = sum->never_zero;
    }
    const auto add = [&](std::size_t which, AddressPlace of) {
      IpAddress address;
      address.version = header.version;
      std::memcpy(address.bytes.data(), of.moved ? parts->ends[which].data() : &packet[of.at], size);
      if (stays(address)) return;
      of.number = numbers.number(address);
      rewrite.places.push_back(of);
    };
    for (std::uint32_t which = 0; which < 2; ++which) {
      AddressPlace of = place;
      of.at = header.offset + (header.version == 4 ? 12 : 8) + which * size;
      if (parts->moved[which]) of.transport_sum = 0;
      add(which, of);
      if (!parts->moved[which] || header.quoted) continue;
      rewrite.routed.assign(headers.begin(), headers.end());
      if (parts->moved_to[which] == 0) continue;
      add(which, {.at = static_cast<std::uint32_t>(parts->moved_to[which]),
                  .version = header.version,
                  .moved = true,
                  .shared = parts->shared[which]});
    }
    if (!sum || !sum->inside) continue;
    if (rewrite.enclosing.size() == Rewrite::kMostEnclosing) break;
    rewrite.enclosing.push_back({.at = static_cast<std::uint32_t>(sum->at),
                                 .begin = static_cast<std::uint32_t>(parts->transport),
                                 .never_zero = sum->never_zero});
  }
  return rewrite;
}

void put_address(Packet packet, const Rewrite& rewrite, const AddressPlace& place, const IpAddress& address) {
  const std::uint32_t size = place.version == 4 ? 4 : 16;
  if (place.moved) {  // finish_rewrite() makes the checksums
    std::memcpy(&packet[place.at], &address.bytes[place.shared], size - place.shared);
    return;
  }
  for (std::uint32_t i = 0; i < size; i += 2) {
    const std::uint16_t from = load_be16(&packet[place.at + i]), to = load_be16(&address.bytes[i]);
    change(packet, rewrite, place.enclosing, place.at + i, to);
    if (place.header_sum != 0) {
      const std::uint16_t sum = update_sum(load_be16(&packet[place.header_sum]), from, to);
      change(packet, rewrite, place.enclosing, place.header_sum, sum);
    }
    if (place.transport_sum != 0) {
      const std::uint16_t sum = update_sum(load_be16(&packet[place.transport_sum]), from, to);
      change(packet, rewrite, place.enclosing, place.transport_sum, place.never_zero ? never_zero(sum) : sum);
    }
  }
}

void finish_rewrite(Packet packet, const Rewrite& rewrite) { correct_all(packet, rewrite.routed); }

}  // namespace flowloom::synth
