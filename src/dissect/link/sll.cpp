#include "dissect/link/sll.hpp"

#include <algorithm>

#include "dissect/dissector.hpp"
#include "dissect/link/llc.hpp"

namespace flowloom::sll {
namespace {

/// Where the parts lie.
struct Places {
  std::size_t protocol, type, hatype, halen, halen_size, address, header;
};
constexpr Places kFirst = {14, 0, 2, 4, 2, 6, 16};
constexpr Places kSecond = {0, 10, 8, 11, 1, 12, 20};
constexpr std::size_t kAddress = 8;

void put_address(Dissector& d, const Places& at, std::size_t size, std::uint16_t hardware) {
  constexpr std::uint16_t kIpIp = 768, kGre = 778;
  if (size != 0) {
    const Field& field = size == 6                                              ? src_eth
                         : size == 4 && (hardware == kIpIp || hardware == kGre) ? src_ipv4
                                                                                : src_other;
    d.put(field, at.address, std::min(size, kAddress));
  }
  if (size < kAddress) d.put(unused, at.address + size, kAddress - size);
}

}  // namespace

Next dissect(Dissector& d) {
  constexpr std::uint16_t kSll2 = 276, kNetlink = 824, kGre = 778, kFirstType = 0x600;
  const bool second = d.packet().link_type == kSll2;
  const Places& at = second ? kSecond : kFirst;
  if (!d.set_header(at.header)) return Next::nothing();
  const std::uint16_t what = d.u16(at.protocol), hardware = d.u16(at.hatype);
  const Field& meaning = hardware == kGre && what < kFirstType ? gretype : what < kFirstType ? ltype : etype;
  if (d.wants_values()) {
    if (second) d.put(meaning, at.protocol, 2);
    if (second) d.put(ifindex, 4, 4);
    d.put(pkttype, at.type, second ? 1 : 2);
    d.put(hatype, at.hatype, 2);
    d.put(halen, at.halen, at.halen_size);
    put_address(d, at, second ? d.u8(at.halen) : d.u16(at.halen), hardware);
    if (!second) d.put(meaning, at.protocol, 2);
  }
  if (hardware == kNetlink) return Next::data();
  if (what == 4) return d.to(llc::protocol);  // ETH_P_802_2
  return what < kFirstType ? Next::data() : d.by_ethertype(what);
}

}  // namespace flowloom::sll
