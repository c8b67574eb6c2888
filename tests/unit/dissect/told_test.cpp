// What layers tell is what was put on the tape: of any packet, for all fields of which they tell something.
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "support/changed_packets.hpp"
#include "support/packets.hpp"
#include "support/same_tape.hpp"

namespace flowloom {
namespace {

std::vector<const Named*> told_names() {
  std::map<std::string_view, const Named*> names;
  for (const RegisteredProtocol& protocol : Registry::instance().protocols()) {
    for (const Field* field : protocol.definition->fields) {
      if (field->told != nullptr) names[field->name] = Registry::instance().find(field->name);
    }
  }
  std::vector<const Named*> list;
  for (const auto& [name, named] : names) list.push_back(named);
  return list;
}

TEST(Told, NamesAreOfOneField) {
  const auto names = told_names();
  EXPECT_GE(names.size(), 10U);
  for (const Named* named : names) {
    ASSERT_EQ(named->fields.size(), 1U) << named->fields[0]->name;
    EXPECT_EQ(named->told, named->fields[0]);
    EXPECT_FALSE(named->parsed);
  }
}

class ToldTest : public testing::Test {
 protected:
  /// Each layer's value against the one that its protocol's code put on the tape.
  void compare(const RawPacket& packet) {
    for (const bool numbered : {true, false}) {
      const FrameContext context = {.first_time = 5, .previous_time = 7, .numbered_interfaces = numbered};
      const Tape& tape = all_.dissect(packet, context);
      for (std::size_t i = 0; i < tape.layers.size(); ++i) {
        const Layer& layer = tape.layers[i];
        for (const Field* field : layer.protocol->definition->fields) {
          if (field->told == nullptr) continue;
          ASSERT_TRUE(build::tells_what_was_put(tape, layer, *field))
              << field->name << " of layer " << i << ", packet " << packet.number;
          const Told told = field->told(tape, layer);
          ++(told.there ? there_ : absent_)[field];
          if (told.there && field->name.ends_with(".checksum.status")) ++states_[{field->name, told.number}];
        }
      }
      const Tape& shorter = short_.dissect(packet, context);
      ASSERT_EQ(build::difference(shorter, long_.dissect(packet, context)), "");
      ASSERT_TRUE(shorter.values.empty());
      compare_told(shorter, tape);
      compare_told(long_.dissect(packet, context), tape);
    }
    ++packets_;
  }

  /// What is told of a tape without values, against one with all of them.
  static void compare_told(const Tape& tape, const Tape& full) {
    ASSERT_LE(tape.layers.size(), full.layers.size());
    for (std::size_t i = 0; i < tape.layers.size(); ++i) {
      ASSERT_EQ(tape.layers[i].protocol, full.layers[i].protocol);
      for (const Field* field : tape.layers[i].protocol->definition->fields) {
        if (field->told == nullptr) continue;
        Value one, other;
        ASSERT_EQ(told_value(tape, *field, tape.layers[i], one),
                  told_value(full, *field, full.layers[i], other))
            << field->name << " of layer " << i;
        ASSERT_EQ(std::tie(one.number, one.data, one.size), std::tie(other.number, other.data, other.size))
            << field->name << " of layer " << i;
      }
    }
  }

  void compare(const std::vector<std::filesystem::path>& files, std::size_t most) {
    for (const auto& file : files) {
      SCOPED_TRACE(file.filename());
      build::for_each_packet(file, most, [&](const RawPacket& packet) {
        compare(packet);
        for (int i = 0; i < 4 && !HasFailure(); ++i) compare(changed_.next(packet));
        return !HasFailure();
      });
      if (HasFailure()) return;
    }
    EXPECT_GT(packets_, 500U);
    for (const Named* named : told_names()) EXPECT_GT(there_[named->told], 100U) << named->told->name;
  }

  static Wanted wanted_told() {
    Wanted wanted;
    for (const Named* named : told_names()) wanted.add(*named);
    return wanted;
  }

  Wanted everything_ = build::wanted_all_told(), some_ = wanted_told();
  Dissector all_{everything_}, short_{some_}, long_{some_, build::long_way()};
  build::ChangedPackets changed_;
  std::map<const Field*, std::size_t> there_, absent_;
  std::map<std::pair<std::string_view, std::uint64_t>, std::size_t> states_;
  std::size_t packets_ = 0;
};

TEST_F(ToldTest, OfOurCaptures) {
  compare(build::own_captures(), 60);
  for (const std::string_view name :
       {"eth.type", "tcp.len", "frame.interface_id", "tcp.payload", "udp.payload", "ip.checksum.status",
        "tcp.checksum.status", "udp.checksum.status"})
    EXPECT_GT(absent_[Registry::instance().find(name)->told], 10U) << name;
  for (const std::string_view name : {"ip.checksum.status", "tcp.checksum.status", "udp.checksum.status"}) {
    for (const std::uint64_t state : {0U, 1U, 2U})
      EXPECT_GT(states_[std::pair(name, state)], 10U) << name << state;
  }
  for (const std::uint64_t state : {3U, 4U})
    EXPECT_GT(states_[std::pair(std::string_view("udp.checksum.status"), state)], 3U) << state;
}

TEST_F(ToldTest, OfRealCaptures) {
  const auto files = build::real_captures();
  if (files.empty()) GTEST_SKIP() << "no shared captures (FLOWLOOM_CAPTURES)";
  compare(files, 40);
}

/// Cut at each byte.
TEST_F(ToldTest, OfCutPackets) {
  using namespace build;
  const Packet packets[] = {
      eth(0x0800, ipv4({.protocol = 6}, tcp({.flags = 0x12}, zeros(9)))),
      eth(0x0800, ipv4({.protocol = 17}, udp(53, 1024, zeros(12)))),
      eth(0x0800, ipv4({.protocol = 136}, udp(53, 1024, zeros(12)))),
      eth(0x0800, ipv4({.protocol = 6, .more = true}, tcp({.flags = 0x12}, zeros(9)))),
      eth(0x0800, ipv4({.protocol = 6}, tcp({.flags = 0x14}, zeros(9)))),
      eth(0x0800, ipv4({.protocol = 6}, tcp({.words = 4}, zeros(9)))),
      eth(0x0800, ipv4({.protocol = 17}, be16(53) + be16(9) + be16(7) + be16(0) + zeros(9))),
      eth(0x0800, ipv4({.protocol = 17, .options = zeros(8)}, udp(53, 1024, zeros(12)))),
      eth(0x0800, ipv4({.protocol = 17, .total = 27, .options = zeros(8)}, udp(53, 1024, zeros(12)))),
      eth(0x0800, ipv4({.protocol = 17, .total = 3}, udp(53, 1024, zeros(12)))),
      eth(0x0800, ipv4({.protocol = 17, .total = 0, .options = zeros(8)}, udp(53, 1024, zeros(12)))),
      eth(0x0030, zeros(0x30)),
      eth(0x0600 - 1, zeros(0x30)),
  };
  for (const Packet& whole : packets) {
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      const Buffer bytes(Packet(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
      RawPacket packet;
      packet.bytes = bytes.padded();
      packet.link_type = kEthernet;
      for (const std::size_t length : {whole.size(), size, std::size_t{3}}) {
        packet.original_length = static_cast<std::uint32_t>(length);
        compare(packet);
      }
    }
  }
}

}  // namespace
}  // namespace flowloom
