#include "dissect/net/vrrp.hpp"

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"

namespace flowloom::vrrp {

Next dissect(Dissector& d) {
  if (!d.wants_values()) return Next::nothing();
  constexpr std::uint8_t kProtocol = 112;
  const auto header = d.header<protocol>();
  const unsigned number = header.get<version>();
  const bool six = d.network().version == 6;
  d.put(type_version);
  if (number == 3) {
    d.put_all({{&reserved, &short_interval}}, 0, d.captured());
  } else {
    d.put_all({{&auth_type, &interval}}, 0, d.captured());
  }
  if (d.asked_for(checksum_status))
    put_checksum(
        d, checksum_status, nullptr,
        number == 3 || six ? pseudo_sum(d, kProtocol, d.wire(), d.wire()) : checksum_sum(d, d.wire()), 6);
  std::size_t at = protocol.min_length;
  const std::size_t size = six ? 16 : 4;
  for (unsigned i = 0; i < header.get<addresses>() && d.has(at + size); ++i, at += size)
    d.put(six ? ipv6_address : ipv4_address, at, size);
  constexpr std::uint8_t kPassword = 1, kMd5 = 254;
  if (number == 3 || !d.has(at + 8)) return Next::nothing();
  if (d.u8(4) == kPassword) {
    std::size_t length = 0;
    while (length < 8 && d.u8(at + length) != 0) ++length;
    if (length != 0) d.put(auth_text, at, length);
  } else if (d.u8(4) == kMd5 && d.has(at + 16)) {
    d.put(auth_md5, at, 16);
  }
  return Next::nothing();
}

}  // namespace flowloom::vrrp
