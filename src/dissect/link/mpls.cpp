#include "dissect/link/mpls.hpp"

#include "dissect/dissector.hpp"
#include "dissect/link/ethernet.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"

namespace flowloom::mpls {

Next dissect(Dissector& d) {
  constexpr std::size_t kEntry = 4, kMaxLabels = 64;
  std::size_t end = 0;
  for (bool last = false; !last; end += kEntry) {
    if (end == kEntry * kMaxLabels) {
      d.anomaly("too_many_labels", end);
      return Next::nothing();
    }
    if (!d.set_header(end + kEntry)) return Next::nothing();
    last = (d.u8(end + 2) & 1) != 0;
    if (!d.wants_values()) continue;
    for (const Field* field : {&label, &exp, &bottom, &ttl}) d.put_bits(*field, end);
  }
  // The stack does not say what follows: its first nibble does (RFC 4928 §3).
  switch (d.u8(end) >> 4) {
    case 4:
      return d.to(ip::protocol);
    case 6:
      return d.to(ipv6::protocol);
    default:
      return Next::data();
  }
}

}  // namespace flowloom::mpls
