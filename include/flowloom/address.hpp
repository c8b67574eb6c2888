// IP addresses of either version in one value.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace flowloom {

/// An IPv4 or IPv6 address, in network byte order. IPv4 takes the first four bytes, the rest is zero.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  std::uint8_t version = 0;  ///< 4 or 6; 0: none

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

/// Longest text of an address ("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255" and the like), without a NUL.
inline constexpr std::size_t kMaxAddressText = 45;

/// Writes the address at `out` (room for kMaxAddressText): dotted decimal, or RFC 5952. Returns the end.
char* write_address(const std::uint8_t* bytes, unsigned version, char* out);

[[nodiscard]] std::string to_string(const IpAddress& address);

}  // namespace flowloom
