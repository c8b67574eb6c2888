#include "dissect/tunnel/etherip.hpp"

#include "dissect/dissector.hpp"
#include "dissect/link/ethernet.hpp"

namespace flowloom::etherip {

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  if (d.wants_values()) {
    if (header.get<version>() != 3) d.put(wrong_version, 0, 2);
    if (header.get<reserved>() != 0) d.put(reserved_used, 0, 2);
  }
  return d.to(eth::protocol);
}

}  // namespace flowloom::etherip
