#include "dissect/net/ipv6.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::ipv6 {

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::uint16_t payload = header.get<plen>();
  if (payload != 0)
    d.limit(std::uint64_t{protocol.min_length} + payload);  // 0: a jumbo payload's, or offload's
  d.set_network({6, header.bytes<src>(), header.bytes<dst>(), false});
  return d.to(Table::ip_proto, header.get<nxt>());
}

}  // namespace flowloom::ipv6
