#include "dissect/link/null.hpp"

#include "dissect/dissector.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"

namespace flowloom::null {

Next dissect(Dissector& d) {
  // In the byte order of the host that captured; LINKTYPE_LOOP: the network's. Families are small numbers.
  const std::uint32_t big = d.u32(0), number = (big & 0xFFFF0000) != 0 ? __builtin_bswap32(big) : big;
  if (d.wants_values()) d.put_number(family, number, 0, 4);
  switch (number) {
    case 2:  // AF_INET everywhere
      return d.to(ip::protocol);
    case 10:  // AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS
    case 24:
    case 28:
    case 30:
      return d.to(ipv6::protocol);
    default:
      return Next::data();
  }
}

}  // namespace flowloom::null
