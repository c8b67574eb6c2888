// Straight code says what the general way says: tests made at random, on packets of all kinds.
#include "filter/straight_code.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <set>
#include <string>

#include "dissect/dissector.hpp"
#include "filter/check.hpp"
#include "filter/evaluate.hpp"
#include "filter/ranges.hpp"
#include "filter/straighten.hpp"
#include "support/changed_packets.hpp"

namespace flowloom::filter {
namespace {

/// Tests of fields in all ways that the language has. Some are no filters: types do not suit.
class Expressions {
 public:
  std::string test() {
    const std::string all = one({"", "", "", "any ", "all "});
    switch (random_() % 9) {
      case 0:
      case 1:
      case 2:
        return all + numeric(0) + compared() + (chance(2) ? constant() : numeric(1));
      case 3:
        return numeric(0);
      case 4:
        return all + slice() + compared() + (chance(4) ? slice() : bytes());
      case 5:
        return slice() + one({"", " & " + bytes(), " & " + bytes() + " == " + bytes(), " & 1"});
      case 6:
        return address();
      case 7:
        return field() + " in {" + one({"80, 443, 4..64", "6", "1..2, 20..30000", "-4..5"}) + "}";
      default:
        return one({"ip", "tcp", "udp", "ip.src", "tcp.payload", "tcp.payload == 00:01",
                    "udp.payload > 30:00", "tcp.port", "vlan.id", "ipv6", "eth.addr", "arp"}) +
               layer();
    }
  }

 private:
  bool chance(unsigned of) { return random_() % of == 0; }
  std::string one(const std::vector<std::string>& words) { return words[random_() % words.size()]; }

  std::string layer() {
    return one({"#1", "#2", "#-1", "#[1]", "#[1-2]", "#[2:1]", "#[-2:2]", "#[0]", "#[1:]"});
  }
  std::string field() {
    static const std::vector<std::string> kFields = {"ip.ttl",
                                                     "ip.len",
                                                     "ip.hdr_len",
                                                     "ip.id",
                                                     "ip.flags.df",
                                                     "ip.proto",
                                                     "tcp.srcport",
                                                     "tcp.port",
                                                     "tcp.dstport",
                                                     "tcp.flags",
                                                     "tcp.hdr_len",
                                                     "tcp.seq_raw",
                                                     "tcp.len",
                                                     "tcp.window_size_value",
                                                     "udp.port",
                                                     "udp.srcport",
                                                     "udp.length",
                                                     "ipv6.plen",
                                                     "ipv6.hlim",
                                                     "ipv6.flow",
                                                     "vlan.id",
                                                     "frame.len",
                                                     "frame.number",
                                                     "frame.cap_len",
                                                     "frame.interface_id",
                                                     "frame.time_relative",
                                                     "eth.type",
                                                     "arp.opcode",
                                                     "icmp.type",
                                                     "eth.dst.ig",
                                                     "frame.time_delta",
                                                     "tcp.options.mss_val",
                                                     "dns.id",
                                                     "ipv6.version",
                                                     "ip.checksum.status",
                                                     "sctp.srcport"};
    return kFields[random_() % kFields.size()] + (chance(8) ? layer() : "");
  }
  std::string constant() {
    return one({"0", "1", "-1", "4", "6", "20", "40", "60", "64", "80", "443", "255", "2048", "4294967295",
                std::to_string(random_() % 65536)});
  }
  std::string numeric(unsigned depth) {
    if (depth == 3) return chance(3) ? constant() : field();
    switch (random_() % 12) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return "{" + numeric(depth + 1) + one({" + ", " - ", " * ", " / ", " % ", " & "}) +
               (chance(2) ? constant() : numeric(depth + 1)) + "}";
      case 5:
        return "len(" +
               one({"tcp", "frame", "ip", "ip.src", "eth.addr", "tcp.payload", "udp.payload", "udp",
                    "tcp.options"}) +
               ")";
      case 6:
        return "count(" + one({"tcp", "ip", "ip.addr", "tcp.port", "vlan", "ip.src", "udp.payload"}) +
               (chance(3) ? layer() : "") + ")";
      case 7:
        return "abs(" + numeric(depth + 1) + ")";
      case 8:
        return one({"max(", "min("}) + numeric(depth + 1) + ", " + numeric(depth + 1) + ")";
      case 9:
        return "-" + field();
      default:
        return field();
    }
  }
  std::string compared() { return one({" == ", " != ", " === ", " !== ", " < ", " <= ", " > ", " >= "}); }
  std::string bytes() {
    std::string made;
    for (auto count = random_() % 4 + 1; count != 0; --count)
      made += one({"00", "01", "06", "08", "45", "0a", "ff", "02"}) + (count > 1 ? ":" : "");
    return made.size() == 2 ? "0x" + made : made;
  }
  std::string slice() {
    return one({"eth.src", "eth.addr", "ip.src", "ip.addr", "ipv6.src", "ipv6.addr", "tcp", "frame", "ip",
                "udp", "eth", "tcp.payload", "udp.payload", "tcp.options", "arp.src.hw_mac", "icmp",
                "ipv6"}) +
           (chance(10) ? layer() : "") + "[" +
           one({"0", "0:3", "1-2", "12:2", "13", "-1", "-4:2", "2:", ":4", "20:4", "0:16", "40:8", "3:9",
                "1-20"}) +
           (chance(12) ? ",2" : "") + "]";
  }
  std::string address() {
    if (chance(3)) {
      return one({"", "all "}) + one({"eth.src", "eth.addr", "eth.dst"}) + (chance(2) ? layer() : "") +
             compared() +
             one({"eth.dst", "eth.addr", "ff:ff:ff:ff:ff:ff", "02:00:00:00:00:01", "eth.src[0:3]"});
    }
    if (chance(2)) {
      return one({"", "all "}) + one({"ipv6.src", "ipv6.addr", "ipv6.dst"}) + (chance(3) ? layer() : "") +
             one({"", " & ffff::", " & ::ff"}) + compared() +
             one({"fe80::/10", "::1", "2001:db8::/32", "ff02::1", "ipv6.dst", "::/0", "fe80::", "ipv6.addr"});
    }
    return one({"", "all "}) + one({"ip.src", "ip.addr", "ip.dst"}) + (chance(3) ? layer() : "") +
           one({"", " & 255.255.0.0", " & 0.0.0.255"}) + compared() +
           one({"10.0.0.0/8", "192.168.1.0/25", "10.0.0.1", "ip.dst", "0.0.0.1", "192.168.0.0", "ip.addr"});
  }

  std::mt19937_64 random_{11};
};

/// A test that is straight code, as that and in the general way.
struct Both {
  explicit Both(std::string text, Plan&& made, Plan&& longer)
      : expression(std::move(text)), plan(std::move(made)), general_plan(std::move(longer)) {}

  std::string expression;
  Plan plan, general_plan;
  Evaluator quick{plan}, general{general_plan};
  std::vector<Register> registers = plan.registers;
  std::size_t found = 0, not_found = 0, unknown = 0;
};

class StraightCodeTest : public testing::Test {
 protected:
  /// False: it is no filter, or none with straight code.
  bool add(const std::string& expression) {
    if (!known_.insert(expression).second) return false;
    const auto tree = parse(expression, FilterDialect::wireshark4);
    if (!tree) return false;
    auto general = plan_of(tree->get()), plan = plan_of(tree->get());
    if (!general || !plan) return false;
    use_ranges(*plan);
    use_straight_code(*plan);
    if (plan->straight.empty()) return false;
    for (const FieldUse& use : plan->fields) wanted_.add(*use.named);
    tests_.emplace_back(expression, std::move(*plan), std::move(*general));
    return true;
  }

  void compare(Dissector& dissector, const RawPacket& packet) {
    const Tape& tape = dissector.dissect(
        packet, {.first_time = 5, .previous_time = 7, .numbered_interfaces = packet.number % 2 == 0});
    for (Both& both : tests_) {
      const bool found = both.quick.matches(tape);
      ASSERT_EQ(found, both.general.matches(tape)) << both.expression << " on packet " << packet.number;
      for (const StraightCode& code : both.plan.straight) {
        if (run(code, tape, both.registers) == Answer::unknown) ++both.unknown;
      }
      ++(found ? both.found : both.not_found);
    }
  }

  void compare(const std::vector<std::filesystem::path>& files, std::size_t most) {
    Dissector dissector(wanted_);
    build::ChangedPackets changed;
    for (const auto& file : files) {
      SCOPED_TRACE(file.filename());
      build::for_each_packet(file, most, [&](const RawPacket& packet) {
        compare(dissector, packet);
        if (!HasFatalFailure()) compare(dissector, changed.next(packet));
        return !HasFatalFailure();
      });
      if (HasFatalFailure()) return;
    }
  }

  void add_some(std::size_t count) {
    for (std::size_t tries = 0; tests_.size() < count && tries < 20 * count; ++tries)
      add(expressions_.test());
    ASSERT_EQ(tests_.size(), count);
  }

  Expressions expressions_;
  std::set<std::string> known_;
  std::deque<Both> tests_;
  Wanted wanted_;
};

TEST_F(StraightCodeTest, SaysWhatTheGeneralWaySaysOfOurCaptures) {
  add_some(3000);
  compare(build::own_captures(), 10);
  const auto both =
      std::ranges::count_if(tests_, [](const Both& x) { return x.found > 0 && x.not_found > 0; });
  EXPECT_GT(both, 1500);
}

TEST_F(StraightCodeTest, SaysWhatTheGeneralWaySaysOfRealCaptures) {
  const auto files = build::real_captures();
  if (files.empty()) GTEST_SKIP() << "no shared captures (FLOWLOOM_CAPTURES)";
  add_some(300);
  compare(files, 20);
}

/// What it is made for, where nothing is left to the general way.
TEST_F(StraightCodeTest, KnowsPacketsWithoutTunnels) {
  for (const char* expression : {"ip.len + 4 > 100",
                                 "ip.len - ip.hdr_len - tcp.hdr_len > 0",
                                 "eth.src[0:3] == 00:11:22",
                                 "eth.addr[0:3] == 00:11:22",
                                 "ip.src & 255.255.0.0 == 10.0.0.0",
                                 "tcp.flags & 0x12",
                                 "tcp[13] & 2",
                                 "len(tcp) > 20",
                                 "tcp[20:4] == 47:45:54:20",
                                 "ip.src#1 == 10.0.0.0/8",
                                 "abs(tcp.srcport - tcp.dstport) < 10",
                                 "ip.addr == ip.src",
                                 "max(tcp.srcport, tcp.dstport) < 1024",
                                 "tcp.port#1 in {80, 443..500}",
                                 "frame.len - ip.len > 14",
                                 "tcp.payload[0:3] == 47:45:54",
                                 "len(tcp.payload) > 5",
                                 "count(udp.payload) == 1",
                                 "count(ip) == 1",
                                 "tcp.len + 4 > 5",
                                 "frame.cap_len - frame.len == 0",
                                 "eth.type & 0xff == 0",
                                 "udp.length - 8 > 20",
                                 "count(tcp.len) == 1",
                                 "ipv6.src & ffff:: == fe80::"}) {
    EXPECT_TRUE(add(expression)) << expression;
  }
  Dissector dissector(wanted_);
  for (const char* name : {"/tests/pcaps/https.pcap", "/tests/pcaps/http.pcap"}) {
    build::for_each_packet(std::string(FLOWLOOM_SOURCE_DIR) + name, 1000, [&](const RawPacket& packet) {
      compare(dissector, packet);
      return !HasFatalFailure();
    });
  }
  for (const Both& both : tests_) {
    EXPECT_EQ(both.unknown, 0U) << both.expression;
    EXPECT_GT(both.found + both.not_found, 10U);
  }
}

}  // namespace
}  // namespace flowloom::filter
