#include "dissect/net/ipv4.hpp"

#include "base/checksum.hpp"
#include "dissect/dissector.hpp"
#include "dissect/net/ipv6.hpp"

namespace flowloom::ip {
namespace {

void put_checksum(Dissector& d, std::size_t header_length) {
  if (!d.asked_for(checksum_status) && !d.asked_for(checksum_calculated)) return;
  if (!d.has(header_length)) {
    if (d.asked_for(checksum_status)) d.put_number(checksum_status, 2, 10, 2);
    return;
  }
  const std::uint32_t sum = sum_words(d.bytes(0, header_length));
  const std::uint16_t said = d.u16(10);
  if (d.asked_for(checksum_status)) d.put_number(checksum_status, finish_sum(sum) == 0 ? 1 : 0, 10, 2);
  if (d.asked_for(checksum_calculated))
    d.put_number(checksum_calculated, finish_sum(sum + static_cast<std::uint16_t>(~said)), 10, 2);
}

void put_hosts(Dissector& d) {
  if (d.asked_for(src_host)) d.put_address_text(src_host, 12, 4);
  if (d.asked_for(dst_host)) d.put_address_text(dst_host, 16, 4);
  if (!d.asked_for(host)) return;
  d.put_address_text(host, 12, 4);
  d.put_address_text(host, 16, 4);
}

}  // namespace

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::size_t header_length = header.get<hdr_len>();
  if (header.get<version>() != 4) {
    // An IPv6 packet behind IPv4's EtherType or protocol number is read as what it is, as Wireshark does.
    if (header.get<version>() == 6) return d.to(ipv6::protocol);
    d.anomaly("version", 0);
    return Next::nothing();
  }
  if (header_length < protocol.min_length) {
    d.anomaly("header_length", 0, protocol.min_length, header_length);
    return Next::nothing();
  }
  // Length 0 is segmentation offload's: what is there counts (as tshark does).
  const std::uint16_t total = header.get<len>();
  if (total != 0) d.limit(total);
  if (d.wants_values()) {
    put_hosts(d);
    put_checksum(d, header_length);
  }
  if (!d.set_header(header_length)) return Next::nothing();
  const bool piece = header.get<frag_offset>() != 0;
  d.set_network({4, header.bytes<src>(), header.bytes<dst>(), piece || header.get<mf>()});
  if (d.wants_values() && header_length > protocol.min_length) put_options(d, header_length);
  if (piece) return Next::data();
  return d.to(Table::ip_proto, header.get<proto>());
}

}  // namespace flowloom::ip
