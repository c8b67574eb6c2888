#include "dissect/link/chdlc.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::chdlc {

Next dissect(Dissector& d) {
  constexpr std::uint16_t kSlarp = 0x8035;  // Cisco's own, not RARP
  const std::uint16_t what = d.header<protocol>().get<protocol_field>();
  return what == kSlarp ? Next::data() : d.to(Table::ethertype, what);
}

}  // namespace flowloom::chdlc
