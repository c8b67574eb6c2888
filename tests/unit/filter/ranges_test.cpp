// Tests that are told as ranges of numbers mean what they mean without: every field, compared in every way,
// in packets of all kinds.
#include "filter/ranges.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <set>

#include "dissect/dissector.hpp"
#include "filter/check.hpp"
#include "filter/evaluate.hpp"
#include "support/changed_packets.hpp"

namespace flowloom::filter {
namespace {

/// An expression, with ranges and without.
struct Both {
  std::string expression;
  Plan ranges, general;
};

class RangesTest : public testing::Test {
 protected:
  static bool has_ranges(const Plan& plan) {
    return std::ranges::any_of(
        plan.nodes, [](const Node& node) { return node.op == Op::ranges || node.op == Op::field_ranges; });
  }

  /// Not all constants suit all fields.
  void add(const std::string& expression) {
    const auto tree = parse(expression, FilterDialect::wireshark4);
    ASSERT_TRUE(tree.has_value()) << expression;
    auto general = plan_of(tree->get()), ranges = plan_of(tree->get());
    if (!general || !ranges) return;
    use_ranges(*ranges);
    if (!has_ranges(*ranges)) return;
    filters_.push_back({expression, std::move(*ranges), std::move(*general)});
  }

  /// `share`: of the constants that are tried, the first of which is one of so many.
  void add_all_of(const std::string& name, std::size_t share, std::size_t turn) {
    add(name);
    add("not " + name);
    static constexpr std::string_view kConstants[] = {"0",
                                                      "1",
                                                      "-1",
                                                      "5",
                                                      "6",
                                                      "20",
                                                      "40",
                                                      "64",
                                                      "80",
                                                      "443",
                                                      "255",
                                                      "2048",
                                                      "65535",
                                                      "40000",
                                                      "10.0.0.1",
                                                      "10.0.0.0/8",
                                                      "0.0.0.0/0",
                                                      "192.168.1.0/25",
                                                      "4294967295",
                                                      "02:00:00:00:00:01",
                                                      "ff:ff:ff:ff:ff:ff",
                                                      "0.001",
                                                      "-0.5",
                                                      "1600000000"};
    for (std::size_t i = turn % share; i < std::size(kConstants); i += share) {
      const std::string constant(kConstants[i]);
      for (const char* comparison : {"==", "!=", "===", "!==", "<", "<=", ">", ">="}) {
        add(name + " " + comparison + " " + constant);
      }
      add("any " + name + " > " + constant);
      add("all " + name + " >= " + constant);
      add("all " + name + " in {" + constant + "}");
    }
    add(name + " in {1, 4..17, 443}");
    add(name + " in {80..20}");
    add(name + " in {10.0.0.1..10.0.0.9, 192.168.0.0/16}");
  }

  /// Every filter on every packet of the capture.
  void compare(const std::filesystem::path& path, std::size_t most) {
    build::for_each_packet(path, most, [&](const RawPacket& packet) {
      compare(packet, path);
      return !HasFatalFailure();
    });
  }
  void compare(const RawPacket& packet, const std::filesystem::path& path) {
    // One millisecond before the packet before it, at the same time, or behind it.
    const std::int64_t between = (static_cast<std::int64_t>(packet.number % 3) - 1) * 1'000'000;
    const Tape& tape = dissector_.dissect(packet, {.previous_time = packet.time.ns - between});
    for (const Both& both : filters_) {
      const bool found = Evaluator(both.ranges).matches(tape);
      ASSERT_EQ(found, Evaluator(both.general).matches(tape))
          << both.expression << " on packet " << packet.number << " of " << path;
      ++(found ? found_ : not_found_);
    }
  }

  void compare_with_our_captures(std::size_t most) {
    for (const auto& file : build::own_captures()) {
      compare(file, most);
      if (HasFatalFailure()) return;
    }
  }

  std::deque<Both> filters_;
  Wanted wanted_ = Wanted::all();
  Dissector dissector_{wanted_};
  std::size_t found_ = 0, not_found_ = 0;
};

TEST_F(RangesTest, MeanWhatComparisonsMean) {
  std::set<std::string_view> names;
  for (const RegisteredProtocol& protocol : Registry::instance().protocols()) {
    names.insert(protocol.definition->name);
    for (const Field* field : protocol.definition->fields) names.insert(field->name);
  }
  std::size_t turn = 0;
  for (const std::string_view name : names) {
    const std::string_view protocol = name.substr(0, name.find('.'));
    const bool usual = protocol == "ip" || protocol == "tcp" || protocol == "eth" || protocol == "vlan" ||
                       name.starts_with("frame.time");
    add_all_of(std::string(name), usual && !name.contains("opt") ? 1 : 10, turn++);
  }
  EXPECT_GT(filters_.size(), 10'000U);
  compare_with_our_captures(2);
  EXPECT_GT(found_, 10'000U);
  EXPECT_GT(not_found_, 10'000U);
}

TEST_F(RangesTest, StandInLogic) {
  for (const char* expression :
       {"tcp.port == 443 and ip.ttl < 65", "not (tcp.port == 443 or udp.port == 53)",
        "ip xor ipv6 xor tcp.flags.syn == 1", "not (tcp and (ip.ttl > 60 xor tcp.flags.ack == 1)) or arp",
        "(ip and tcp) or (ipv6 and udp) or not eth", "frame contains \"a\" and (tcp or frame.len > 100)"}) {
    add(expression);
  }
  ASSERT_EQ(filters_.size(), 6U);
  compare_with_our_captures(1000);
  EXPECT_GT(found_, 100U);
  EXPECT_GT(not_found_, 100U);
}

}  // namespace
}  // namespace flowloom::filter
