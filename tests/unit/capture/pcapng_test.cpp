#include "capture/pcapng.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "capture_bytes.hpp"

namespace flowloom {
namespace {

constexpr std::uint64_t kMicros = 1'700'000'000'123'456;

class PcapngOrder : public ::testing::TestWithParam<bool> {};

TEST_P(PcapngOrder, InterfacesAndPackets) {
  PcapngWriter w(GetParam());
  ByteVector options = w.option(2, to_bytes("eth0"));
  for (const ByteVector& more : {w.option(3, to_bytes("the first")), w.option(9, {9}), w.option(0, {})}) {
    options.insert(options.end(), more.begin(), more.end());
  }
  w.section().interface(1, 262144, options).interface(101, 100);
  w.packet(0, 1'700'000'000'123'456'789, payload(61))
      .packet(1, kMicros, payload(20), 1400, w.option(1, to_bytes("hi")));
  const WholeCapture c = read_bytes(w.bytes());
  ASSERT_FALSE(c.error);
  EXPECT_FALSE(c.damage);
  EXPECT_EQ(c.format, CaptureFormat::pcapng);
  ASSERT_EQ(c.interfaces.size(), 2U);
  EXPECT_EQ(c.interfaces[0].name, "eth0");
  EXPECT_EQ(c.interfaces[0].description, "the first");
  EXPECT_EQ(c.interfaces[0].time_digits, 9);
  EXPECT_EQ(c.interfaces[0].packets, 1U);
  EXPECT_EQ(c.interfaces[1].link_type, 101);
  EXPECT_EQ(c.interfaces[1].snap_length, 100U);
  EXPECT_EQ(c.interfaces[1].time_digits, 6);
  ASSERT_EQ(c.packets.size(), 2U);
  EXPECT_EQ(c.packets[0], (ReadPacket{1'700'000'000'123'456'789, 1, 61, 1, 0, payload(61)}));
  EXPECT_EQ(c.packets[1], (ReadPacket{1'700'000'000'123'456'000, 2, 1400, 101, 1, payload(20)}));
}

TEST_P(PcapngOrder, SimpleAndOldPacketBlocks) {
  PcapngWriter w(GetParam());
  w.section().interface(1, 30);
  w.block(3, w.body().u32(20).raw(payload(20)));
  w.block(3, w.body().u32(1000).raw(payload(30)));  // cut to the snap length
  w.block(2, w.body()
                 .u16(0)
                 .u16(7)
                 .u32(static_cast<std::uint32_t>(kMicros >> 32))
                 .u32(static_cast<std::uint32_t>(kMicros))
                 .u32(9)
                 .u32(90)
                 .raw(payload(9))
                 .pad4()
                 .raw(w.option(1, to_bytes("x"))));
  const WholeCapture c = read_bytes(w.bytes());
  EXPECT_FALSE(c.damage);
  ASSERT_EQ(c.packets.size(), 3U);
  EXPECT_EQ(c.packets[0], (ReadPacket{0, 1, 20, 1, 0, payload(20)}));
  EXPECT_EQ(c.packets[1], (ReadPacket{0, 2, 1000, 1, 0, payload(30)}));
  EXPECT_EQ(c.packets[2], (ReadPacket{static_cast<std::int64_t>(kMicros) * 1000, 3, 90, 1, 0, payload(9)}));
}

TEST_P(PcapngOrder, OtherBlocksArePassedOver) {
  PcapngWriter w(GetParam());
  w.section();
  for (const std::uint32_t type : {4U, 5U, 9U, 10U, 0xbadU, 0x40000badU, 0x80000001U, 0xffffffffU})
    w.block(type, w.body().raw(payload(33)));
  w.interface();
  w.block(10, w.body().raw(payload(3'000'000)));  // is not collected in memory
  w.packet(0, kMicros, payload(14));
  w.block(5, w.body());
  const WholeCapture c = read_bytes(w.bytes());
  EXPECT_FALSE(c.damage);
  ASSERT_EQ(c.packets.size(), 1U);
  EXPECT_EQ(c.packets[0].bytes, payload(14));
}

INSTANTIATE_TEST_SUITE_P(Pcapng, PcapngOrder, ::testing::Values(false, true),
                         [](const auto& each) { return std::string(each.param ? "big" : "little"); });

TEST(Pcapng, SectionsOfEitherOrderNumberTheirInterfacesOn) {
  PcapngWriter w(false);
  w.section().interface(1).interface(113).packet(1, kMicros, payload(10));
  w.set_big_endian(true);
  w.section().interface(101).packet(0, kMicros, payload(11));
  w.set_big_endian(false);
  w.section().interface(276).packet(0, kMicros, payload(12));
  const WholeCapture c = read_bytes(w.bytes());
  EXPECT_FALSE(c.damage);
  ASSERT_EQ(c.interfaces.size(), 4U);
  ASSERT_EQ(c.packets.size(), 3U);
  EXPECT_EQ(c.packets[0].interface, 1);
  EXPECT_EQ(c.packets[0].link_type, 113);
  EXPECT_EQ(c.packets[1].interface, 2);
  EXPECT_EQ(c.packets[1].link_type, 101);
  EXPECT_EQ(c.packets[2].interface, 3);
  EXPECT_EQ(c.packets[2].link_type, 276);
}

TEST(Pcapng, InterfacesOfAnEarlierSectionAreNotThoseOfTheNext) {
  PcapngWriter w;
  w.section().interface(1).packet(0, kMicros, payload(10)).section().packet(0, kMicros, payload(10));
  const WholeCapture c = read_bytes(w.bytes());
  EXPECT_EQ(c.packets.size(), 1U);
  ASSERT_TRUE(c.damage);
  EXPECT_EQ(c.damage->reason, "packet of interface 0 in a section with 0 interfaces");
}

TEST(Pcapng, UnpaddedLengthsAreRoundedUp) {
  PcapngWriter w;
  w.section().interface(1);
  w.u32(6).u32(43).u32(0).u32(0).u32(5).u32(11).u32(11).raw(payload(11)).pad4().u32(43);
  w.packet(0, kMicros, payload(10));
  const WholeCapture c = read_bytes(w.bytes());
  EXPECT_FALSE(c.damage);
  ASSERT_EQ(c.packets.size(), 2U);
  EXPECT_EQ(c.packets[0].bytes, payload(11));
}

struct Tick {
  std::uint8_t resolution;
  std::int64_t offset;
  std::uint64_t units;
  std::int64_t ns;
};

TEST(Pcapng, Clocks) {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();
  const Tick ticks[] = {
      {6, 0, kMicros, 1'700'000'000'123'456'000},
      {9, 0, 1'700'000'000'123'456'789, 1'700'000'000'123'456'789},
      {3, 0, 1'700'000'000'123, 1'700'000'000'123'000'000},
      {0, 0, 1'700'000'000, 1'700'000'000'000'000'000},
      {12, 0, 1'700'000'123'456'789'999, 1'700'000'123'456'789},
      {18, 0, 1'999'999'999'999'999'999, 1'999'999'999},
      {28, 0, 1'999'999'999'999'999'999, 0},
      {28, 0, 10'000'000'000'000'000'000U, 1},
      {29, 0, kAll, 0},
      {127, 0, kAll, 0},
      {0x80 | 10, 0, 1536, 1'500'000'000},
      {0x80 | 20, 0, (std::uint64_t{1700000000} << 20) + (1 << 19), 1'700'000'000'500'000'000},
      {0x80 | 32, 0, (std::uint64_t{1700000000} << 32) + 1, 1'700'000'000'000'000'000},
      {0x80 | 63, 0, kAll, 1'999'999'999},
      {0x80 | 127, 0, kAll, 0},
      {0x80, 0, 5, 5'000'000'000},
      // Offsets.
      {6, 1'700'000'000, 5, 1'700'000'000'000'005'000},
      {6, -10, 20'000'000, 10'000'000'000},
      {6, -10, 0, -10'000'000'000},
      {6, std::numeric_limits<std::int64_t>::max(), 0, kMax},
      {6, std::numeric_limits<std::int64_t>::min(), kAll, kMin},
      // Beyond what 64 bits of nanoseconds hold.
      {6, 0, 9'223'372'036'854'775, 9'223'372'036'854'775'000},
      {6, 0, 9'223'372'036'854'776, kMax},
      {6, 0, kAll, kMax},
      {9, 0, std::uint64_t{1} << 63, kMax},
      {9, 0, (std::uint64_t{1} << 63) - 1, kMax},
      {0, 0, kAll, kMax},
      {0x80 | 1, 0, kAll, kMax},
  };
  for (const Tick& t : ticks) {
    EXPECT_EQ(pcapng::to_time(pcapng::make_clock(t.resolution, t.offset), t.units).ns, t.ns)
        << int{t.resolution} << ' ' << t.offset << ' ' << t.units;
  }
}

TEST(Pcapng, ResolutionAndOffsetOptionsReachThePackets) {
  PcapngWriter w;
  ByteVector options = w.option(9, {0x80 | 10});
  const ByteVector offset = w.option(14, w.body().u64(1000).bytes());
  options.insert(options.end(), offset.begin(), offset.end());
  w.section().interface(1, 0, options).packet(0, 1536, payload(10)).packet(0, ~std::uint64_t{0}, payload(10));
  const WholeCapture c = read_bytes(w.bytes());
  ASSERT_EQ(c.packets.size(), 2U);
  EXPECT_EQ(c.packets[0].ns, 1001'500'000'000);
  EXPECT_EQ(c.packets[1].ns, Timestamp::max().ns);
  EXPECT_EQ(c.interfaces[0].time_digits, 9);
}

/// What is damaged in a block after one good packet, and what is said of it.
struct Fault {
  const char* name;
  ByteVector block;
  const char* reason;
};

TEST(Pcapng, FaultsKeepWhatWasBefore) {
  const auto b = [] { return BytesWriter(); };
  const Fault faults[] = {
      {"no length", b().u32(6).u32(0).u32(0).bytes(), "block of only 0 bytes"},
      {"short", b().u32(6).u32(8).u32(8).bytes(), "block of only 8 bytes"},
      {"short packet block", b().u32(6).u32(28).raw(payload(16)).u32(28).bytes(),
       "packet block of only 28 bytes"},
      {"short simple packet block", b().u32(3).u32(12).u32(12).bytes(),
       "simple packet block of only 12 bytes"},
      {"short interface", b().u32(1).u32(16).u32(0).u32(16).bytes(),
       "interface description block of only 16 bytes"},
      {"lengths differ", b().u32(5).u32(16).u32(0).u32(20).bytes(),
       "block says it has 16 bytes at its begin, 20 at its end"},
      {"packet's lengths differ",
       b().u32(6).u32(36).u32(0).u32(0).u32(0).u32(4).u32(4).u32(0).u32(32).bytes(),
       "block says it has 36 bytes at its begin, 32 at its end"},
      {"unknown interface", PcapngWriter().packet(1, 0, payload(4)).bytes(),
       "packet of interface 1 in a section with 1 interfaces"},
      {"far interface", PcapngWriter().packet(0xffffffff, 0, payload(4)).bytes(),
       "packet of interface 4294967295 in a section with 1 interfaces"},
      {"too long", b().u32(6).u32(36).u32(0).u32(0).u32(0).u32(262145).u32(4).u32(0).u32(36).bytes(),
       "packet says it has 262145 bytes, more than the 262144 that a packet can have"},
      {"sticks out", b().u32(6).u32(36).u32(0).u32(0).u32(0).u32(5).u32(5).u32(0).u32(36).bytes(),
       "packet of 5 bytes in a block of 36"},
      {"simple sticks out", b().u32(3).u32(20).u32(5).u32(0).u32(20).bytes(),
       "packet of 5 bytes in a block of 20"},
      {"options without end", b().u32(6).u32(0x7ffffffc).u32(0).u32(0).u32(0).u32(4).u32(4).u32(0).bytes(),
       "packet of 4 bytes with 2147483640 bytes of options"},
      {"giant interface", b().u32(1).u32(0x7ffffffc).u32(0).u32(0).bytes(),
       "interface description of 2147483644 bytes"},
      {"no magic", b().u32(0x0a0d0d0a).u32(28).u32(0x1a2b3c4e).raw(payload(12)).u32(28).bytes(),
       "section header block without a byte-order magic"},
      {"short section", b().u32(0x0a0d0d0a).u32(24).u32(0x1a2b3c4d).raw(payload(8)).u32(24).bytes(),
       "section header block of only 24 bytes"},
      {"version", b().u32(0x0a0d0d0a).u32(28).u32(0x1a2b3c4d).u16(2).u16(0).u64(0).u32(28).bytes(),
       "section of pcapng version 2"},
      {"giant block cut", b().u32(5).u32(0xfffffffc).raw(payload(100)).bytes(),
       "block of 4294967292 bytes cut after 108"},
      {"block cut", b().u32(5).u32(40).raw(payload(20)).bytes(), "block of 40 bytes cut after 28"},
      {"header cut", b().u32(5).bytes(), "block header cut after 4"},
      {"packet cut", b().u32(6).u32(36).u32(0).u32(0).u32(0).u32(4).u32(4).u32(0).bytes(),
       "block of 36 bytes cut after 32"},
  };
  for (const Fault& fault : faults) {
    PcapngWriter w;
    w.section().interface(1).packet(0, kMicros, payload(60));
    const std::size_t offset = w.bytes().size();
    w.raw(fault.block);
    for (const std::size_t window : {std::size_t{1}, std::size_t{100}, std::size_t{1} << 18}) {
      const WholeCapture c = read_bytes(w.bytes(), window);
      EXPECT_EQ(c.packets.size(), 1U) << fault.name;
      ASSERT_TRUE(c.damage) << fault.name;
      EXPECT_EQ(c.damage->offset, offset) << fault.name;
      EXPECT_EQ(c.damage->reason, fault.reason) << fault.name;
    }
  }
}

TEST(Pcapng, LongBlocksPassedOverAreStillVerified) {
  PcapngWriter w;
  w.section().interface(1);
  const std::size_t offset = w.bytes().size();
  w.u32(10).u32(200012).raw(payload(200000)).u32(200008);
  w.packet(0, kMicros, payload(60));
  const WholeCapture c = read_bytes(w.bytes());
  EXPECT_EQ(c.packets.size(), 0U);
  ASSERT_TRUE(c.damage);
  EXPECT_EQ(c.damage->offset, offset);
  EXPECT_EQ(c.damage->reason, "block says it has 200012 bytes at its begin, 200008 at its end");
}

TEST(Pcapng, ThereIsALimitOfInterfaces) {
  PcapngWriter w;
  w.section();
  for (int i = 0; i < 65537; ++i) w.interface(1);
  const WholeCapture c = read_bytes(w.bytes());
  EXPECT_EQ(c.interfaces.size(), 65536U);
  ASSERT_TRUE(c.damage);
  EXPECT_EQ(c.damage->reason, "more than 65536 interfaces");
}

/// Else a file with many of them in many windows would take memory and time for each window.
TEST(Pcapng, WhatIsKnownOfInterfacesIsNotCopiedForEachWindow) {
  const auto parse = [](pcapng::Sections& sections, const PcapngWriter& more) {
    ByteVector bytes = more.bytes();
    const std::size_t size = bytes.size();
    bytes.resize(size + kPadding);
    std::vector<RawPacket> packets;
    EXPECT_EQ(parse_blocks(sections, PaddedBytes(bytes.data(), size), 0, 1, packets).consumed, size);
    return packets.size();
  };
  pcapng::Sections sections;
  PcapngWriter named, packet;
  named.section().interface(1, 0, named.option(2, to_bytes("eth0")));
  packet.packet(0, kMicros, payload(10));
  parse(sections, named);
  const auto known = sections.notes;
  EXPECT_EQ(parse(sections, packet), 1U);
  EXPECT_EQ(sections.notes, known);
  parse(sections, PcapngWriter().interface(1));
  EXPECT_NE(sections.notes, known);
  EXPECT_EQ(known->interfaces.size(), 1U);
  ASSERT_EQ(sections.notes->interfaces.size(), 2U);
  EXPECT_EQ(sections.notes->interfaces[0].name(), "eth0");
  EXPECT_EQ(sections.notes->interfaces[0].texts, known->interfaces[0].texts);
  EXPECT_EQ(sections.notes->interfaces[1].texts, nullptr);
}

TEST(Pcapng, TextsOfInterfacesTakeBoundedMemory) {
  PcapngWriter w;
  w.section();
  const ByteVector name = w.option(2, ByteVector(65'000, 'x'));
  constexpr std::size_t kInterfaces = 1'100;  // 71.5 MB
  for (std::size_t i = 0; i < kInterfaces; ++i) w.interface(1, 0, name);
  w.packet(kInterfaces - 1, kMicros, payload(10));
  const WholeCapture c = read_bytes(w.bytes());
  EXPECT_FALSE(c.damage);
  ASSERT_EQ(c.interfaces.size(), kInterfaces);
  std::size_t held = 0;
  for (const Interface& interface : c.interfaces) held += interface.name.size();
  EXPECT_EQ(held, (std::size_t{64} << 20U) / 65'000 * 65'000);
  EXPECT_EQ(c.interfaces.front().name.size(), 65'000U);
  EXPECT_EQ(c.interfaces.back().name, "");
  ASSERT_EQ(c.packets.size(), 1U);
  EXPECT_EQ(c.packets[0].interface, kInterfaces - 1);
}

TEST(Pcapng, UnknownVersionsAreRefused) {
  PcapngWriter w;
  w.block(0x0a0d0d0a, w.body().u32(0x1a2b3c4d).u16(2).u16(1).u64(0));
  const WholeCapture c = read_bytes(w.bytes());
  ASSERT_TRUE(c.error);
  EXPECT_EQ(c.error->code, ErrorCode::unsupported);
  EXPECT_EQ(c.error->what, "pcapng of version 2.1; only 1.x is known");
}

TEST(Pcapng, BrokenOptionsOfAnInterfaceAreIgnored) {
  PcapngWriter w;
  ByteVector options = w.option(2, to_bytes("lo"));
  const ByteVector broken = w.body().u16(3).u16(500).u32(0).bytes();
  options.insert(options.end(), broken.begin(), broken.end());
  w.section().interface(1, 0, options).packet(0, kMicros, payload(10));
  const WholeCapture c = read_bytes(w.bytes());
  EXPECT_EQ(c.packets.size(), 1U);
  EXPECT_EQ(c.interfaces[0].name, "lo");
  EXPECT_EQ(c.interfaces[0].description, "");
}

}  // namespace
}  // namespace flowloom
