#include "dissect/header_walk.hpp"

#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"
#include "dissect/net/ipv6_fragment.hpp"
#include "dissect/plain_walk.hpp"
#include "dissect/source_route.hpp"
#include "dissect/transport/tcp.hpp"
#include "dissect/transport/udp.hpp"
#include "dissect/walker.hpp"

namespace flowloom {
namespace {

constexpr WalkNext kMalformed{WalkLayer::malformed};
constexpr WalkNext kDone{WalkLayer::none};

/// Asks for the memory of records to come: it may be in another core's cache, which tracked what was there
/// before.
void ask_for_next(const std::vector<PacketRecord>& records) {
  constexpr std::size_t kAhead = 12, kLine = 64;
  if (records.capacity() - records.size() <= kAhead) return;
  const auto* const next = reinterpret_cast<const char*>(records.data() + records.size() + kAhead);
  __builtin_prefetch(next, 1);
  __builtin_prefetch(next + kLine, 1);
}

}  // namespace

const char* fate_name(Fate fate) {
  static constexpr const char* kNames[kFates] = {
      "flow", "not_ip", "malformed", "fragments_waiting", "unsupported_link_type", "filtered_out"};
  return kNames[static_cast<std::size_t>(fate)];
}

void walk_headers(std::span<const RawPacket> packets, const HashSeed& seed, PacketBatch& out) {
  for (const RawPacket& packet : packets) {
    ask_for_next(out.records);
    if (!walk_plain(packet, seed, out)) walk_any_headers(packet, seed, out);
  }
}

void walk_any_headers(const RawPacket& packet, const HashSeed& seed, PacketBatch& out) {
  if (!link_type_supported(packet.link_type)) {
    ++out.fates[static_cast<std::size_t>(Fate::unsupported_link_type)];
    return;
  }
  Walker(packet, seed, out).run();
}

void Walker::run() {
  descend(link());
  // An outer datagram's first piece carries the inner packet: the piece's packet is the innermost one.
  for (std::size_t i = first_piece_; i < out_.fragments.size(); ++i) {
    if (out_.fragments[i].datagram != 0) out_.fragments[i].record = best_;
  }
  if (later_piece_) return;
  const Fate fate = best_ != kNoRecord ? Fate::flow : damaged_ ? Fate::malformed : Fate::not_ip;
  ++out_.fates[static_cast<std::size_t>(fate)];
}

void Walker::descend(WalkNext next) {
  for (; ++layers_ <= kMaxLayers;) {
    switch (next.layer) {
      case WalkLayer::none:
        return;
      case WalkLayer::malformed:
        damaged_ = true;
        return;
      case WalkLayer::ether_type:
        next = ether_type(next.value);
        break;
      case WalkLayer::ethernet:
        next = ethernet();
        break;
      case WalkLayer::llc:
        next = llc();
        break;
      case WalkLayer::ppp:
        next = ppp();
        break;
      case WalkLayer::mpls:
        next = mpls();
        break;
      case WalkLayer::ip:
        next = ip();
        break;
      case WalkLayer::ipv4:
        next = ipv4();
        break;
      case WalkLayer::ipv6:
        next = ipv6();
        break;
    }
  }
  damaged_ = true;  // deeper than any sound packet
}

WalkNext Walker::ip() {
  if (!cursor_.has(1)) return kMalformed;
  switch (cursor_.u8(0) >> 4) {
    case 4:
      return ipv4();
    case 6:
      return ipv6();
    default:
      return kMalformed;
  }
}

// RFC 791 §3.1
WalkNext Walker::ipv4() {
  // An IPv6 packet behind IPv4's EtherType or protocol number is read as what it is, as Wireshark does.
  if (cursor_.u8(0) >> 4 == 6) return ipv6();
  const auto header = cursor_.header<ip::protocol>();
  if (!header || header.get<ip::version>() != 4) return kMalformed;
  const std::uint32_t header_length = header.get<ip::hdr_len>();
  if (header_length < ip::protocol.min_length) return kMalformed;
  std::uint64_t total = header.get<ip::len>();
  if (total == 0) {
    total = cursor_.wire();  // segmentation offload: the length was to be filled in by the network card
  } else if (total < header_length) {
    return kMalformed;
  }
  cursor_.limit(total);
  const std::uint8_t* const options = cursor_.at() + ip::protocol.min_length;
  if (!cursor_.skip(header_length)) return kMalformed;

  PacketRecord& record = begin_record(header.bytes<ip::src>(), header.bytes<ip::dst>(), 4);
  if (header_length > ip::protocol.min_length) {
    const std::uint8_t* stop = last_stop({options, header_length - ip::protocol.min_length});
    if (stop != nullptr) destination_ = stop;
  }
  record.ip_length = clamp32(total);
  const std::uint64_t payload = total - header_length;
  const std::uint8_t protocol = header.get<ip::proto>();
  fragment_ = false;
  if (header.get<ip::mf>() || header.get<ip::frag_offset>() != 0) {
    FragmentPiece piece;
    piece.id = header.get<ip::id>();
    piece.offset = header.get<ip::frag_offset>() * 8U;
    piece.protocol = protocol;
    piece.more = header.get<ip::mf>();
    if (!fragment(record, piece, payload)) return kDone;
  }
  return after_ip(record, protocol, payload);
}

// RFC 8200 §3, §4
WalkNext Walker::ipv6() {
  const auto header = cursor_.header<ipv6::protocol>();
  if (!header || header.get<ipv6::version>() != 6) return kMalformed;
  std::uint64_t rest = header.get<ipv6::plen>();
  std::uint8_t protocol = header.get<ipv6::nxt>();
  const std::uint8_t* destination = header.bytes<ipv6::dst>();
  if (!cursor_.skip(ipv6::protocol.min_length)) return kMalformed;
  if (rest == 0 && protocol == ip_proto::hopopt && cursor_.has(8) && cursor_.u16(2) == 0xC204) {
    rest = cursor_.u32(4);  // a jumbogram (RFC 2675): the option's type 194, its length 4
  } else if (rest == 0 && (protocol == ip_proto::tcp || protocol == ip_proto::udp)) {
    rest = cursor_.wire();  // segmentation offload
  }
  cursor_.limit(rest);

  PacketRecord& record = begin_record(header.bytes<ipv6::src>(), destination, 6);
  record.ip_length = clamp32(ipv6::protocol.min_length + rest);
  fragment_ = false;
  bool fragmented = false;
  while (++layers_ <= kMaxLayers) {
    std::size_t length = 0;
    switch (protocol) {
      case ip_proto::hopopt:
      case ip_proto::ipv6_opts:
      case ip_proto::ipv6_route:
      case ip_proto::shim6:
        length = (std::size_t{cursor_.u8(1)} + 1) * 8;
        break;
      case ip_proto::ah:  // RFC 4302: the flow is that of what is authenticated
        length = (std::size_t{cursor_.u8(1)} + 2) * 4;
        break;
      case ip_proto::ipv6_frag:
        length = ipv6_fragment::protocol.min_length;
        break;
      default:
        return after_ip(record, protocol, rest);
    }
    if (rest < length || !cursor_.has(length)) break;
    const auto part = cursor_.header<ipv6_fragment::protocol>();
    const bool is_fragment = protocol == ip_proto::ipv6_frag;
    // Of a datagram in pieces, only headers before the fragment header are in each.
    if (!fragmented) {
      const Bytes extension(cursor_.at(), length);
      if (protocol == ip_proto::ipv6_route) {
        const std::uint8_t* stop = last_stop(extension, destination, last_stop_);
        if (stop != nullptr) destination_ = stop;
      } else if (protocol == ip_proto::ipv6_opts || protocol == ip_proto::hopopt) {
        const std::uint8_t* home = home_address(extension);
        if (home != nullptr) source_ = home;
      }
    }
    protocol = cursor_.u8(0);
    rest -= length;
    if (!cursor_.skip(length)) break;
    // An atomic fragment (RFC 6946), the first and last piece, is a whole datagram.
    if (is_fragment && (part.get<ipv6_fragment::offset>() != 0 || part.get<ipv6_fragment::more>())) {
      if (fragmented) break;  // a piece of a piece
      fragmented = true;
      FragmentPiece piece;
      piece.id = part.get<ipv6_fragment::ident>();
      piece.offset = part.get<ipv6_fragment::offset>() * 8U;
      piece.more = part.get<ipv6_fragment::more>();
      if (!fragment(record, piece, rest)) return kDone;
    }
  }
  record.key.protocol = protocol;
  return cut(record, rest, 0);
}

bool Walker::fragment(PacketRecord& record, FragmentPiece piece, std::uint64_t payload) {
  if (quoted_) {  // no reassembly of what an error quotes; only a first piece has ports
    if (piece.offset == 0) return true;
    drop_record();
    return false;
  }
  whole_ = payload > 0 && cursor_.captured() >= payload;
  piece.whole = whole_;
  piece.length = clamp32(payload);
  piece.record = static_cast<std::uint32_t>(out_.records.size() - 1);
  if (piece.offset == 0) {
    fragment_ = true;
    piece.datagram = piece.record + 1;
    out_.fragments.push_back(piece);
    return true;
  }
  out_.fragments.push_back(piece);
  record.key.protocol = piece.protocol;
  record.payload_length = clamp32(payload);
  finish_record(record, 0, 0);
  later_piece_ = true;
  return false;
}

WalkNext Walker::after_ip(PacketRecord& record, std::uint8_t protocol, std::uint64_t payload) {
  record.key.protocol = protocol;
  switch (protocol) {
    case ip_proto::tcp:
      return tcp(record, payload);
    case ip_proto::udp:
    case ip_proto::udplite:
      return udp(record, payload);
    case ip_proto::icmp:
      return icmp(record, payload, false);
    case ip_proto::icmpv6:
      return icmp(record, payload, true);
    case ip_proto::sctp:
      return ports_only(record, 12, payload);
    case ip_proto::dccp:
      return ports_only(record, 0, payload);
    case ip_proto::ah: {  // RFC 4302: the flow is that of what is authenticated
      const std::size_t length = (std::size_t{cursor_.u8(1)} + 2) * 4;
      if (++layers_ > kMaxLayers || payload < length || !cursor_.has(length)) return cut(record, payload, 0);
      const std::uint8_t next = cursor_.u8(0);
      if (!cursor_.skip(length)) return cut(record, payload, 0);
      return after_ip(record, next, payload - length);
    }
    default:
      return other(record, payload);
  }
}

// RFC 9293 §3.1
WalkNext Walker::tcp(PacketRecord& record, std::uint64_t payload) {
  std::uint32_t header_length = tcp::protocol.min_length;
  if (const auto header = cursor_.header<tcp::protocol>()) {
    record.seq = header.get<tcp::seq_raw>();
    record.ack = header.get<tcp::ack_raw>();
    record.tcp_flags = header.get<tcp::flags>() & tcp_flag::all;
    header_length = header.get<tcp::hdr_len>();
  } else {  // cut by the snap length
    if (!cursor_.has(4)) return cut(record, payload, header_length);
    if (cursor_.has(8)) record.seq = cursor_.u32(4);
    if (cursor_.has(12)) record.ack = cursor_.u32(8);
    if (cursor_.has(14)) {
      header_length = (cursor_.u8(12) >> 4) * 4U;
      record.tcp_flags = cursor_.u16(12) & tcp_flag::all;
    }
  }
  record.payload_length = payload > header_length ? clamp32(payload - header_length) : 0;
  if (cursor_.has(16)) {  // what Wireshark reads before it looks for the conversation
    record.role |= role::stream;
    // Of a datagram in pieces, the rest of the header may be in the next.
    const bool whole = header_length >= tcp::protocol.min_length && (fragment_ || payload >= header_length);
    if (whole) record.role |= role::segment;
  }
  finish_record(record, cursor_.u16(0), cursor_.u16(2));
  return kDone;
}

// RFC 768; UDP-Lite (RFC 3828) has the checksum's coverage where UDP has its length.
WalkNext Walker::udp(PacketRecord& record, std::uint64_t payload) {
  if (!cursor_.has(4)) return cut(record, payload, udp::protocol.min_length);
  std::uint64_t datagram = payload;
  if (record.key.protocol == ip_proto::udp && cursor_.has(6) && cursor_.u16(4) != 0) {
    datagram = std::min<std::uint64_t>(cursor_.u16(4), payload);
  }
  constexpr std::uint64_t kHeader = udp::protocol.min_length;
  record.payload_length = datagram > kHeader ? clamp32(datagram - kHeader) : 0;
  if (cursor_.has(kHeader)) record.role |= role::stream;
  const std::uint16_t source = cursor_.u16(0), destination = cursor_.u16(2);
  const bool lite = record.key.protocol != ip_proto::udp;
  finish_record(record, source, destination);
  if (quoted_ || lite || !cursor_.skip(kHeader) || datagram <= kHeader) return kDone;
  cursor_.limit(datagram - kHeader);
  return udp_tunnel(source, destination);
}

PacketRecord& Walker::begin_record(const std::uint8_t* source, const std::uint8_t* destination,
                                   unsigned version) {
  source_ = source;
  destination_ = destination;
  version_ = static_cast<std::uint8_t>(version);
  if (places_ != nullptr) [[unlikely]] {
    const std::ptrdiff_t address = source - packet_.bytes.data();
    places_->push_back({static_cast<std::uint32_t>(address - (version == 4 ? 12 : 8)), version_, quoted_});
  }
  return out_.records.emplace_back();
}

void Walker::finish_record(PacketRecord& record, std::uint16_t source_port, std::uint16_t destination_port) {
  FlowKey& key = record.key;
  record.direction = version_ == 4 ? key.set_ipv4(source_, destination_, source_port, destination_port)
                                   : key.set_ipv6(source_, destination_, source_port, destination_port);
  record.hash = hash_key(key, seed_);
  record.time = packet_.time;
  record.number = packet_.number;

  const auto index = static_cast<std::uint32_t>(out_.records.size() - 1);
  if (quoted_) {
    record.role = static_cast<std::uint8_t>((record.role & (role::stream | role::segment)) | role::quoted);
    return;
  }
  record.encapsulation = encapsulation_number();
  record.role |= role::packet;
  // A piece that is cut is not reassembled: of IPv4, Wireshark reads the first piece then; of IPv6 none.
  if (fragment_ && !whole_) {
    record.role &=
        static_cast<std::uint8_t>(version_ == 4 ? ~role::segment : ~(role::segment | role::stream));
  }

  const std::uint32_t outer = best_;
  best_ = index;
  if (outer == kNoRecord) return;
  // This IP header lies inside that of `outer`, which now only takes part in stream numbering, or gives its
  // key to the later pieces of its datagram.
  PacketRecord& wrap = out_.records[outer];
  wrap.role &= role::stream;
  if (wrap.role == 0 && outer + 1 == index && !heads_datagram(outer)) {
    wrap = record;
    out_.records.pop_back();
    best_ = outer;
    if (!out_.fragments.empty() && out_.fragments.back().record == index) {
      out_.fragments.back().record = outer;
      if (out_.fragments.back().datagram != 0) out_.fragments.back().datagram = outer + 1;
    }
  }
}

bool Walker::heads_datagram(std::uint32_t record) const {
  for (std::size_t i = first_piece_; i < out_.fragments.size(); ++i) {
    if (out_.fragments[i].datagram == record + 1) return true;
  }
  return false;
}

void Walker::enter_tunnel(TunnelKind kind, bool has_id, std::uint64_t id) {
  if (!encapsulation_) encapsulation_.emplace();
  Encapsulation& e = *encapsulation_;
  e.tunnel = kind;
  e.has_id = has_id;
  e.id = id;
  const std::size_t size = version_ == 4 ? 4 : 16;
  e.source = e.destination = {};
  e.source.version = e.destination.version = version_;
  std::memcpy(e.source.bytes.data(), source_, size);
  std::memcpy(e.destination.bytes.data(), destination_, size);
}

std::uint32_t Walker::encapsulation_number() {
  if (!encapsulation_) return 0;
  auto& known = out_.encapsulations;
  // The packet before usually had the same.
  if (known.empty() || !(known.back() == *encapsulation_)) known.push_back(*encapsulation_);
  return static_cast<std::uint32_t>(known.size());
}

}  // namespace flowloom
