// What the tests of construction have in common.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "flowloom/construct.hpp"

namespace flowloom {

using Octets = std::vector<std::uint8_t>;

inline Octets built(const Packet& packet) {
  auto bytes = packet.build();
  EXPECT_TRUE(bytes.has_value()) << bytes.error().message();
  return bytes ? *bytes : Octets();
}

inline std::string refused(const Packet& packet) {
  const auto bytes = packet.build();
  return bytes ? "built" : bytes.error().message();
}

inline Octets some(const Octets& bytes, std::size_t from, std::size_t size) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(from),
          bytes.begin() + static_cast<std::ptrdiff_t>(from + size)};
}

/// The packet of these bytes, of which the first `captured` are there.
inline Packet taken_apart(const Octets& bytes, LinkType link_type, std::size_t captured) {
  Octets padded(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(captured));
  padded.resize(captured + kPadding);
  RawPacket raw;
  raw.bytes = PaddedBytes(padded.data(), captured);
  raw.original_length = static_cast<std::uint32_t>(bytes.size());
  raw.link_type = link_type;
  return Packet::from(raw);
}

}  // namespace flowloom
