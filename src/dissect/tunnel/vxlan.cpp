#include "dissect/tunnel/vxlan.hpp"

#include "dissect/dissector.hpp"
#include "dissect/link/ethernet.hpp"

namespace flowloom::vxlan {

Next dissect(Dissector& d) { return d.to(eth::protocol); }

}  // namespace flowloom::vxlan
