#include "dissect/transport/udp.hpp"

#include <algorithm>

#include "dissect/dissector.hpp"

namespace flowloom::udp {

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::uint16_t size = header.get<length>();
  if (size >= protocol.min_length) d.limit(size);  // 0: a jumbogram's (RFC 2675)
  const auto [low, high] = std::minmax({header.get<srcport>(), header.get<dstport>()});
  const Next next = d.to(Table::udp_port, low);
  return next.what == Next::What::protocol ? next : d.to(Table::udp_port, high);
}

}  // namespace flowloom::udp
