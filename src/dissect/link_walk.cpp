// From the link layer to IP: link types, EtherTypes, VLAN tags, LLC, PPP, MPLS, PPPoE, IEEE 802.11.
#include "dissect/header_walk.hpp"
#include "dissect/link/ethernet.hpp"
#include "dissect/link/mpls.hpp"
#include "dissect/link/pppoe.hpp"
#include "dissect/link/vlan.hpp"
#include "dissect/walker.hpp"

namespace flowloom {
namespace {

constexpr WalkNext kMalformed{WalkLayer::malformed};
constexpr WalkNext kNotIp{WalkLayer::none};

// https://www.tcpdump.org/linktypes.html
namespace dlt {
constexpr LinkType null = 0, ethernet = 1, ppp = 9, raw12 = 12, raw14 = 14, ppp_hdlc = 50, ppp_ether = 51,
                   raw = 101, chdlc = 104, ieee802_11 = 105, frame_relay = 107, loop = 108, linux_sll = 113,
                   radiotap = 127, ppp_pppd = 166, ppp_with_dir = 204, ipv4 = 228, ipv6 = 229, nflog = 239,
                   linux_sll2 = 276;
}  // namespace dlt

constexpr std::uint16_t kFirstEtherType = 0x0600;  // smaller values are lengths (IEEE 802.3 §3.2.6)

}  // namespace

bool link_type_supported(LinkType type) {
  switch (type) {
    case dlt::null:
    case dlt::ethernet:
    case dlt::ppp:
    case dlt::raw12:
    case dlt::raw14:
    case dlt::ppp_hdlc:
    case dlt::ppp_ether:
    case dlt::raw:
    case dlt::chdlc:
    case dlt::ieee802_11:
    case dlt::frame_relay:
    case dlt::loop:
    case dlt::linux_sll:
    case dlt::radiotap:
    case dlt::ppp_pppd:
    case dlt::ppp_with_dir:
    case dlt::ipv4:
    case dlt::ipv6:
    case dlt::nflog:
    case dlt::linux_sll2:
      return true;
    default:
      return false;
  }
}

WalkNext Walker::link() {
  switch (packet_.link_type) {
    case dlt::ethernet:
      return ethernet();
    case dlt::raw12:
    case dlt::raw14:
    case dlt::raw:
      return {WalkLayer::ip};
    case dlt::ipv4:
      return {WalkLayer::ipv4};
    case dlt::ipv6:
      return {WalkLayer::ipv6};
    case dlt::null:
    case dlt::loop: {
      // The address family, in the byte order of the machine that captured (NULL) or big-endian (LOOP).
      // Values differ between systems: 2 is IPv4 everywhere, IPv6 is 10, 24, 28 or 30.
      std::uint32_t family = cursor_.u32(0);
      if (!cursor_.skip(4)) return kMalformed;
      if (family > 0xFFFF) family = __builtin_bswap32(family);
      if (family == 2) return {WalkLayer::ipv4};
      return family == 10 || family == 24 || family == 28 || family == 30 ? WalkNext{WalkLayer::ipv6}
                                                                          : kNotIp;
    }
    case dlt::ppp_with_dir:
      return cursor_.skip(1) ? WalkNext{WalkLayer::ppp} : kMalformed;
    case dlt::ppp_pppd:  // a direction instead of the address byte
      return cursor_.skip(2) ? WalkNext{WalkLayer::ppp} : kMalformed;
    case dlt::ppp_hdlc: {  // PPP or Cisco HDLC, told apart by the address byte (RFC 1547)
      const std::uint8_t address = cursor_.u8(0);
      return address == 0x0F || address == 0x8F ? chdlc() : WalkNext{WalkLayer::ppp};
    }
    case dlt::ppp:
      return {WalkLayer::ppp};
    case dlt::ppp_ether:
      return pppoe();
    case dlt::chdlc:
      return chdlc();
    case dlt::linux_sll:
      return linux_cooked(16, 14);
    case dlt::linux_sll2:
      return linux_cooked(20, 0);
    case dlt::nflog:
      return nflog();
    case dlt::ieee802_11:
      return ieee80211(false);
    case dlt::radiotap:
      return radiotap();
    case dlt::frame_relay:
      return frame_relay();
    default:
      return kNotIp;
  }
}

WalkNext Walker::ethernet() {
  const auto header = cursor_.header<eth::protocol>();
  if (!header) return kMalformed;
  const std::uint16_t type = header.get<eth::type>();
  if (!cursor_.skip(eth::protocol.min_length)) return kMalformed;
  if (type == 0x0800) return ipv4();
  return ether_type(type);
}

WalkNext Walker::ether_type(std::uint16_t type) {
  switch (type) {
    case 0x0800:
      return ipv4();
    case 0x86DD:
      return ipv6();
    case 0x8100:    // IEEE 802.1Q
    case 0x88A8:    // IEEE 802.1ad
    case 0x9100: {  // before the standard
      const auto tag = cursor_.header<vlan::protocol>();
      if (!tag) return kMalformed;
      if (!encapsulation_) encapsulation_.emplace();
      Encapsulation& e = *encapsulation_;
      if (e.vlan_count < Encapsulation::kMaxVlans) e.vlan[e.vlan_count++] = tag.get<vlan::id>();
      const std::uint16_t inner = tag.get<vlan::etype>();
      if (!cursor_.skip(vlan::protocol.min_length)) return kMalformed;
      return {WalkLayer::ether_type, inner};
    }
    case 0x8847:
    case 0x8848:
      return {WalkLayer::mpls};
    case 0x8864:
      return pppoe();
    case 0x6558:  // transparent Ethernet bridging
      return {WalkLayer::ethernet};
    default:
      if (type < kFirstEtherType) {
        if (type <= 1500) cursor_.limit(type);
        return {WalkLayer::llc};
      }
      return kNotIp;
  }
}

// IEEE 802.2, RFC 1042
WalkNext Walker::llc() {
  if (!cursor_.has(3)) return kMalformed;
  const std::uint8_t dsap = cursor_.u8(0), ssap = cursor_.u8(1), control = cursor_.u8(2);
  if (dsap == 0xAA && ssap == 0xAA && control == 3) {
    if (!cursor_.has(8)) return kMalformed;
    const std::uint32_t oui = cursor_.u32(2) & 0xFFFFFF;
    const std::uint16_t type = cursor_.u16(6);
    if (!cursor_.skip(8)) return kMalformed;
    // 00-00-00 is RFC 1042's, 00-00-F8 that of bridges to networks without EtherTypes.
    return (oui == 0 || oui == 0x0000F8) && type >= kFirstEtherType ? WalkNext{WalkLayer::ether_type, type}
                                                                    : kNotIp;
  }
  if (dsap == 0x06 && ssap == 0x06 && control == 3)
    return cursor_.skip(3) ? WalkNext{WalkLayer::ipv4} : kMalformed;
  return kNotIp;
}

// RFC 1661, RFC 1662: address and control may be left out, and the protocol's first byte too.
WalkNext Walker::ppp() {
  if (cursor_.u8(0) == 0xFF && cursor_.u8(1) == 0x03 && !cursor_.skip(2)) return kMalformed;
  if (!cursor_.has(1)) return kMalformed;
  const bool short_form = (cursor_.u8(0) & 1) != 0;
  if (!short_form && !cursor_.has(2)) return kMalformed;
  const std::uint16_t protocol = short_form ? cursor_.u8(0) : cursor_.u16(0);
  if (!cursor_.skip(short_form ? 1 : 2)) return kMalformed;
  switch (protocol) {
    case 0x0021:
      return {WalkLayer::ipv4};
    case 0x0057:
      return {WalkLayer::ipv6};
    case 0x0281:
    case 0x0283:
      return {WalkLayer::mpls};
    default:
      return kNotIp;
  }
}

// RFC 3032; what follows the stack is told by its first nibble, as routers do (RFC 4928).
WalkNext Walker::mpls() {
  for (; ++layers_ <= kMaxLayers;) {
    const auto entry = cursor_.header<mpls::protocol>();
    if (!entry) return kMalformed;
    const bool bottom = entry.get<mpls::bottom>();
    if (!cursor_.skip(mpls::protocol.min_length)) return kMalformed;
    if (!bottom) continue;
    const unsigned nibble = cursor_.u8(0) >> 4;
    if (nibble == 4) return {WalkLayer::ipv4};
    if (nibble == 6) return {WalkLayer::ipv6};
    return kNotIp;
  }
  return kMalformed;
}

WalkNext Walker::pppoe() {
  const auto header = cursor_.header<pppoe::protocol>();
  if (!header || header.get<pppoe::version>() != 1 || header.get<pppoe::type>() != 1) return kMalformed;
  const std::uint8_t code = header.get<pppoe::code>();
  const std::uint16_t length = header.get<pppoe::payload_length>();
  if (!cursor_.skip(pppoe::protocol.min_length)) return kMalformed;
  if (code != 0) return kNotIp;
  cursor_.limit(length);
  return {WalkLayer::ppp};
}

WalkNext Walker::chdlc() {
  const std::uint16_t type = cursor_.u16(2);
  if (!cursor_.skip(4)) return kMalformed;
  return type >= kFirstEtherType ? WalkNext{WalkLayer::ether_type, type} : kNotIp;
}

// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and …_SLL2.html
WalkNext Walker::linux_cooked(std::size_t header, std::size_t protocol_offset) {
  const std::uint16_t type = cursor_.u16(protocol_offset);
  if (!cursor_.skip(header)) return kMalformed;
  if (type == 4) return {WalkLayer::llc};
  return type >= kFirstEtherType ? WalkNext{WalkLayer::ether_type, type} : kNotIp;
}

// https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html: the records' numbers are in the capturing machine's
// order.
WalkNext Walker::nflog() {
  const std::uint8_t family = cursor_.u8(0);
  if (!cursor_.skip(4)) return kMalformed;
  for (; ++layers_ <= kMaxLayers;) {
    if (!cursor_.has(4)) return kNotIp;
    std::uint16_t length = cursor_.u16(0), type = cursor_.u16(2);
    if (type > 0xFF) {  // types are small: the other byte order
      length = __builtin_bswap16(length);
      type = __builtin_bswap16(type);
    }
    constexpr std::uint16_t kPayload = 9;
    if (length < 4) return kMalformed;
    if (type == kPayload) {
      if (!cursor_.skip(4)) return kMalformed;
      cursor_.limit(length - 4U);
      if (family == 2) return {WalkLayer::ipv4};
      return family == 10 ? WalkNext{WalkLayer::ipv6} : kNotIp;
    }
    if (!cursor_.skip((length + 3U) & ~3U)) return kMalformed;
  }
  return kMalformed;
}

// IEEE 802.11-2020 §9.2: only data frames that are not encrypted carry a readable LLC header.
WalkNext Walker::ieee80211(bool padded) {
  if (!cursor_.has(2)) return kMalformed;
  const std::uint8_t control = cursor_.u8(0), flags = cursor_.u8(1);
  const unsigned type = (control >> 2) & 3, subtype = control >> 4;
  const bool to_ds = (flags & 0x01) != 0, from_ds = (flags & 0x02) != 0, more_fragments = (flags & 0x04) != 0,
             is_protected = (flags & 0x40) != 0, order = (flags & 0x80) != 0;
  constexpr unsigned kData = 2;
  if (type != kData || (subtype & 4) != 0 || is_protected) return kNotIp;
  std::size_t length = 24;
  if (to_ds && from_ds) length += 6;
  if ((subtype & 8) != 0) {
    if ((cursor_.u8(length) & 0x80) != 0) return kNotIp;  // an aggregate of several frames
    length += 2;
    if (order) length += 4;  // HT control
  }
  if (padded) length = (length + 3) & ~std::size_t{3};
  const bool later_fragment = (cursor_.u8(22) & 0x0F) != 0;
  if (!cursor_.skip(length)) return kMalformed;
  return more_fragments || later_fragment ? kNotIp : WalkNext{WalkLayer::llc};
}

// https://www.radiotap.org: little-endian; a flag tells of padding between the 802.11 header and its body.
WalkNext Walker::radiotap() {
  if (!cursor_.has(8)) return kMalformed;
  const std::uint16_t length = __builtin_bswap16(cursor_.u16(2));
  const std::uint32_t present = __builtin_bswap32(cursor_.u32(4));
  constexpr std::uint32_t kTsft = 1, kFlags = 2, kMore = 0x80000000;
  std::size_t at = 8;
  for (std::uint32_t word = present; (word & kMore) != 0 && cursor_.has(at + 4); at += 4) {
    word = __builtin_bswap32(cursor_.u32(at));
  }
  if ((present & kTsft) != 0) at = ((at + 7) & ~std::size_t{7}) + 8;
  constexpr std::uint8_t kDataPad = 0x20;
  const bool padded = (present & kFlags) != 0 && at < length && (cursor_.u8(at) & kDataPad) != 0;
  if (length < 8 || !cursor_.skip(length)) return kMalformed;
  return ieee80211(padded);
}

// RFC 2427; Cisco's own encapsulation has an EtherType behind the address.
WalkNext Walker::frame_relay() {
  constexpr std::uint8_t kExchange = 0xAF;
  std::size_t address = 1;
  while (address < 4 && (cursor_.u8(address - 1) & 1) == 0) ++address;
  if (!cursor_.has(address + 2)) return kMalformed;
  const bool signalling = address == 1 || (address == 2 && (cursor_.u16(0) & 0xFCF0) == 0);
  const std::uint8_t control = cursor_.u8(address);
  if ((control & 3) != 3) {
    const std::uint16_t type = cursor_.u16(address);
    if (!cursor_.skip(address + 2)) return kMalformed;
    return type >= kFirstEtherType && !signalling ? WalkNext{WalkLayer::ether_type, type} : kNotIp;
  }
  if (control == kExchange) return kNotIp;
  std::size_t at = address + 1;
  if (cursor_.u8(at) == 0) ++at;  // padding
  const std::uint8_t nlpid = cursor_.u8(at);
  if (!cursor_.skip(at + 1)) return kMalformed;
  switch (nlpid) {
    case 0xCC:
      return {WalkLayer::ipv4};
    case 0x8E:
      return {WalkLayer::ipv6};
    case 0xCF:
      return {WalkLayer::ppp};
    case 0x80:
      return frame_relay_snap();
    default:
      return kNotIp;
  }
}

// An EtherType, or a bridged Ethernet frame with its check sequence (1) or without (7).
WalkNext Walker::frame_relay_snap() {
  constexpr std::uint32_t kBridged = 0x0080C2;
  const std::uint32_t oui = cursor_.u32(0) >> 8;
  const std::uint16_t type = cursor_.u16(3);
  if (!cursor_.skip(5)) return kMalformed;
  if (oui == kBridged && (type == 1 || type == 7)) return {WalkLayer::ethernet};
  return oui == 0 && type >= kFirstEtherType ? WalkNext{WalkLayer::ether_type, type} : kNotIp;
}

}  // namespace flowloom
