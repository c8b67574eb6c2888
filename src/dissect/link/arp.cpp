#include "dissect/link/arp.hpp"

#include <algorithm>

#include "dissect/dissector.hpp"

namespace flowloom::arp {
namespace {

bool all(Bytes bytes, std::uint8_t value) {
  return std::all_of(bytes.begin(), bytes.end(), [=](auto byte) { return byte == value; });
}

}  // namespace

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::size_t hardware = header.get<hw_size>(), network = header.get<proto_size>();
  const std::size_t sender = 8, sender_ip = sender + hardware, target = sender_ip + network,
                    target_ip = target + hardware;
  d.limit(target_ip + network);
  const bool whole = d.set_header(target_ip + network);
  if (!d.wants_values()) return Next::nothing();
  const std::uint16_t type = header.get<hw_type>();
  const bool macs = hardware == 6 && (type == 1 || type == 6),
             ipv4 = network == 4 && header.get<proto_type>() == 0x0800;
  if (hardware != 0) d.put(macs ? src_hw_mac : src_hw, sender, hardware);
  if (network != 0) d.put(ipv4 ? src_proto_ipv4 : src_proto, sender_ip, network);
  if (hardware != 0) d.put(macs ? dst_hw_mac : dst_hw, target, hardware);
  if (network != 0) d.put(ipv4 ? dst_proto_ipv4 : dst_proto, target_ip, network);
  if (!whole) return Next::nothing();

  const std::uint16_t operation = header.get<opcode>();
  const Bytes from = d.bytes(sender_ip, network), to = d.bytes(target_ip, network);
  const bool request = operation == 1, same = std::equal(from.begin(), from.end(), to.begin());
  if (same && (request || operation == 2)) d.put_number(is_gratuitous, 1, 0, 0);
  if (!macs || !ipv4) return Next::nothing();
  const Bytes asked = d.bytes(target, hardware);
  if (request && all(from, 0) && all(asked, 0)) d.put_number(is_probe, 1, 0, 0);
  if (request && same && all(asked, 0)) d.put_number(is_announcement, 1, 0, 0);
  return Next::nothing();
}

}  // namespace flowloom::arp
