// The short way through plain packets says what the long way says, of any packet, whatever is asked.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <random>

#include "flowloom/capture.hpp"
#include "support/packets.hpp"
#include "support/same_tape.hpp"

namespace flowloom {
namespace {

/// Both ways, with the same question.
class Ways {
 public:
  explicit Ways(std::initializer_list<std::string_view> names)
      : wanted_(build::wanted_for(names)), short_(wanted_), long_(wanted_, build::long_way()) {}
  Ways(const Ways&) = delete;
  Ways& operator=(const Ways&) = delete;

  [[nodiscard]] std::string difference(const RawPacket& packet) {
    const FrameContext context = {.first_time = 5, .previous_time = 7, .numbered_interfaces = true};
    return build::difference(short_.dissect(packet, context), long_.dissect(packet, context));
  }

 private:
  Wanted wanted_;
  Dissector short_, long_;
};

class PlainDissectionTest : public testing::Test {
 protected:
  void compare(const RawPacket& packet) {
    for (std::size_t i = 0; i < ways_.size(); ++i) {
      ASSERT_EQ(ways_[i].difference(packet), "") << "question " << i << ", packet " << packet.number;
    }
    ++packets_;
  }

  /// The packet as it is, and changed in a byte or two of its headers, and cut.
  void compare_changed(const RawPacket& packet, unsigned times) {
    compare(packet);
    const std::size_t size = packet.bytes.size();
    if (size == 0) return;
    for (unsigned i = 0; i < times && !HasFatalFailure(); ++i) {
      bytes_.assign(packet.bytes.data(), packet.bytes.data() + size);
      for (auto changes = random_() % 3; changes != 0; --changes) {
        bytes_[random_() % std::min<std::size_t>(size, 70)] =
            static_cast<std::uint8_t>(random_() % 3 == 0 ? random_() : random_() % 8 * 16);
      }
      const std::size_t captured = random_() % 4 == 0 ? random_() % (size + 1) : size;
      bytes_.resize(captured);
      bytes_.resize(captured + kPadding, 0xEE);
      RawPacket changed = packet;
      changed.bytes = PaddedBytes(bytes_.data(), captured);
      if (random_() % 4 == 0) changed.original_length = static_cast<std::uint32_t>(random_() % (2 * size));
      compare(changed);
    }
  }

  void compare_capture(const std::filesystem::path& path, unsigned changes, std::size_t most) {
    SCOPED_TRACE(path.filename());
    auto reader = CaptureReader::open(path.string());
    if (!reader) return;  // some are no captures, on purpose
    PacketWindow window;
    for (std::size_t left = most; left != 0;) {
      const Result<bool> more = reader->next(window);
      if (!more || !*more) break;
      for (const RawPacket& packet : window.packets) {
        if (left == 0) break;
        --left;
        compare_changed(packet, changes);
        if (HasFatalFailure()) return;
      }
    }
  }

  std::array<Ways, 6> ways_{
      Ways{"tcp.port", "ip.ttl", "ipv6.hlim", "udp.port"},
      Ways{"frame.len", "frame.time_delta", "frame.number", "eth.type", "eth.trailer", "eth.padding"},
      Ways{"tcp.len", "tcp.options.mss_val", "udp.length", "udp.checksum.status", "tcp.checksum.status"},
      Ways{"frame.protocols"},
      Ways{"flowloom.anomaly"},
      Ways{"icmp.type", "dns.qry.name", "ip.checksum.status"}};
  std::mt19937_64 random_{7};
  std::vector<std::uint8_t> bytes_;
  std::size_t packets_ = 0;
};

TEST_F(PlainDissectionTest, SaysWhatTheLongWaySaysOfMadePackets) {
  using namespace build;
  const Packet tcp_in = tcp({.flags = 0x12}, zeros(9)), dns_in = udp(53, 1024, zeros(12));
  const Packet four = ipv4({.protocol = 6}, tcp_in), six = ipv6({.next = 6}, tcp_in);
  const Packet packets[] = {
      eth(0x0800, four),
      eth(0x86DD, six),
      eth(0x0800, ipv4({.protocol = 17}, dns_in)),
      eth(0x86DD, ipv6({.next = 17}, dns_in)),
      eth(0x0800, ipv4({.protocol = 17}, udp(4789, 9, vxlan(5, eth(0x0800, four))))),
      eth(0x0800, ipv4({.protocol = 4}, four)),
      eth(0x0800, ipv4({.protocol = 1}, zeros(20))),
      eth(0x0800, ipv4({.protocol = 6, .options = zeros(8)}, tcp_in)),
      eth(0x0800, ipv4({.protocol = 17, .more = true}, dns_in)),
      eth(0x8100, vlan(7, 0x0800, four)),
      eth(0x8100, vlan(7, 0x8100, vlan(8, 0x86DD, six))),
      eth(0x8100, vlan(7, 0x8100, vlan(8, 0x8100, vlan(9, 0x0800, four)))),
      eth(0x88A8, vlan(7, 0x0800, four)),
      eth(0x0800, ipv4({.protocol = 17}, dns_in)) + zeros(30),
  };
  std::uint64_t number = 0;
  for (const Packet& packet : packets) {
    const Buffer buffer(packet);
    RawPacket raw;
    raw.bytes = buffer.padded();
    raw.original_length = static_cast<std::uint32_t>(packet.size());
    raw.link_type = kEthernet;
    raw.number = ++number;
    raw.time = {1'600'000'000'500'000'000};
    compare_changed(raw, 2000);
    if (HasFatalFailure()) return;
  }
}

TEST_F(PlainDissectionTest, SaysWhatTheLongWaySaysOfOurCaptures) {
  for (const auto& file : std::filesystem::recursive_directory_iterator(FLOWLOOM_SOURCE_DIR "/tests/pcaps")) {
    if (file.path().extension().string().starts_with(".pcap")) compare_capture(file.path(), 10, 300);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(packets_, 1000U);
}

TEST_F(PlainDissectionTest, SaysWhatTheLongWaySaysOfRealCaptures) {
  const char* set = std::getenv("FLOWLOOM_CAPTURES");
  const std::filesystem::path folder = set != nullptr ? set : FLOWLOOM_SOURCE_DIR "/../shared/captures";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no shared captures (FLOWLOOM_CAPTURES)";
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) compare_capture(file.path(), 1, 200);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(packets_, 1000U);
}

}  // namespace
}  // namespace flowloom
