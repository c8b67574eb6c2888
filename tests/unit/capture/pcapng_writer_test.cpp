// What is written as pcapng is read back the same.
#include "capture/pcapng_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
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
                          packet.bytes, {}, static_cast<std::uint32_t>(packet.bytes.size() + 5), file);
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

using Block = std::vector<std::uint8_t>;

Block option_of(std::uint16_t code, const Block& value, bool big) {
  const auto size = static_cast<std::uint16_t>(value.size());
  Block out;
  for (const unsigned number : {unsigned{code}, unsigned{size}}) {
    out.push_back(static_cast<std::uint8_t>(big ? number >> 8U : number));
    out.push_back(static_cast<std::uint8_t>(big ? number : number >> 8U));
  }
  out.insert(out.end(), value.begin(), value.end());
  out.resize((out.size() + 3) / 4 * 4);
  return out;
}

Block join(std::initializer_list<Block> blocks) {
  Block all;
  for (const Block& block : blocks) all.insert(all.end(), block.begin(), block.end());
  return all;
}

Block copied(const Block& options, bool big, std::optional<std::uint16_t> drops = std::nullopt) {
  const bool swapped = big == (std::endian::native == std::endian::little);
  Block out;
  pcapng::append_options(
      {.kind = CaptureRecord::Kind::enhanced, .swapped = swapped, .options = options, .drops = drops}, out);
  return out;
}

TEST(PcapngWriter, OptionsOfBothByteOrders) {
  const Block comment = {'h', 'i', 0xC3, 0xA4, 0}, hash = {2, 1, 2, 3, 4};
  const auto all = [&](bool big) {
    const auto number = [&](Block value) {
      if (big) std::ranges::reverse(value);
      return value;
    };
    return join({option_of(1, comment, big), option_of(1, {}, big), option_of(2, number({1, 2, 3, 4}), big),
                 option_of(3, hash, big), option_of(4, number({1, 0, 0, 0, 0, 0, 0, 9}), big),
                 option_of(5, number({5, 6, 7, 8, 1, 2, 3, 4}), big), option_of(6, number({7, 0, 0, 0}), big),
                 option_of(7, join({{1}, number({2, 0, 0, 0, 0, 0, 0, 0})}), big),
                 option_of(7, {0, 1, 2}, big), option_of(2988, join({number({9, 8, 0, 0}), {'x'}}), big)});
  };
  EXPECT_EQ(copied(all(false), false), all(false));
  EXPECT_EQ(copied(all(true), true), all(false));
  // Drops of an obsolete block are an option, unless there is one.
  EXPECT_EQ(copied(all(true), true, 3), all(false));
  EXPECT_EQ(copied({}, true, 3), option_of(4, {3, 0, 0, 0, 0, 0, 0, 0}, false));
}

TEST(PcapngWriter, OptionsLeftOut) {
  const Block comment = option_of(1, {'a'}, false), comment_be = option_of(1, {'a'}, true);
  // Not to be copied; and of unknown meaning, so of unknown order, but where that stays.
  EXPECT_EQ(copied(join({option_of(19372, {1, 2, 3, 4}, false), comment}), false), comment);
  EXPECT_EQ(copied(join({option_of(19373, {1, 2, 3, 4}, true), comment_be}), true), comment);
  const Block unknown = option_of(300, {1, 2, 3, 4}, false);
  EXPECT_EQ(copied(join({unknown, comment}), false), join({unknown, comment}));
  EXPECT_EQ(copied(join({option_of(300, {1, 2, 3, 4}, true), option_of(2989, {1, 2, 3, 4}, true),
                         option_of(2, {1, 2}, true), comment_be}),
                   true),
            comment);
  // What is behind an end, or cut.
  EXPECT_EQ(copied(join({comment, {0, 0, 0, 0}, comment}), false), comment);
  Block cut = join({comment, comment});
  for (std::size_t size = comment.size(); size < cut.size() - 3; ++size)
    EXPECT_EQ(copied(Block(cut.begin(), cut.begin() + static_cast<std::ptrdiff_t>(size)), false), comment);
  // Too many.
  Block many;
  for (int i = 0; i < 5; ++i) {
    const Block one = option_of(1, Block(65'000, 'x'), false);
    many.insert(many.end(), one.begin(), one.end());
  }
  const Block kept = copied(join({many, comment}), false, 1);
  EXPECT_LE(kept.size(), pcapng::kMostOptions);
  EXPECT_EQ(kept.size(), std::size_t{4} * 65'004 + comment.size() + 12);
}

}  // namespace
}  // namespace flowloom
