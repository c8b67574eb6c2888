#include "base/ip_protocols.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace flowloom {
namespace {

// IANA, protocol numbers: some all over the table, so that a name left out is noticed.
TEST(IpProtocolsTest, NamesAreThoseOfTheirNumbers) {
  constexpr std::pair<int, std::string_view> kNames[] = {{0, "hopopt"},
                                                         {6, "tcp"},
                                                         {17, "udp"},
                                                         {41, "ipv6"},
                                                         {58, "ipv6-icmp"},
                                                         {89, "ospfigp"},
                                                         {112, "vrrp"},
                                                         {132, "sctp"},
                                                         {135, "mobility-header"},
                                                         {138, "manet"},
                                                         {139, "hip"},
                                                         {140, "shim6"},
                                                         {147, "bit-emu"},
                                                         {148, "ip-proto-148"},
                                                         {255, "ip-proto-255"}};
  for (const auto& [number, name] : kNames)
    EXPECT_EQ(ip_protocol_name(static_cast<std::uint8_t>(number)), name) << number;
}

}  // namespace
}  // namespace flowloom
