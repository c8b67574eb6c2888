// What IP carries besides TCP and UDP, and headers that are cut before their ports.
#include "dissect/plain_walk.hpp"
#include "dissect/walker.hpp"

namespace flowloom {
namespace {

constexpr WalkNext kDone{WalkLayer::none};

}  // namespace

WalkNext Walker::ports_only(PacketRecord& record, std::size_t header, std::uint64_t payload) {
  if (!cursor_.has(4)) return cut(record, payload, header);
  record.payload_length = payload > header ? clamp32(payload - header) : 0;
  finish_record(record, cursor_.u16(0), cursor_.u16(2));
  return kDone;
}

// RFC 792, RFC 4443
WalkNext Walker::icmp(PacketRecord& record, std::uint64_t payload, bool v6) {
  const std::uint8_t type = cursor_.u8(0);
  const bool echo = v6 ? type == 128 || type == 129 : type == 8 || type == 0;
  if (!cursor_.has(echo ? 6 : 2)) return cut(record, payload, 8);
  record.icmp_type = type;
  record.icmp_code = cursor_.u8(1);
  record.key.sub = echo ? cursor_.u16(4) : type;
  record.payload_length = payload > 8 ? clamp32(payload - 8) : 0;
  const bool error =
      v6 ? type >= 1 && type <= 4 : type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
  if (error && !quoted_) record.role |= role::icmp_error;
  const std::uint16_t kind = echo ? 1 : 0;
  finish_record(record, kind, kind);
  if (error && cursor_.skip(8)) quote();
  return kDone;
}

/// The transport header is cut before what tells flows apart: a flow of the addresses and the protocol alone.
WalkNext Walker::cut(PacketRecord& record, std::uint64_t payload, std::uint64_t header) {
  record.payload_length = payload > header ? clamp32(payload - header) : 0;
  record.key.sub = FlowKey::kCut;
  finish_record(record, 0, 0);
  return kDone;
}

WalkNext Walker::other(PacketRecord& record, std::uint64_t payload) {
  const std::uint8_t protocol = record.key.protocol;
  record.payload_length = clamp32(payload);
  finish_record(record, 0, 0);
  switch (protocol) {
    case ip_proto::ipv4:
      enter_tunnel(TunnelKind::ipip, false, 0);
      return {WalkLayer::ipv4};
    case ip_proto::ipv6:
      enter_tunnel(TunnelKind::ipip, false, 0);
      return {WalkLayer::ipv6};
    case ip_proto::gre:
      return gre();
    case ip_proto::etherip:
      return etherip();
    case ip_proto::mpls_in_ip:  // RFC 4023
      enter_tunnel(TunnelKind::mpls, false, 0);
      return {WalkLayer::mpls};
    default:
      return kDone;
  }
}

void Walker::quote() {
  if (!cursor_.has(1)) return;
  const bool was_quoted = quoted_, was_damaged = damaged_;
  quoted_ = true;
  descend({WalkLayer::ip});
  quoted_ = was_quoted;
  damaged_ = was_damaged;  // a quotation is cut by nature
}

}  // namespace flowloom
