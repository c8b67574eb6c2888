#include "dissect/link/vlan.hpp"

#include "dissect/dissector.hpp"
#include "dissect/link/llc.hpp"

namespace flowloom::vlan {

Next dissect(Dissector& d) {
  constexpr std::uint16_t kLastLength = 1500;  // IEEE 802.3 §3.2.6
  const std::uint16_t what = d.u16(2);
  if (what <= kLastLength) {
    if (d.wants_values()) d.put(len);
    d.limit(std::uint64_t{4} + what);
    return d.to(llc::protocol);
  }
  if (d.wants_values()) d.put(etype);
  return d.by_ethertype(what);
}

}  // namespace flowloom::vlan
