#include "dissect/link/nflog.hpp"

#include <cstring>

#include "dissect/dissector.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"

namespace flowloom::nflog {
namespace {

/// Attributes as linux/netfilter/nfnetlink_log.h numbers them.
enum Attribute : std::uint16_t {
  packet_header = 1,
  in = 4,
  out = 5,
  phys_in = 6,
  phys_out = 7,
  payload = 9,
  log_prefix = 10,
  user = 11,
  group = 14
};

void put_attribute(Dissector& d, std::uint16_t type, std::size_t at, std::size_t size) {
  switch (type) {
    case packet_header:
      if (size < 4) return;
      d.put(hw_protocol, at, 2);
      d.put(hook, at + 2, 1);
      return;
    case in:
    case out:
    case phys_in:
    case phys_out:
    case user:
    case group: {
      const Field& field = type == in         ? indev
                           : type == out      ? outdev
                           : type == phys_in  ? physindev
                           : type == phys_out ? physoutdev
                           : type == user     ? uid
                                              : gid;
      if (size == 4) d.put(field, at, 4);
      return;
    }
    case log_prefix: {
      const Bytes text = d.bytes(at, size);
      d.put(prefix, at, strnlen(reinterpret_cast<const char*>(text.data()), text.size()));
      return;
    }
    default:
      return;
  }
}

}  // namespace

Next dissect(Dissector& d) {
  const std::uint8_t what = d.u8(0);
  std::size_t payload_at = 0, payload_end = 0;
  for (std::size_t at = 4; d.has(at + 4);) {
    // In the byte order of the host that captured; types are small.
    std::uint16_t size = d.u16(at), type = d.u16(at + 2);
    if (type > 0xFF) {
      size = __builtin_bswap16(size);
      type = __builtin_bswap16(type);
    }
    if (size < 4 || (type != payload && !d.has(at + size))) {
      d.anomaly("attribute_length", at, size, d.captured() - at);
      if (payload_at != 0) break;
      d.set_header(at);
      return Next::data();
    }
    if (d.wants_values()) {
      d.put_number(tlv_length, size, at, 2);
      d.put_number(tlv_type, type, at + 2, 2);
    }
    if (type == payload) {
      payload_at = at + 4;
      payload_end = at + size;
    } else if (d.wants_values()) {
      const Dissector::Below below(d);
      put_attribute(d, type, at + 4, size - 4);
    }
    at += (size + 3U) & ~3U;
  }
  if (payload_at == 0) {
    d.set_header(d.captured());
    return Next::nothing();
  }
  d.limit(payload_end);
  d.set_header(payload_at);
  return what == 2 ? d.to(ip::protocol) : what == 10 ? d.to(ipv6::protocol) : Next::data();
}

}  // namespace flowloom::nflog
