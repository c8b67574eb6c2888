#include "dissect/tunnel/erspan.hpp"

#include <cassert>
#include <span>

#include "dissect/dissector.hpp"
#include "dissect/link/ethernet.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/tunnel/gre.hpp"

namespace flowloom::erspan {
namespace {

constexpr const Field* kTypeII[] = {&version, &vlan, &cos, &encap, &truncated, &span_id, &reserved, &index};
constexpr const Field* kTypeIII[] = {&version,  &vlan,      &cos,         &bso,     &truncated,
                                     &span_id,  &timestamp, &sgt,         &pdu,     &frame_type,
                                     &hardware, &direction, &granularity, &optional};

/// Only GRE's sequence number tells that type II has a header and type I has none.
bool is_type_i(const Dissector& d, std::uint16_t gre_type) {
  constexpr std::uint8_t kSequence = 0x10;
  constexpr std::uint16_t kTypesIAndII = 0x88BE;
  return gre_type == kTypesIAndII && (d.parent().data[0] & kSequence) == 0;
}

}  // namespace

Next dissect(Dissector& d) {
  assert(d.over(gre::protocol));
  if (is_type_i(d, load_be16(d.parent().data + 2))) return d.to(eth::protocol);
  constexpr std::uint8_t kTypeIIIVersion = 2;
  const bool third = d.u8(0) >> 4 == kTypeIIIVersion;
  const bool subheader = third && (d.u8(11) & 1) != 0;
  const bool whole = d.set_header(subheader ? 20 : third ? 12 : 8);
  if (d.wants_values()) {
    const std::span<const Field* const> all = third ? std::span<const Field* const>(kTypeIII) : kTypeII;
    for (const Field* field : all) d.put(*field);
    if (subheader) d.put(platform);
  }
  if (!whole) return Next::nothing();
  constexpr unsigned kEthernet = 0, kIp = 2;
  const unsigned frame = third ? (d.u8(10) >> 2) & 0x1FU : kEthernet;
  return frame == kEthernet ? d.to(eth::protocol) : frame == kIp ? d.to(ip::protocol) : Next::data();
}

}  // namespace flowloom::erspan
