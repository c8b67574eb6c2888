#include "dissect/link/pppoe.hpp"

#include "dissect/dissector.hpp"
#include "dissect/link/ppp.hpp"

namespace flowloom {

Next pppoe::dissect(Dissector& d) {
  d.limit(std::uint64_t{protocol.min_length} + d.header<protocol>().get<payload_length>());
  return d.to(ppp::protocol);
}

Next pppoed::dissect(Dissector& d) {
  const std::size_t begin = protocol.min_length;
  d.limit(begin + d.header<pppoe::protocol>().get<pppoe::payload_length>());
  d.set_header(d.captured());
  if (!d.wants_values()) return Next::nothing();
  constexpr std::uint16_t kEndOfList = 0;
  for (std::size_t at = begin; d.has(at + 4);) {
    const std::uint16_t type = d.u16(at), size = d.u16(at + 2);
    if (type == kEndOfList) break;
    const Field* content = type == 0x0101   ? &service_name
                           : type == 0x0102 ? &ac_name
                           : type == 0x0103 ? &host_uniq
                           : type == 0x0104 ? &ac_cookie
                                            : nullptr;
    if (content == nullptr) {
      d.put(tag, at, 2);
      d.put(tag_length, at + 2, 2);
      content = &unknown;
    }
    at += 4;
    if (!d.has(at + size)) d.anomaly("tag_length", at, size, d.captured() - at);
    if (size != 0) d.put(*content, at, size);
    at += size;
  }
  return Next::nothing();
}

}  // namespace flowloom
