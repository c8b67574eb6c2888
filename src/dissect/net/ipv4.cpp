#include "dissect/net/ipv4.hpp"

#include <algorithm>

#include "base/checksum.hpp"
#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"
#include "dissect/net/ipv6.hpp"
#include "dissect/source_route.hpp"

namespace flowloom::ip {
namespace {

void put_hosts(Dissector& d) {
  if (d.asked_for(src_host)) d.put_address_text(src_host, 12, 4);
  if (d.asked_for(dst_host)) d.put_address_text(dst_host, 16, 4);
  if (!d.asked_for(host)) return;
  d.put_address_text(host, 12, 4);
  d.put_address_text(host, 16, 4);
}

/// There is no header to check then.
bool ends_in_header(std::size_t total, std::size_t header_length) {
  return total != 0 && total < header_length;
}

}  // namespace

/// Computed when somebody asks.
Told tell_checksum_status(const Tape& /*tape*/, const Layer& layer) {
  if (layer.captured < protocol.min_length || layer.sound != ~std::uint32_t{0}) return {};
  const std::uint32_t header = read<hdr_len>(layer.data), total = read<len>(layer.data);
  if (ends_in_header(total, header)) return {};
  ChecksumState state = ChecksumState::unverified;
  if (header <= layer.captured)
    state = finish_sum(sum_words({layer.data, header})) == 0 ? ChecksumState::good : ChecksumState::bad;
  return {true, static_cast<std::uint64_t>(state)};
}

void put_values(Dissector& d, std::size_t header_length, std::size_t total) {
  put_hosts(d);
  if (ends_in_header(total, header_length)) return;
  if (d.asked_to_put(checksum_status) || d.asked_for(checksum_calculated))
    put_checksum(d, checksum_status, &checksum_calculated, checksum_sum(d, header_length), 10);
}

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::size_t header_length = header.get<hdr_len>();
  if (header.get<version>() != 4) {
    d.only_bits(version.width);
    d.anomaly("version", 0);
    if (header.get<version>() != 6) {
      d.set_header(std::min(header_length, d.captured()));
      return Next::nothing();
    }
    // An IPv6 packet behind IPv4's EtherType or protocol number is read as what it is, as Wireshark does.
    if (!d.parent().by_ethertype) d.only_bits(0);
    d.set_header(0);
    return d.to(ipv6::protocol);
  }
  if (header_length < protocol.min_length) {
    d.only_bits(hdr_len.bit + hdr_len.width);
    d.anomaly("header_length", 0, protocol.min_length, header_length);
    d.set_header(std::min(header_length, d.captured()));
    return Next::nothing();
  }
  // Length 0 is segmentation offload's: what is there counts (as tshark does).
  const std::uint16_t total = header.get<len>();
  if (total != 0) d.limit(total);
  if (d.wants_values()) put_values(d, header_length, total);
  if (!d.set_header(header_length)) return Next::nothing();
  const bool piece = header.get<frag_offset>() != 0;
  const Dissector::Network& outer = d.network();
  d.set_network({4, header.bytes<version>(), header.bytes<src>(), header.bytes<dst>(),
                 piece || header.get<mf>(), outer.quoted, outer.in_piece || outer.fragment,
                 !outer.may_be_cut() || total <= d.wire()});
  if (header_length > protocol.min_length) {
    d.set_ends(nullptr, last_stop(d.bytes(protocol.min_length, header_length - protocol.min_length)));
    if (d.wants_values()) put_options(d, header_length);
  }
  if (piece) return Next::data();
  return d.to(Table::ip_proto, header.get<proto>());
}

}  // namespace flowloom::ip
