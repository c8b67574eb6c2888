#include "dissect/tunnel/gtp.hpp"

#include "dissect/dissector.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"

namespace flowloom::gtp {

namespace {

void put_flags(Dissector& d) {
  for (const Field* field : {&reserved, &e, &s, &pn}) d.put(*field);
}

}  // namespace

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  if (header.get<version>() != 1) return Next::reject();
  const bool wanted = d.wants_values();
  if (wanted) put_flags(d);
  std::size_t at = protocol.min_length;
  d.limit(at + header.get<length>());
  if (header.get<e>() || header.get<s>() || header.get<pn>()) {
    if (wanted && header.get<s>()) d.put(seq_number);
    if (wanted && header.get<pn>()) d.put(npdu_number);
    if (wanted && header.get<e>()) d.put(first_ext_hdr);
    bool more = header.get<e>() && d.u8(at + 3) != 0;
    at += 4;
    while (more && d.has(at + 4)) {  // 3GPP TS 29.281 §5.2
      const std::size_t size = d.u8(at) * 4U;
      if (size == 0 || !d.has(at + size)) {
        d.anomaly("extension_length", at, size, d.captured() - at);
        return Next::data();
      }
      if (wanted) {
        d.put_number(ext_hdr, 0, at, size);
        const Dissector::Below below(d);
        d.put(ext_hdr_length, at, 1);
        d.put(ext_hdr_next, at + size - 1, 1);
      }
      more = d.u8(at + size - 1) != 0;
      at += size;
    }
  }
  if (!d.set_header(at)) return Next::nothing();
  constexpr std::uint8_t kGpdu = 255;
  if (header.get<message>() != kGpdu) return Next::data();
  switch (d.u8(at) >> 4) {  // the inner packet's first nibble
    case 4:
      return d.to(ip::protocol);
    case 6:
      return d.to(ipv6::protocol);
    default:
      return Next::data();
  }
}

/// A single byte is too little to tell.
Next dissect_cut(Dissector& d) {
  if (d.wire() < 2 || d.u8(0) >> 5 != 1) return Next::reject();
  if (d.wants_values()) put_flags(d);
  return Next::nothing();
}

}  // namespace flowloom::gtp
