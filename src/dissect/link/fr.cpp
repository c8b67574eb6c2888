#include "dissect/link/fr.hpp"

#include "dissect/dissector.hpp"
#include "dissect/hdlc_control.hpp"
#include "dissect/link/ethernet.hpp"
#include "dissect/link/ppp.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"

namespace flowloom::fr {
namespace {

constexpr std::size_t kMostOctets = 4;
constexpr std::uint16_t kBridgedWithCheck = 1, kBridged = 7;  // RFC 2427 §4.2
constexpr HdlcControl kControl = {n_r, n_s, poll, final, s_ftype, u_command, u_response, ftype, u_ftype};

struct Address {
  std::size_t size = 0;  ///< octets
  std::uint32_t dlci = 0;
};

/// Which octet says what depends on how many there are (ITU-T Q.922 §3.2).
Address read_address(const Dissector& d) {
  Address address{.size = 1};
  while (address.size < kMostOctets && (d.u8(address.size - 1) & 1) == 0) ++address.size;
  if (address.size == 1) return address;
  address.dlci = (unsigned{d.u8(0)} >> 2U) << 4U | unsigned{d.u8(1)} >> 4U;
  if (address.size == 4) address.dlci = address.dlci << 7U | unsigned{d.u8(2)} >> 1U;
  if (address.size > 2 && (d.u8(address.size - 1) & 2) == 0)
    address.dlci = address.dlci << 6U | unsigned{d.u8(address.size - 1)} >> 2U;
  return address;
}

void put_address(Dissector& d, const Address& address) {
  if (address.size == 1) {
    d.put(bogus, 0, 1);
    return d.put_number(dlci, 0, 0, 1);
  }
  d.put_bits(first_octet, 0);
  for (const Field* field : {&upper_dlci, &cr, &ea}) d.put_bits(*field, 0);
  d.put_bits(second_octet, 1);
  for (const Field* field : {&second_dlci, &fecn, &becn, &de, &ea}) d.put_bits(*field, 1);
  if (address.size == 4) {
    d.put_bits(third_octet, 2);
    for (const Field* field : {&third_dlci, &ea}) d.put_bits(*field, 2);
  }
  if (const std::size_t last = address.size - 1; last > 1) {
    d.put_bits((d.u8(last) & 2) != 0 ? core_control : lower_dlci, last);
    d.put_bits(dc, last);
    d.put_bits(ea, last);
  }
  d.put_number(dlci, address.dlci, 0, address.size);
}

/// RFC 2427 §4.1: OUI 0 and an EtherType, or a bridged frame, with its frame check sequence or without.
Next snap(Dissector& d, std::size_t at) {
  constexpr std::uint32_t kBridging = 0x0080C2;
  if (!d.set_header(at + 5)) return Next::nothing();
  const std::uint32_t organization = d.u32(at) >> 8;
  const std::uint16_t what = d.u16(at + 3);
  if (d.wants_values()) {
    d.put(oui, at, 3);
    d.put(organization == 0 ? snap_type : pid, at + 3, 2);
  }
  if (organization == 0) return d.to(Table::ethertype, what);
  const bool bridged = organization == kBridging && (what == kBridgedWithCheck || what == kBridged);
  return bridged ? d.to(eth::protocol) : Next::data();
}

}  // namespace

Next dissect(Dissector& d) {
  constexpr std::uint8_t kExchange = 0xAF, kIp = 0xCC, kIpv6 = 0x8E, kPpp = 0xCF, kSnap = 0x80;
  const Address address = read_address(d);
  if (!d.set_header(address.size)) return Next::nothing();
  if (d.wants_values()) put_address(d, address);
  std::size_t at = address.size;
  const std::uint8_t what = d.u8(at);
  const bool unnumbered = (what & 3) == 3, signalling = address.dlci == 0;
  if (!unnumbered && !signalling) {  // Cisco's own encapsulation
    if (!d.set_header(at + 2)) return Next::nothing();
    if (d.wants_values()) d.put(cisco_type, at, 2);
    return d.to(Table::ethertype, d.u16(at));
  }
  const std::size_t control_size = hdlc_control_size(what);
  if (!d.set_header(at + control_size)) return Next::nothing();
  if (d.wants_values()) {
    d.put(control, at, 1);
    put_hdlc_control(d, kControl, at, address.size > 1 && (d.u8(0) & 2) != 0);
  }
  if (!unnumbered || what == kExchange) {  // what only the link itself is told is its data
    d.set_header(address.size);
    return Next::data();
  }
  at += control_size;
  if (d.u8(at) == 0) {
    if (d.wants_values()) d.put(nlpid, at, 1);
    ++at;
  }
  if (!d.set_header(at + 1)) return Next::nothing();
  const std::uint8_t network = d.u8(at);
  if (d.wants_values()) d.put(nlpid, at, 1);
  ++at;
  switch (network) {
    case kIp:
      return d.to(ip::protocol);
    case kIpv6:
      return d.to(ipv6::protocol);
    case kPpp:
      return d.to(ppp::protocol);
    case kSnap:
      return snap(d, at);
    default:
      return Next::data();
  }
}

bool bridged_with_check(const Dissector& d) {
  const Layer& relay = d.parent();
  return d.over(protocol) && relay.data[relay.header - 1] == kBridgedWithCheck;  // the PID's second byte
}

}  // namespace flowloom::fr
