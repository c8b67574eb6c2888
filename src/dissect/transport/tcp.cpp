#include "dissect/transport/tcp.hpp"

#include <algorithm>

#include "dissect/dissector.hpp"

namespace flowloom::tcp {

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::size_t header_length = header.get<hdr_len>();
  if (header_length < protocol.min_length) {
    d.anomaly("header_length", 12, protocol.min_length, header_length);
    return Next::nothing();
  }
  if (!d.set_header(header_length)) return Next::nothing();
  const auto [low, high] = std::minmax({header.get<srcport>(), header.get<dstport>()});
  const Next next = d.to(Table::tcp_port, low);
  return next.what == Next::What::protocol ? next : d.to(Table::tcp_port, high);
}

}  // namespace flowloom::tcp
