#include "dissect/net/ipv4.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::ip {

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::size_t header_length = header.get<hdr_len>();
  if (header_length < protocol.min_length) {
    d.anomaly("header_length", 0, protocol.min_length, header_length);
    return Next::nothing();
  }
  // Length 0 is segmentation offload's: what is there counts (as tshark does).
  const std::uint16_t total = header.get<len>();
  if (total != 0) d.limit(total);
  if (!d.set_header(header_length)) return Next::nothing();
  const bool piece = header.get<frag_offset>() != 0;
  d.set_network({4, header.bytes<src>(), header.bytes<dst>(), piece || header.get<mf>()});
  if (piece) return Next::data();
  return d.to(Table::ip_proto, header.get<proto>());
}

}  // namespace flowloom::ip
