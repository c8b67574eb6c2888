#include "dissect/net/ipv6_fragment.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::ipv6_fragment {

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const bool later = header.get<offset>() != 0;
  Dissector::Network network = d.network();
  network.fragment = network.fragment || later || header.get<more>();
  d.set_network(network);
  return later ? Next::data() : d.to(Table::ip_proto, header.get<nxt>());
}

}  // namespace flowloom::ipv6_fragment
