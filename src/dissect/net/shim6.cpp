#include "dissect/net/shim6.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::shim6 {

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::size_t size = (header.get<length>() + std::size_t{1}) * 8;
  if (d.wants_values()) {
    d.put_number(length_bytes, size, 1, 1);
    if (!header.get<payload>()) d.put(type);
  }
  if (!d.set_header(size)) return Next::nothing();
  return d.to(Table::ip_proto, header.get<nxt>());
}

}  // namespace flowloom::shim6
