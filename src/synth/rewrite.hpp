// Other addresses for a recorded packet, with its checksums kept right: found once, put into every copy.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "dissect/ip_headers.hpp"
#include "flowloom/address.hpp"

namespace flowloom::synth {

/// A checksum that covers all bytes from `begin` on, those of packets inside among them.
struct Enclosing {
  std::uint32_t at = 0;
  std::uint32_t begin = 0;
  bool never_zero = false;  ///< never 0, which would say that there is none
};

/// An address in a packet, which every copy changes.
struct AddressPlace {
  std::uint32_t at = 0;
  std::uint32_t number = 0;         ///< of the address, in order of first appearance; per version
  std::uint32_t header_sum = 0;     ///< offset of the IPv4 header's checksum; 0: none
  std::uint32_t transport_sum = 0;  ///< offset of the checksum that covers it by the pseudo-header; 0: none
  std::uint8_t version = 4;
  std::uint8_t enclosing = 0;  ///< how many of the packet's enclosing checksums cover it
  bool never_zero = false;     ///< the transport's
  bool moved = false;          ///< outside the header: in a source route, or a home address
  std::uint8_t shared = 0;     ///< first bytes of the address that are not there (RFC 6554)
};

/// All that a copy changes in a packet.
struct Rewrite {
  static constexpr std::size_t kMostEnclosing = 4;  ///< what is deeper inside is left as it is

  std::vector<AddressPlace> places;
  std::vector<Enclosing> enclosing;  ///< the outermost first
  /// The packet's headers, if one has a source route or a home address: its checksums are made anew then.
  std::vector<IpHeaderPlace> routed;
};

/// Numbers of the addresses met so far.
class AddressNumbers {
 public:
  std::uint32_t number(const IpAddress& address);
  [[nodiscard]] std::uint64_t count(std::uint8_t version) const { return next_[version == 4 ? 0 : 1]; }

 private:
  std::map<IpAddress, std::uint32_t> numbers_;
  std::array<std::uint32_t, 2> next_ = {};
};

/// Finds what is to be changed in a packet with these IP headers; before that, makes checksums of IPv4, TCP,
/// UDP and ICMP right whose packet is there whole. Multicast, broadcast and unspecified addresses stay.
Rewrite plan_rewrite(std::span<std::uint8_t> packet, std::span<const IpHeaderPlace> headers,
                     AddressNumbers& numbers);

/// Puts `address` into its place and updates all checksums that cover it. After the last, finish_rewrite().
void put_address(std::span<std::uint8_t> packet, const Rewrite& rewrite, const AddressPlace& place,
                 const IpAddress& address);
void finish_rewrite(std::span<std::uint8_t> packet, const Rewrite& rewrite);

}  // namespace flowloom::synth
