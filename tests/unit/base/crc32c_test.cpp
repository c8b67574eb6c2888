#include "base/crc32c.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace flowloom {
namespace {

// RFC 3720 appendix B.4: 32 bytes of zeros, of ones, rising, falling.
TEST(Crc32cTest, KnownValues) {
  std::vector<std::uint8_t> bytes(32, 0x00);
  EXPECT_EQ(~crc32c(kCrc32cStart, bytes), 0x8A9136AAU);
  bytes.assign(32, 0xFF);
  EXPECT_EQ(~crc32c(kCrc32cStart, bytes), 0x62A8AB43U);
  for (std::uint8_t i = 0; i < 32; ++i) bytes[i] = i;
  EXPECT_EQ(~crc32c(kCrc32cStart, bytes), 0x46DD794EU);
  for (std::uint8_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::uint8_t>(31 - i);
  EXPECT_EQ(~crc32c(kCrc32cStart, bytes), 0x113FDB5CU);
}

TEST(Crc32cTest, PiecesAddUp) {
  std::vector<std::uint8_t> bytes;
  for (unsigned i = 0; i < 100; ++i) bytes.push_back(static_cast<std::uint8_t>(i * 7));
  const Bytes all = bytes;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQ(crc32c(crc32c(kCrc32cStart, all.first(cut)), all.subspan(cut)), crc32c(kCrc32cStart, all));
  }
}

}  // namespace
}  // namespace flowloom
