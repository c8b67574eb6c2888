#include "capture/decompress.hpp"

#include <gtest/gtest.h>

#include <random>

#include "capture_bytes.hpp"
#include "compressors.hpp"

namespace flowloom {
namespace {

/// Some 600 kB that compress only a little, so that there are several blocks.
ByteVector sample() {
  std::mt19937 random(7);
  PcapWriter w;
  w.header();
  for (std::uint32_t i = 0; i < 1000; ++i) {
    ByteVector data(600);
    for (std::uint8_t& b : data) b = static_cast<std::uint8_t>(random() % 100);
    w.record(i, i, data);
  }
  return w.bytes();
}

ByteVector joined(std::initializer_list<ByteVector> parts) {
  ByteVector out;
  for (const ByteVector& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

ByteVector slice(const ByteVector& bytes, std::size_t from, std::size_t to) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.begin() + static_cast<std::ptrdiff_t>(to)};
}

class Compressed : public ::testing::TestWithParam<Compressor> {
 protected:
  const ByteVector plain = sample();
  const std::vector<ReadPacket> packets = read_bytes(plain).packets;
  [[nodiscard]] ByteVector compress(const ByteVector& bytes) const { return GetParam().compress(bytes); }
  [[nodiscard]] std::string name() const { return GetParam().name; }

  void expect_all(const WholeCapture& c) const {
    EXPECT_FALSE(c.error);
    EXPECT_FALSE(c.damage) << c.damage->reason;
    EXPECT_EQ(c.compression, GetParam().compression);
    EXPECT_EQ(c.format, CaptureFormat::pcap);
    EXPECT_EQ(c.packets, packets);
  }
};

TEST_P(Compressed, ReadsTheSame) {
  const ByteVector bytes = compress(plain);
  ASSERT_LT(bytes.size(), plain.size());
  expect_all(read_bytes(bytes));
  expect_all(read_bytes(bytes, 1000));
}

TEST_P(Compressed, MembersAreReadOn) {
  const ByteVector a = compress(slice(plain, 0, 100'001));
  const ByteVector b = compress(slice(plain, 100'001, 100'001));  // empty
  const ByteVector c = compress(slice(plain, 100'001, plain.size()));
  expect_all(read_bytes(joined({a, b, c})));
  expect_all(read_bytes(joined({a, ByteVector(512), b, c, ByteVector(10240)})));
  expect_all(read_bytes(joined({compress({}), compress(plain)})));
}

TEST_P(Compressed, CutDataGiveWhatIsBeforeTheCut) {
  const ByteVector bytes = compress(plain);
  std::size_t most = 0;
  for (std::size_t size = 0; size < bytes.size(); size += size < 200 ? 1 : bytes.size() / 50) {
    const WholeCapture c = read_bytes(slice(bytes, 0, size));
    if (size == 0) continue;
    if (c.error) {
      EXPECT_EQ(most, 0U) << size;
      EXPECT_LT(size, bytes.size() / 4);
      if (size >= 6) {
        EXPECT_EQ(c.error->code, ErrorCode::damaged) << size << c.error->what;
        EXPECT_EQ(c.error->what, "too little of it can be decompressed: " + name() + " data end early");
      }
      continue;
    }
    ASSERT_TRUE(c.damage) << size;
    EXPECT_TRUE(c.damage->reason.starts_with(name() + " data end early")) << c.damage->reason;
    EXPECT_LE(c.damage->offset, plain.size());
    EXPECT_GE(c.packets.size(), most);
    most = c.packets.size();
    ASSERT_LE(c.packets.size(), packets.size());
    EXPECT_TRUE(std::equal(c.packets.begin(), c.packets.end(), packets.begin()));
  }
  EXPECT_GT(most, packets.size() * 3 / 4);
  // Also of the last byte alone something is said: it is part of a checksum or an end mark.
  EXPECT_TRUE(read_bytes(slice(bytes, 0, bytes.size() - 1)).damage);
  EXPECT_EQ(read_bytes(slice(bytes, 0, bytes.size() - 1)).packets, packets);
}

TEST_P(Compressed, CorruptDataGiveWhatIsBeforeTheFault) {
  // A second member that is corrupt costs nothing of the first.
  ByteVector second = compress(slice(plain, 60'000, plain.size()));
  for (std::size_t i = second.size() / 2; i < second.size() / 2 + 64; ++i) second[i] ^= 0xff;
  const WholeCapture c = read_bytes(joined({compress(slice(plain, 0, 60'000)), second}));
  EXPECT_FALSE(c.error);
  ASSERT_TRUE(c.damage);
  ASSERT_GE(c.packets.size(), 97U);
  EXPECT_TRUE(std::equal(c.packets.begin(), c.packets.begin() + 97, packets.begin()));
}

TEST_P(Compressed, WhatFollowsIsDamageButCostsNothing) {
  const WholeCapture c = read_bytes(joined({compress(plain), to_bytes("this is something else, isn't it?")}));
  EXPECT_EQ(c.packets, packets);
  ASSERT_TRUE(c.damage);
  EXPECT_EQ(c.damage->offset, plain.size());
  EXPECT_EQ(c.damage->reason, "something else follows the " + name() + " data");
}

TEST_P(Compressed, CutCaptureInsideWholeData) {
  const WholeCapture c = read_bytes(compress(slice(plain, 0, 24 + 616 + 16 + 5)));
  EXPECT_EQ(c.packets.size(), 1U);
  ASSERT_TRUE(c.damage);
  EXPECT_EQ(c.damage->offset, 640U);
  EXPECT_EQ(c.damage->reason, "record of 600 bytes cut after 5");
}

TEST_P(Compressed, WhatIsNoCapture) {
  const WholeCapture text = read_bytes(compress(to_bytes("hello, world\n")));
  ASSERT_TRUE(text.error);
  EXPECT_EQ(text.error->code, ErrorCode::not_a_capture);
  EXPECT_EQ(text.error->what, "no capture; it looks like text, " + name() + "-compressed");
  const WholeCapture empty = read_bytes(compress({}));
  ASSERT_TRUE(empty.error);
  EXPECT_EQ(empty.error->what, "no capture; it looks like an empty file, " + name() + "-compressed");
  const WholeCapture twice = read_bytes(compress(compress(plain)));
  ASSERT_TRUE(twice.error);
  EXPECT_EQ(twice.error->what,
            "no capture; it looks like " + name() + "-compressed data, " + name() + "-compressed");
}

TEST_P(Compressed, FilesKnowTheirPosition) {
  const TemporaryFolder folder;
  const ByteVector bytes = compress(plain);
  Result<CaptureReader> reader = CaptureReader::open(folder.write("x", bytes));
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->size(), bytes.size());
  PacketWindow window;
  while (reader->next(window).value()) {
  }
  EXPECT_EQ(reader->position(), bytes.size());
}

INSTANTIATE_TEST_SUITE_P(Decompress, Compressed, ::testing::ValuesIn(kCompressors),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Decompress, SkippableFramesInFront) {
  const ByteVector plain = PcapWriter().header().record(1, 0, payload(60)).bytes();
  const ByteVector skippable = BytesWriter().u32(0x184d2a50).u32(4).u32(0).bytes();
  EXPECT_EQ(read_bytes(joined({skippable, zstd_compressed(plain)})).packets.size(), 1U);
  EXPECT_EQ(read_bytes(joined({skippable, lz4_compressed(plain)})).packets.size(), 1U);
}

TEST(Decompress, MemoryIsBounded) {
  // A zstd frame with a window of 2 GiB (frame header: magic, descriptor, window 2^31), then a block.
  const ByteVector zstd =
      BytesWriter().u32(0xfd2fb528).put<std::uint8_t>(0).put<std::uint8_t>(21 << 3).raw(payload(50)).bytes();
  const WholeCapture c = read_bytes(zstd);
  ASSERT_TRUE(c.error);
  EXPECT_NE(c.error->what.find("memory"), std::string::npos) << c.error->what;

  // An xz stream with a small dictionary, whose header then claims one of 3 GiB.
  lzma_options_lzma options;
  ::lzma_lzma_preset(&options, 0);
  lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  const ByteVector plain = payload(1000);
  ByteVector xz(10000);
  std::size_t size = 0;
  ASSERT_EQ(::lzma_stream_buffer_encode(filters, LZMA_CHECK_NONE, nullptr, plain.data(), plain.size(),
                                        xz.data(), &size, xz.size()),
            LZMA_OK);
  xz.resize(size);
  // Block header (at 12): size, flags, filter id 0x21, size of properties 1, the dictionary's size; CRC32.
  const std::size_t header_size = (xz[12] + std::size_t{1}) * 4;
  std::size_t property = 14;
  while (xz[property] != 0x21) ++property;
  xz[property + 2] = 39;  // 3 GiB
  const std::uint32_t crc = ::lzma_crc32(xz.data() + 12, header_size - 4, 0);
  for (unsigned i = 0; i < 4; ++i) xz[12 + header_size - 4 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
  const WholeCapture d = read_bytes(xz);
  ASSERT_TRUE(d.error);
  EXPECT_NE(d.error->what.find("MiB of memory, more than the 256 allowed"), std::string::npos)
      << d.error->what;
}

}  // namespace
}  // namespace flowloom
