#include "dissect/link/raw.hpp"

#include "dissect/dissector.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"

namespace flowloom::rawip {

Next dissect(Dissector& d) {
  if (d.captured() == 0) return Next::nothing();
  return (d.u8(0) >> 4) == 6 ? d.to(ipv6::protocol) : d.to(ip::protocol);
}

}  // namespace flowloom::rawip
