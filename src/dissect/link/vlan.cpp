#include "dissect/link/vlan.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::vlan {

Next dissect(Dissector& d) { return d.by_ethertype(d.u16(2)); }

}  // namespace flowloom::vlan
