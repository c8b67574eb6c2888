// The short way of a dissection for what most captures consist of: Ethernet, perhaps VLAN tags, IP without
// options, extension headers or fragments. No protocol is looked up for it, no code of one is called; of the
// packet it says what the long way says, and leaves to that what it does not know.
#include <algorithm>

#include "dissect/dissector.hpp"
#include "dissect/link/ethernet.hpp"
#include "dissect/link/frame.hpp"
#include "dissect/link/vlan.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"
#include "dissect/transport/tcp.hpp"
#include "dissect/transport/udp.hpp"

namespace flowloom {
namespace {

/// The number that leads from the table to the protocol (the first one, if there are several).
consteval std::uint16_t number_of(const Protocol& protocol, Table table) {
  for (const Binding& binding : protocol.parents) {
    if (binding.table == table) return binding.value;
  }
  throw "not found in that table";  // does not compile
}

constexpr std::uint16_t kEthernet = number_of(eth::protocol, Table::link_type);
constexpr std::uint16_t kVlan = number_of(vlan::protocol, Table::ethertype);
constexpr std::uint16_t kIpv4 = number_of(ip::protocol, Table::ethertype);
constexpr std::uint16_t kIpv6 = number_of(ipv6::protocol, Table::ethertype);
constexpr std::uint8_t kTcp = number_of(tcp::protocol, Table::ip_proto);
constexpr std::uint8_t kUdp = number_of(udp::protocol, Table::ip_proto);

}  // namespace

Dissector::Plain::Plain(const Registry& registry, const Wanted& wanted, const Until& until)
    : eth(registry.registered(eth::protocol)),
      vlan(registry.registered(vlan::protocol)),
      ip(registry.registered(ip::protocol)),
      ipv6(registry.registered(ipv6::protocol)),
      tcp(registry.registered(tcp::protocol)),
      udp(registry.registered(udp::protocol)),
      possible(until.protocol == nullptr && until.level == Level::application && !wanted.values(*vlan) &&
               !wanted.values(*ipv6)),
      ends_at_transport(wanted.deepest() < Level::application),
      wants_values(
          std::ranges::any_of(std::initializer_list{registry.registered(frame::protocol), eth, ip, tcp, udp},
                              [&](const auto* one) { return wanted.values(*one); })),
      wants_ethernet(wanted.values(*eth)),
      wants_chain(wanted.has(frame::protocols)),
      wants_anomalies(wanted.named(frame::anomaly)),
      finishes(wants_ethernet || wants_chain || wants_anomalies) {}

bool Dissector::dissect_plain() {
  constexpr std::size_t kMostTags = 2;
  const RawPacket& packet = *tape_.packet;
  if (packet.link_type != kEthernet) return false;
  const std::uint8_t* at = packet.bytes.data();
  auto captured = static_cast<std::uint32_t>(packet.bytes.size());
  std::uint32_t wire = std::max(packet.original_length, captured), offset = 0;
  Layer* const layers = tape_.layers.room();
  Layer* next = layers;
  const auto add = [&](const RegisteredProtocol* protocol, std::uint32_t header, bool by_ethertype)
                       __attribute__((always_inline)) {
                         *next++ = {.protocol = protocol,
                                    .data = at,
                                    .offset = offset,
                                    .header = header,
                                    .captured = captured,
                                    .wire = wire,
                                    .by_ethertype = by_ethertype};
                         at += header;
                         offset += header;
                         captured -= header;
                         wire -= header;
                       };

  constexpr std::uint32_t kEthernetHeader = eth::protocol.min_length, kTag = vlan::protocol.min_length;
  if (captured < kEthernetHeader) return false;
  add(frame_, 0, false);
  std::uint16_t type = read<eth::type>(at);
  add(plain_.eth, kEthernetHeader, true);
  for (std::size_t tags = 0; type == kVlan; ++tags) {
    if (tags == kMostTags || captured < kTag) return false;
    type = read<vlan::etype>(at);
    add(plain_.vlan, kTag, true);
  }

  std::uint8_t follows = 0;
  if (type == kIpv4) {
    constexpr std::uint32_t kHeader = ip::protocol.min_length;
    const View<ip::protocol> header(at, captured >= kHeader);
    if (!header || header.get<ip::version>() != 4 || header.get<ip::hdr_len>() != kHeader ||
        header.get<ip::len>() < kHeader || header.get<ip::mf>() || header.get<ip::frag_offset>() != 0) {
      return false;
    }
    captured = std::min<std::uint32_t>(captured, header.get<ip::len>());
    wire = std::min<std::uint32_t>(wire, header.get<ip::len>());
    follows = header.get<ip::proto>();
    add(plain_.ip, kHeader, false);
  } else if (type == kIpv6) {
    constexpr std::uint32_t kHeader = ipv6::protocol.min_length;
    const View<ipv6::protocol> header(at, captured >= kHeader);
    if (!header || header.get<ipv6::version>() != 6 || header.get<ipv6::plen>() == 0) return false;
    captured = std::min<std::uint32_t>(captured, kHeader + header.get<ipv6::plen>());
    wire = std::min<std::uint32_t>(wire, kHeader + header.get<ipv6::plen>());
    follows = header.get<ipv6::nxt>();
    add(plain_.ipv6, kHeader, false);
  } else {
    return false;
  }

  const auto end_layers = [&]() __attribute__((always_inline)) {
    tape_.layers.resize(static_cast<std::size_t>(next - layers));
    if (plain_.wants_values) put_plain_values();
  };
  const auto end_plain = [&]() __attribute__((always_inline)) {
    constexpr std::size_t kMostLayers = 4 + kMostTags;
    static_assert(1 + 1 + 2 + 4 * kMostLayers < Tape::kShapes);
    const bool six = type == kIpv6, udp = follows == kUdp;
    tape_.plain = static_cast<std::uint8_t>(1 + unsigned{six} + 2 * unsigned{udp} + 4 * (next - layers));
    end_layers();
    return true;
  };
  if (follows == kTcp && plain_.ends_at_transport) {
    const View<tcp::protocol> segment(at, captured >= tcp::protocol.min_length);
    if (segment) {
      const std::uint32_t header = segment.get<tcp::hdr_len>();
      if (header >= tcp::protocol.min_length && header <= captured) {
        add(plain_.tcp, header, false);
        return end_plain();
      }
    }
  } else if (follows == kUdp && plain_.ends_at_transport) {
    const View<udp::protocol> datagram(at, captured >= udp::protocol.min_length);
    if (datagram) {
      const std::uint32_t length = datagram.get<udp::length>();
      if (length >= udp::protocol.min_length && length <= wire &&
          !registry_.may_carry(datagram.get<udp::srcport>()) &&
          !registry_.may_carry(datagram.get<udp::dstport>())) {
        captured = std::min(captured, length);
        wire = length;
        add(plain_.udp, udp::protocol.min_length, false);
        return end_plain();
      }
    }
  }

  // The long way from here.
  const Layer& ip = next[-1];
  end_layers();
  set_plain_network(ip);
  cursor_ = Cursor(PaddedBytes(at, captured), wire);
  offset_ = offset;
  layer_ = static_cast<std::uint16_t>(&ip - layers);
  run(to(Table::ip_proto, follows));
  return true;
}

void Dissector::set_plain_network(const Layer& layer) {
  const bool six = layer.protocol == plain_.ipv6;
  network_ = {.version = static_cast<std::uint8_t>(six ? 6 : 4),
              .header = layer.data,
              .source = layer.data + (six ? ipv6::src.bit : ip::src.bit) / 8,
              .destination = layer.data + (six ? ipv6::dst.bit : ip::dst.bit) / 8};
}

/// Of the layers that are there.
void Dissector::put_plain_values() {
  wants_values_ = true;
  for (std::size_t i = 0; i < tape_.layers.size(); ++i) {
    const Layer& layer = tape_.layers[i];
    if (!wanted_.values(*layer.protocol)) continue;
    reopen(i, layer.captured, layer.wire);
    if (layer.protocol == frame_) {
      frame::dissect(*this);
    } else if (layer.protocol == plain_.eth) {
      put(eth::type);
    } else if (layer.protocol == plain_.ip) {
      ip::put_values(*this, layer.header, read<ip::len>(layer.data));
    } else if (layer.protocol == plain_.tcp) {
      set_plain_network(tape_.layers[i - 1]);
      tcp::put_values(*this, layer.header);
    } else if (layer.protocol == plain_.udp) {
      set_plain_network(tape_.layers[i - 1]);
      put(udp::length);
      udp::put_values(*this, layer.wire);
    }
  }
}

}  // namespace flowloom
