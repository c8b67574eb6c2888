#include "dissect/link/ethernet.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::eth {

Next dissect(Dissector& d) {
  constexpr std::uint16_t kFirstType = 0x600;  // IEEE 802.3 §3.2.6: below are lengths
  const std::uint16_t what = d.u16(12);
  if (what >= kFirstType) {
    if (d.wants_values()) d.put(type);
    return d.by_ethertype(what);
  }
  if (d.wants_values()) d.put(len);
  d.limit(std::uint64_t{14} + what);
  return Next::data();
}

}  // namespace flowloom::eth
