// What must hold for every packet, however damaged: used by unit tests and fuzz targets. Each check returns
// what is wrong, an empty text if nothing is.
#pragma once

#include <cstdint>
#include <limits>
#include <numeric>
#include <string>

#include "dissect/packet_record.hpp"
#include "packets.hpp"

namespace flowloom::build {

inline std::uint64_t sum(const std::array<std::uint64_t, kFates>& fates) {
  return std::accumulate(fates.begin(), fates.end(), std::uint64_t{0});
}

inline std::uint64_t count_role(const PacketBatch& batch, unsigned role) {
  return static_cast<std::uint64_t>(std::count_if(batch.records.begin(), batch.records.end(),
                                                  [&](const auto& r) { return (r.role & role) != 0; }));
}

/// One record by itself.
inline std::string check_record(const PacketRecord& r, const PacketBatch& batch, const HashSeed& seed) {
  const FlowKey& key = r.key;
  const bool tcp = key.protocol == ip_proto::tcp;
  const bool numbered = tcp || key.protocol == ip_proto::udp || key.protocol == ip_proto::udplite;
  const bool icmp = key.protocol == ip_proto::icmp || key.protocol == ip_proto::icmpv6;
  if (key.version != 4 && key.version != 6) return "version";
  if (key.version == 4) {
    for (const auto& address : key.address) {
      if (!std::all_of(address.begin() + 4, address.end(), [](auto b) { return b == 0; })) return "address";
    }
  }
  if (key.address[0] > key.address[1]) return "order of addresses";
  if (key.address[0] == key.address[1] && key.port[0] > key.port[1]) return "order of ports";
  if (r.direction > 1) return "direction";
  if (r.hash != hash_key(key, seed)) return "hash";
  if (r.ip_length > std::numeric_limits<std::int32_t>::max()) return "length that fits no int32";
  if (r.payload_length > r.ip_length) return "payload longer than the packet";
  if ((r.tcp_flags & ~tcp_flag::all) != 0 || (r.tcp_flags != 0 && !tcp)) return "flags";
  if (r.encapsulation > batch.encapsulations.size()) return "encapsulation";
  if (key.sub != 0 && !icmp && !key.cut()) return "sub";
  if (key.cut() && numbered && (r.role & role::stream) != 0) return "numbered without ports";
  if ((r.role & role::stream) != 0 && !numbered) return "numbered protocol";
  if ((r.role & role::segment) != 0 && !tcp) return "segment";
  if ((r.role & role::icmp_error) != 0 && !icmp) return "error";
  if ((r.role & role::quoted) != 0 && (r.role & role::packet) != 0) return "quoted packet";
  return {};
}

/// All that the walk of a single packet gave.
inline std::string check_walk(const PacketBatch& batch, const RawPacket& packet, const HashSeed& seed) {
  std::size_t later = 0, at = 0;
  for (const FragmentPiece& p : batch.fragments) {
    later += p.datagram == 0 ? 1 : 0;
    if (p.record >= batch.records.size() || p.datagram > batch.records.size()) return "piece without record";
    const std::size_t settled = p.datagram != 0 ? p.datagram - 1 : p.record;
    if (settled < at) return "pieces out of order";
    at = settled;
    if ((p.datagram != 0) != (p.offset == 0)) return "first piece";
    if (p.length > std::numeric_limits<std::int32_t>::max() ||
        (p.whole && (p.length == 0 || p.length > packet.bytes.size()))) {
      return "length of a piece";
    }
  }
  if (later > 1) return "two later pieces";
  if (sum(batch.fates) + later != 1) return "a packet has one fate";
  const bool in_flow = batch.fates[static_cast<std::size_t>(Fate::flow)] != 0;
  if (count_role(batch, role::packet) != (in_flow ? 1 : later)) return "one record for the packet";
  bool seen = false;
  for (const PacketRecord& r : batch.records) {
    if (auto wrong = check_record(r, batch, seed); !wrong.empty()) return wrong;
    if (r.number != packet.number || r.time != packet.time) return "number and time";
    if ((r.role & role::late) != 0) return "late";
    if ((r.role & role::quoted) != 0 && !seen) return "quoted before the error";
    if ((r.role & (role::quoted | role::packet)) == 0 && seen) return "outer header behind the packet";
    seen = seen || (r.role & role::packet) != 0;
  }
  for (const Encapsulation& e : batch.encapsulations) {
    if (e.vlan_count > Encapsulation::kMaxVlans) return "tags";
    if ((e.tunnel != TunnelKind::none) != (e.source.version != 0)) return "ends of a tunnel";
    if (e.source.version != e.destination.version) return "versions of a tunnel's ends";
  }
  return {};
}

/// Batches after FragmentResolver: records are what the fates say, and nothing is without a role.
inline std::string check_resolved(const PacketBatch& batch, const HashSeed& seed) {
  if (count_role(batch, role::packet) != batch.fates[static_cast<std::size_t>(Fate::flow)]) {
    return "a record for each packet in a flow";
  }
  for (const PacketRecord& r : batch.records) {
    if (r.role == 0) return "no role";
    if (auto wrong = check_record(r, batch, seed); !wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace flowloom::build
