#include "dissect/link/ieee8021ad.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::ieee8021ad {

Next dissect(Dissector& d) {
  constexpr std::uint16_t kServiceTag = 0x88A8;
  const std::uint16_t what = d.u16(2);
  if (what != kServiceTag) {
    if (d.wants_values()) d.put(id);
    return d.by_ethertype(what);
  }
  if (d.wants_values()) {
    for (const Field* field : {&svid, &customer_priority, &customer_dei, &cvid}) d.put(*field);
  }
  if (!d.set_header(2 * std::size_t{protocol.min_length})) return Next::nothing();
  return d.by_ethertype(d.u16(6));
}

}  // namespace flowloom::ieee8021ad
