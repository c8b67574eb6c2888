// The short way through plain packets says what the long way says, of any packet, whatever is asked.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "support/changed_packets.hpp"
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

  /// The packet as it is, and changed.
  void compare_changed(const RawPacket& packet, unsigned times) {
    compare(packet);
    for (unsigned i = 0; i < times && !HasFatalFailure(); ++i) compare(changed_.next(packet));
  }

  void compare_capture(const std::filesystem::path& path, unsigned changes, std::size_t most) {
    SCOPED_TRACE(path.filename());
    build::for_each_packet(path, most, [&](const RawPacket& packet) {
      compare_changed(packet, changes);
      return !HasFatalFailure();
    });
  }

  std::array<Ways, 9> ways_{
      Ways{"ip.checksum.status", "ip.checksum_calculated", "ip.host", "ip.opt.type"},
      Ways{"tcp.flags.str", "tcp.payload", "tcp.checksum_calculated", "ip.src_host"},
      Ways{"udp.payload", "udp.checksum_calculated", "tcp.reset_cause", "ip.checksum.status"},
      Ways{"tcp.port", "ip.ttl", "ipv6.hlim", "udp.port"},
      Ways{"frame.len", "frame.time_delta", "frame.number", "eth.type", "eth.trailer", "eth.padding"},
      Ways{"tcp.len", "tcp.options.mss_val", "udp.length", "udp.checksum.status", "tcp.checksum.status"},
      Ways{"frame.protocols"},
      Ways{"flowloom.anomaly"},
      Ways{"icmp.type", "dns.qry.name", "ip.checksum.status"}};
  build::ChangedPackets changed_;
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
  for (const auto& file : build::own_captures()) {
    compare_capture(file, 10, 300);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(packets_, 1000U);
}

TEST_F(PlainDissectionTest, SaysWhatTheLongWaySaysOfRealCaptures) {
  const auto files = build::real_captures();
  if (files.empty()) GTEST_SKIP() << "no shared captures (FLOWLOOM_CAPTURES)";
  for (const auto& file : files) {
    compare_capture(file, 1, 200);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(packets_, 1000U);
}

}  // namespace
}  // namespace flowloom
