// Datagrams whose ends are not the addresses of their IP header: conversations are between the real ends, and
// checksums of transport protocols cover those (RFC 8200 §8.1). What counts is what Wireshark takes.
#pragma once

#include <array>
#include <cstdint>

#include "flowloom/bytes.hpp"

namespace flowloom {

/// The last stop of a loose or strict source route (RFC 791 §3.1); null if there is none, or the datagram has
/// come to its end. `options` are all of an IPv4 header.
[[nodiscard]] const std::uint8_t* last_stop(Bytes options);

/// The last stop by an IPv6 routing header, which must be whole (types 0, 2 (RFC 6275), 3 (RFC 6554) and
/// 4 (RFC 8754)); null as above. `destination` is that of the IPv6 header, `made` has the result if it does
/// not stand in the packet as such.
[[nodiscard]] const std::uint8_t* last_stop(Bytes routing_header, const std::uint8_t* destination,
                                            std::array<std::uint8_t, 16>& made);

/// A part of an address, to its end; the bytes before are those of another.
struct AddressTail {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
};
/// The last stop of a whole routing header of type 3, as far as that has it (RFC 6554 §3); null if there is
/// none, or the addresses before it say a part of it.
[[nodiscard]] AddressTail last_stop_tail(Bytes routing_header);

/// The home address (RFC 6275 §6.3) among the options of an IPv6 destination options header, which stands for
/// the source; null if there is none.
[[nodiscard]] const std::uint8_t* home_address(Bytes options_header);

}  // namespace flowloom
