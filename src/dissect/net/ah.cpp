#include "dissect/net/ah.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::ah {

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::size_t size = (header.get<length>() + std::size_t{2}) * 4;
  const bool whole = d.set_header(std::max<std::size_t>(size, protocol.min_length));
  if (d.wants_values() && size > protocol.min_length)
    d.put(icv, protocol.min_length, size - protocol.min_length);
  return whole ? d.to(Table::ip_proto, header.get<next_header>()) : Next::nothing();
}

}  // namespace flowloom::ah
