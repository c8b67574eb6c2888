// What multiply.cpp knows of packets: where their addresses lie, which checksums cover them, and how to put
// other addresses there so that the checksums stay right. Ethernet with VLAN tags, IPv4, IPv6, and what
// ICMP errors quote.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace multiply {

using Bytes = std::span<std::uint8_t>;

inline std::uint16_t load16(const std::uint8_t* at) { return static_cast<std::uint16_t>(at[0] << 8 | at[1]); }

inline void store16(std::uint8_t* at, std::uint16_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value & 0xFF);
}

inline std::uint32_t load32(const std::uint8_t* at, bool swapped) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return swapped ? __builtin_bswap32(value) : value;
}

inline std::uint32_t sum(std::uint32_t start, std::span<const std::uint8_t> data) {
  for (std::size_t i = 0; i + 1 < data.size(); i += 2) {
    start += load16(&data[i]);
    start = (start & 0xFFFF) + (start >> 16);
  }
  if (data.size() % 2 != 0) {
    start += static_cast<std::uint32_t>(data.back() << 8);
  }
  return (start & 0xFFFF) + (start >> 16);
}

inline std::uint16_t folded(std::uint32_t value) {
  while (value >> 16 != 0) {
    value = (value & 0xFFFF) + (value >> 16);
  }
  return static_cast<std::uint16_t>(~value & 0xFFFF);
}

// An address in a packet, which every copy changes. `number`: order of its first appearance. `checksums`:
// offsets of those that cover it; for an address in a quoted packet they are themselves covered by the
// checksum of the quoting message, `message`. 0: none.
struct Place {
  std::size_t at = 0;
  std::size_t size = 4;
  std::uint32_t number = 0;
  std::array<std::size_t, 2> checksums{};
  std::size_t message = 0;
  bool udp = false;  // the second checksum is UDP's, which never is 0 (that means none)
};

struct Packet {
  std::uint64_t time = 0;   // µs since the start of the source
  std::uint64_t order = 0;  // among all packets of the sources
  std::uint32_t original = 0;
  std::vector<std::uint8_t> data;
  std::vector<Place> places;
};

using Address = std::array<std::uint8_t, 16>;

struct Addresses {
  std::map<std::pair<std::size_t, Address>, std::uint32_t> numbers;

  std::uint32_t number(std::span<const std::uint8_t> bytes) {
    Address key{};
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return numbers.try_emplace({bytes.size(), key}, static_cast<std::uint32_t>(numbers.size())).first->second;
  }
};

// Multicast, broadcast and unspecified addresses mean the same in each copy.
inline bool stays(std::span<const std::uint8_t> address) {
  return address.size() == 4 ? address[0] >= 224 || address[0] == 0
                             : address[0] == 0xFF ||
                                   std::ranges::all_of(address, [](std::uint8_t byte) { return byte == 0; });
}

// Where the parts of an IP packet lie; offsets within the frame.
struct Ip {
  std::size_t begin = 0;
  std::size_t transport = 0;  // 0: there is none (a later fragment, a header that is cut)
  std::size_t end = 0;        // by the length field
  std::uint8_t version = 4;
  std::uint8_t protocol = 0;
  bool fragment = false;
};

// Reads the IP header at `at`; false where it is none or cut short.
inline bool read_ip(std::span<const std::uint8_t> data, std::size_t at, Ip& ip) {
  if (at + 20 > data.size()) {
    return false;
  }
  ip = {.begin = at, .version = static_cast<std::uint8_t>(data[at] >> 4)};
  if (ip.version == 4) {
    const std::size_t header = (data[at] & 0x0FU) * 4U;
    if (header < 20 || at + header > data.size()) {
      return false;
    }
    ip.protocol = data[at + 9];
    ip.end = at + load16(&data[at + 2]);
    const std::uint16_t fragment = load16(&data[at + 6]);
    ip.fragment = (fragment & 0x3FFF) != 0;
    ip.transport = (fragment & 0x1FFF) == 0 ? at + header : 0;
    return true;
  }
  if (ip.version != 6 || at + 40 > data.size()) {
    return false;
  }
  ip.end = at + 40 + load16(&data[at + 4]);
  ip.protocol = data[at + 6];
  std::size_t next = at + 40;
  while (ip.protocol == 0 || ip.protocol == 43 || ip.protocol == 44 || ip.protocol == 60) {
    if (next + 8 > data.size()) {
      return true;
    }
    const bool fragment_header = ip.protocol == 44;
    ip.protocol = data[next];
    if (fragment_header) {
      const std::uint16_t fragment = load16(&data[next + 2]);
      ip.fragment = (fragment & 0xFFF9) != 0;
      if ((fragment & 0xFFF8) != 0) {
        return true;
      }
    }
    next += fragment_header ? 8U : (data[next + 1] + 1U) * 8U;
  }
  ip.transport = next;
  return true;
}

// The transport's checksum over its pseudo-header, if it has one: its offset in the header, or none.
inline bool transport_checksum(const Ip& ip, std::size_t& offset) {
  switch (ip.protocol) {
    case 6:
      offset = 16;
      return true;
    case 17:
    case 33:
    case 136:
      offset = 6;
      return true;
    case 58:
      offset = 2;
      return true;
    default:
      return false;
  }
}

// ICMP and ICMPv6 messages that quote a packet.
inline bool quotes(const Ip& ip, std::uint8_t type) {
  return ip.protocol == 1 ? type == 3 || type == 4 || type == 5 || type == 11 || type == 12
                          : ip.protocol == 58 && type >= 1 && type <= 4;
}

// Writes the right checksums of IPv4, TCP, UDP and ICMP where all they cover is there.
inline void correct(Bytes data, const Ip& ip) {
  if (ip.version == 4) {
    store16(&data[ip.begin + 10], 0);
    const std::size_t header = (data[ip.begin] & 0x0FU) * 4U;
    store16(&data[ip.begin + 10], folded(sum(0, data.subspan(ip.begin, header))));
  }
  if (ip.transport == 0 || ip.fragment || ip.end > data.size() || ip.end < ip.transport + 8) {
    return;
  }
  const Bytes segment = data.subspan(ip.transport, ip.end - ip.transport);
  if (ip.protocol == 1) {
    store16(&segment[2], 0);
    store16(&segment[2], folded(sum(0, segment)));
    return;
  }
  std::size_t offset = 0;
  const bool known = ip.protocol == 6 || ip.protocol == 17 || ip.protocol == 58;
  if (!known || !transport_checksum(ip, offset) || offset + 2 > segment.size()) {
    return;
  }
  if (ip.protocol == 17 && (load16(&segment[6]) == 0 || load16(&segment[4]) != segment.size())) {
    return;  // none, or not of the length that the header says
  }
  const std::size_t addresses = ip.version == 4 ? ip.begin + 12 : ip.begin + 8;
  const std::size_t size = ip.version == 4 ? 8 : 32;
  store16(&segment[offset], 0);
  std::uint32_t total =
      sum(ip.protocol + static_cast<std::uint32_t>(segment.size()), data.subspan(addresses, size));
  total = sum(total, segment);
  const std::uint16_t value = folded(total);
  store16(&segment[offset], value == 0 && ip.protocol == 17 ? 0xFFFF : value);
}

// Finds the addresses that copies change in the IP packet at `at`; `message`: offset of the checksum of the
// ICMP message that quotes it, or 0.
inline void find_places(Packet& packet, std::size_t at, Addresses& addresses, std::size_t message) {
  Ip ip;
  if (!read_ip(packet.data, at, ip)) {
    return;
  }
  if (message == 0) {
    correct(packet.data, ip);
  }
  Place place{.size = ip.version == 4 ? 4U : 16U, .message = message};
  place.checksums[0] = ip.version == 4 ? at + 10 : 0;
  const std::span<const std::uint8_t> data = packet.data;
  std::size_t offset = 0;
  if (ip.transport != 0 && transport_checksum(ip, offset) && ip.transport + offset + 2 <= data.size()) {
    const std::size_t checksum = ip.transport + offset;
    const bool none = ip.protocol == 17 && load16(&data[checksum]) == 0;
    place.checksums[1] = none ? 0 : checksum;
    place.udp = ip.protocol == 17;
  }
  for (const std::size_t which : {0U, 1U}) {
    place.at = at + (ip.version == 4 ? 12 : 8) + which * place.size;
    const auto address = data.subspan(place.at, place.size);
    if (!stays(address)) {
      place.number = addresses.number(address);
      packet.places.push_back(place);
    }
  }
  if (message == 0 && ip.transport != 0 && !ip.fragment && ip.transport + 8 <= data.size() &&
      quotes(ip, data[ip.transport])) {
    find_places(packet, ip.transport + 8, addresses, ip.transport + 2);
  }
}

// Where IP begins in an Ethernet frame, behind VLAN tags; 0: it holds none.
inline std::size_t ip_offset(std::span<const std::uint8_t> frame) {
  for (std::size_t at = 12; at + 2 <= frame.size(); at += 4) {
    const std::uint16_t type = load16(&frame[at]);
    if (type == 0x0800 || type == 0x86DD) {
      return at + 2;
    }
    if (type != 0x8100 && type != 0x88A8 && type != 0x9100) {
      break;
    }
  }
  return 0;
}

// RFC 1624 equation 3.
inline void update(std::uint8_t* checksum, std::uint16_t from, std::uint16_t to, bool udp = false) {
  std::uint32_t total = static_cast<std::uint16_t>(~load16(checksum));
  total += static_cast<std::uint16_t>(~from);
  total += to;
  const std::uint16_t value = folded(total);
  store16(checksum, udp && value == 0 ? 0xFFFF : value);
}

inline void replace(Bytes data, const Place& place, const Address& address) {
  for (std::size_t i = 0; i < place.size; i += 2) {
    const std::uint16_t from = load16(&data[place.at + i]);
    const std::uint16_t to = load16(&address[i]);
    store16(&data[place.at + i], to);
    for (std::size_t which = 0; which < place.checksums.size(); ++which) {
      if (place.checksums[which] == 0) {
        continue;
      }
      std::uint8_t* const checksum = &data[place.checksums[which]];
      const std::uint16_t before = load16(checksum);
      update(checksum, from, to, which == 1 && place.udp);
      if (place.message != 0) {
        update(&data[place.message], before, load16(checksum));
      }
    }
    if (place.message != 0) {
      update(&data[place.message], from, to);
    }
  }
}

}  // namespace multiply
