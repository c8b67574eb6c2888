#include "dissect/ip_headers.hpp"

#include "dissect/header_walk.hpp"
#include "dissect/walker.hpp"

namespace flowloom {

void find_ip_headers(const RawPacket& packet, std::vector<IpHeaderPlace>& out) {
  if (!link_type_supported(packet.link_type)) return;
  const HashSeed seed;
  PacketBatch records;
  Walker walker(packet, seed, records);
  walker.note_ip_headers(out);
  walker.run();
}

}  // namespace flowloom
