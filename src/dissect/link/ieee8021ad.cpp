#include "dissect/link/ieee8021ad.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::ieee8021ad {

Next dissect(Dissector& d) { return d.by_ethertype(d.u16(2)); }

}  // namespace flowloom::ieee8021ad
