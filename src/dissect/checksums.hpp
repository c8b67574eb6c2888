// States of Internet checksums (RFC 1071), computed only when somebody asks for them.
#pragma once

#include <cstdint>
#include <optional>

#include "dissect/dissector.hpp"

namespace flowloom {

/// Wireshark's numbers.
enum class ChecksumState : std::uint8_t { bad = 0, good = 1, unverified = 2, absent = 3, illegal = 4 };

/// The sum of `size` bytes from the current header's first; none if they were not all captured.
[[nodiscard]] std::optional<std::uint32_t> checksum_sum(const Dissector& d, std::uint64_t size);

/// The same with the network layer's pseudo header (RFC 9293 §3.1, RFC 8200 §8.1), which has `length` as the
/// length of the whole; none also for pieces of a datagram.
[[nodiscard]] std::optional<std::uint32_t> pseudo_sum(const Dissector& d, std::uint8_t protocol,
                                                      std::uint64_t length, std::uint64_t covered);

inline void put_checksum_state(Dissector& d, const Field& field, ChecksumState state, std::size_t at) {
  d.put_number(field, static_cast<std::uint64_t>(state), at, 2);
}

/// The state of the checksum at `at` by the sum over all that it covers, and what it should be; each if asked
/// for (`calculated` may be null).
void put_checksum(Dissector& d, const Field& status, const Field* calculated,
                  std::optional<std::uint32_t> sum, std::size_t at);

// The same from a tape, computed when somebody asks. Pre: Tape::plain is not 0, or the pseudo header was
// noted.

[[nodiscard]] PseudoHeader pseudo_header(const Tape& tape, const Layer& layer);

/// Of the checksum over the pseudo header and the layer's first `covered` bytes.
[[nodiscard]] ChecksumState checksum_state(const Tape& tape, const Layer& layer, std::uint8_t protocol,
                                           std::uint64_t covered);

}  // namespace flowloom
