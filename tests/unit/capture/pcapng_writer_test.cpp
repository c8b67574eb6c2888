// What is written as pcapng is read back the same.
#include "capture/pcapng_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace flowloom {
namespace {

struct Sent {
  std::uint32_t interface;
  std::uint64_t since;
  std::vector<std::uint8_t> bytes;
};

void round_trip(const std::vector<Interface>& interfaces, std::int64_t offset,
                const std::vector<Sent>& sent) {
  std::vector<std::uint8_t> file;
  pcapng::append_section(file);
  for (const Interface& interface : interfaces) pcapng::append_interface(interface, offset, file);
  for (const Sent& packet : sent) {
    const Timestamp time{offset * kNsPerSecond + static_cast<std::int64_t>(packet.since)};
    pcapng::append_packet(packet.interface, interfaces[packet.interface].time_digits, time, offset,
                          packet.bytes, static_cast<std::uint32_t>(packet.bytes.size() + 5), file);
  }
  auto reader = CaptureReader::from_memory(file, "memory");
  ASSERT_TRUE(reader) << reader.error().message();
  PacketWindow window;
  std::size_t next = 0;
  for (;;) {
    const auto more = reader->next(window);
    ASSERT_TRUE(more);
    if (!*more) break;
    for (const RawPacket& packet : window.packets) {
      ASSERT_LT(next, sent.size());
      const Sent& wanted = sent[next++];
      const Interface& interface = interfaces[wanted.interface];
      const std::uint64_t unit = interface.time_digits > 6 ? 1 : 1000;
      EXPECT_EQ(packet.interface, wanted.interface);
      EXPECT_EQ(packet.link_type, interface.link_type);
      EXPECT_EQ(packet.original_length, wanted.bytes.size() + 5);
      EXPECT_TRUE(std::ranges::equal(packet.bytes.view(), wanted.bytes));
      EXPECT_EQ(packet.time.ns,
                offset * kNsPerSecond + static_cast<std::int64_t>(wanted.since / unit * unit));
    }
  }
  EXPECT_EQ(next, sent.size());
  EXPECT_FALSE(reader->damage());
  ASSERT_EQ(reader->interfaces().size(), interfaces.size());
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    EXPECT_EQ(reader->interfaces()[i].name, interfaces[i].name);
    EXPECT_EQ(reader->interfaces()[i].description, interfaces[i].description);
    EXPECT_EQ(reader->interfaces()[i].snap_length, interfaces[i].snap_length);
    EXPECT_EQ(reader->interfaces()[i].time_digits, interfaces[i].time_digits);
  }
}

TEST(PcapngWriter, RoundTrip) {
  const std::vector<Interface> interfaces = {
      {.name = "eth0", .description = "a wire", .link_type = 1, .snap_length = 65535},
      {.name = {}, .description = {}, .link_type = 101, .snap_length = 0, .time_digits = 9},
      {.name = std::string(1001, 'n'), .description = {}, .link_type = 113, .snap_length = 96}};
  std::mt19937 random(1);  // NOLINT: the same packets each time
  std::vector<Sent> sent;
  for (std::uint32_t i = 0; i < 300; ++i) {
    sent.push_back({i % 3, random() * std::uint64_t{400'000'000}, std::vector<std::uint8_t>(i % 97)});
    for (std::uint8_t& byte : sent.back().bytes) byte = static_cast<std::uint8_t>(random());
  }
  round_trip(interfaces, 0, sent);
  round_trip(interfaces, -5'000'000'000, sent);
  round_trip(interfaces, 1'700'000'000, sent);
}

}  // namespace
}  // namespace flowloom
