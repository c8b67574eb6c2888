#include "dissect/net/ipv6_routing.hpp"

#include <cstring>

#include "dissect/dissector.hpp"
#include "dissect/source_route.hpp"

namespace flowloom::ipv6_routing {
namespace {

constexpr std::size_t kFixed = 8, kAddress = 16;

std::size_t put_addresses(Dissector& d, const Field& field, std::size_t header) {
  const std::size_t count = (header - kFixed) / kAddress;
  if (d.wants_values()) {
    for (std::size_t i = 0; i < count; ++i) d.put(field, kFixed + i * kAddress, kAddress);
  }
  return count;
}

/// RFC 6554 §3: addresses without the bytes that they share with the packet's destination.
void shortened(Dissector& d, std::size_t header) {
  constexpr const Field* kHead[] = {&rpl_inner, &rpl_last, &rpl_pad, &rpl_reserved};
  const std::size_t inner = kAddress - (d.u8(4) >> 4), last = kAddress - (d.u8(4) & 0xFU), pad = d.u8(5) >> 4;
  d.put_all(kHead, 0, kFixed);
  const std::size_t room = header - kFixed;
  if (room < pad + last || d.network().version != 6) return d.anomaly("address_list", 4, pad + last, room);
  const std::size_t count = (room - pad - last) / inner + 1;
  d.put_number(rpl_count, count, 4, 2);
  std::uint8_t full[kAddress];
  std::memcpy(full, d.network().destination, kAddress);
  for (std::size_t i = 0, at = kFixed; i < count; ++i) {
    const std::size_t size = i + 1 < count ? inner : last;
    const Bytes tail = d.bytes(at, size);
    if (tail.size() < size) return;
    std::memcpy(full + kAddress - size, tail.data(), size);
    d.put(rpl_address, at, size);
    d.put_made(rpl_full, {reinterpret_cast<const char*>(full), kAddress}, at, size);
    at += size;
  }
}

}  // namespace

Next dissect(Dissector& d) {
  constexpr const Field* kSegments[] = {&srh_last, &srh_flags, &srh_tag};
  const std::size_t header = (d.u8(1) + std::size_t{1}) * 8;
  const bool whole = d.set_header(header);
  if (d.wants_values()) d.put_number(len_oct, header, 1, 1);
  switch (d.u8(2)) {
    case 0: {
      if (d.wants_values()) d.put_bits(source_reserved, 0);
      const std::size_t count = put_addresses(d, source_addr, header);
      if (d.u8(3) > count) d.anomaly("segments_left", 3, d.u8(3), count);
      break;
    }
    case 2:
      if (d.wants_values()) d.put_all({{&home_reserved, &home_address}}, 0, header);
      break;
    case 3:
      if (d.wants_values()) shortened(d, header);
      break;
    case 4: {
      const std::size_t count = d.u8(4) + std::size_t{1}, room = (header - kFixed) / kAddress;
      if (d.wants_values()) d.put_all(kSegments, 0, header);
      if (count > room) d.anomaly("address_list", 4, count, room);
      put_addresses(d, srh_addr, kFixed + std::min(count, room) * kAddress);
      break;
    }
    default:
      if (d.wants_values()) d.put(unknown, 4, header - 4);
  }
  if (!whole) return Next::nothing();
  if (d.network().version == 6)
    d.set_ends(nullptr, last_stop(d.bytes(0, header), d.network().destination, d.made_end()));
  return d.to(Table::ip_proto, d.u8(0));
}

}  // namespace flowloom::ipv6_routing
