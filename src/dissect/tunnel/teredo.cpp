#include "dissect/tunnel/teredo.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "dissect/dissector.hpp"
#include "dissect/net/ipv6.hpp"

namespace flowloom::teredo {
namespace {

constexpr std::uint16_t kAuthentication = 1, kOrigin = 0;
constexpr std::size_t kOriginSize = 8;

/// Returns where it ends.
std::size_t put_authentication(Dissector& d) {
  constexpr std::size_t kHead = 4, kNonce = 8;
  const std::size_t id_size = d.u8(2), value_size = d.u8(3), size = kHead + id_size + value_size + kNonce + 1;
  if (!d.wants_values()) return size;
  d.put(authentication, 0, std::min(size, d.captured()));
  const Dissector::Below below(d);
  d.put(id_length, 2, 1);
  d.put(value_length, 3, 1);
  std::size_t at = kHead;
  if (id_size != 0) d.put(id, at, id_size);
  at += id_size;
  if (value_size != 0) d.put(authentication_value, at, value_size);
  at += value_size;
  d.put(nonce, at, kNonce);
  d.put(confirmation, at + kNonce, 1);
  return size;
}

/// Port and address are sent inverted, so that no address translation changes them. Pre: all is there.
void put_origin(Dissector& d, std::size_t at) {
  d.put(origin, at, kOriginSize);
  const Dissector::Below below(d);
  d.put_number(origin_port, ~unsigned{d.u16(at + 2)} & 0xFFFFU, at + 2, 2);
  std::array<char, 4> address = {};
  for (std::size_t i = 0; i < address.size(); ++i) address[i] = static_cast<char>(~d.u8(at + 4 + i));
  d.put_made(origin_address, {address.data(), address.size()}, at + 4, 4);
}

}  // namespace

Next dissect(Dissector& d) {
  std::size_t at = 0;
  if (d.has(4) && d.u16(0) == kAuthentication) at = put_authentication(d);
  if (!d.set_header(at)) return Next::nothing();
  if (d.has(at + kOriginSize) && d.u16(at) == kOrigin) {
    if (d.wants_values()) put_origin(d, at);
    at += kOriginSize;
    if (!d.set_header(at)) return Next::nothing();
  }
  if (!d.has(at + 1)) return Next::nothing();
  return d.u8(at) >> 4U == 6 ? d.to(ipv6::protocol) : Next::data();
}

}  // namespace flowloom::teredo
