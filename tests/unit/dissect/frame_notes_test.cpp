// What a capture file says of packets beside their bytes, as frame.* tell it. (Values that tshark can judge
// are in ng_notes.pcapng.)
#include <gtest/gtest.h>

#include <random>

#include "capture/capture_bytes.hpp"
#include "dissect/dissector.hpp"
#include "dissect/frame_origin.hpp"
#include "dissect/link/frame.hpp"
#include "dissect/value_text.hpp"
#include "support/tape_invariants.hpp"

namespace flowloom {
namespace {

using Told = std::vector<std::string>;  ///< "field=value", the field without "frame."

/// What is told of the packets, of these fields and of all that are not there for everybody.
std::vector<Told> told(const ByteVector& capture, std::initializer_list<std::string_view> asked = {},
                       std::size_t window_size = 256 * 1024) {
  static constexpr const Field* kOfAll[] = {&frame::number,     &frame::time,          &frame::time_epoch,
                                            &frame::time_delta, &frame::time_relative, &frame::len,
                                            &frame::cap_len,    &frame::interface_id,  &frame::protocols};
  Wanted wanted = Wanted::all();
  for (const std::string_view name : asked) wanted.add(*Registry::instance().find(name));
  Dissector dissector(wanted);
  auto reader = CaptureReader::from_memory(capture, "test", {.window = window_size});
  EXPECT_TRUE(reader);
  std::vector<Told> all;
  PacketWindow window;
  FrameContext context;
  while (reader && reader->next(window).value_or(false)) {
    set_origin(context, window);
    for (const RawPacket& packet : window.packets) {
      const Tape& tape = dissector.dissect(packet, context);
      EXPECT_EQ(build::check_tape(tape, packet), "");
      Told& one = all.emplace_back();
      for (const Value& value : tape.values) {
        if (value.layer != 0 || std::ranges::count(kOfAll, value.field) != 0) continue;
        one.push_back(std::string(value.field->name.substr(6)) + "=");
        append_value_text(one.back(), value);
      }
      for (const Anomaly& anomaly : tape.anomalies) one.push_back("anomaly=" + std::string(anomaly.name));
    }
  }
  return all;
}

class FrameNotesTest : public testing::TestWithParam<bool> {
 protected:
  FrameNotesTest() : out_(GetParam()) { out_.section(); }

  [[nodiscard]] ByteVector option(std::uint16_t code, std::string_view text) const {
    return out_.option(code, to_bytes(text));
  }
  template <class T>
  [[nodiscard]] ByteVector number(std::uint16_t code, T value) const {
    return out_.option(code, out_.body().put(value).bytes());
  }
  /// What is told of one packet with these options.
  Told told_of(std::initializer_list<ByteVector> options) {
    PcapngWriter one(GetParam());
    one.section().interface(kLinkType);
    ByteVector all;
    for (const ByteVector& option : options) all.insert(all.end(), option.begin(), option.end());
    one.packet(0, 1, payload(21), {}, all);
    const auto packets = told(one.bytes());
    EXPECT_EQ(packets.size(), 1U);
    return packets.empty() ? Told() : packets[0];
  }

  static constexpr std::uint16_t kLinkType = 147;  // nobody looks into it
  PcapngWriter out_;
};

INSTANTIATE_TEST_SUITE_P(ByteOrders, FrameNotesTest, testing::Bool());

TEST_P(FrameNotesTest, NamesOfInterfacesInAnyWindows) {
  const auto describe = [&](PcapngWriter& out, std::initializer_list<ByteVector> options) {
    ByteVector all;
    for (const ByteVector& one : options) all.insert(all.end(), one.begin(), one.end());
    out.interface(kLinkType, 0, all);
  };
  out_.interface(kLinkType).packet(0, 1, payload(5));
  describe(out_, {option(2, "eth0"), option(3, "first")});
  out_.packet(1, 2, payload(0)).packet(0, 3, payload(7));
  describe(out_, {option(3, "only this")});
  describe(out_, {option(2, ""), option(3, "")});
  out_.packet(2, 4, payload(1)).packet(3, 5, payload(300)).packet(1, 6, payload(4));
  out_.section();
  describe(out_, {option(2, std::string_view("a\0b", 3)), option(2, "second")});
  out_.packet(0, 7, payload(4));
  out_.block(3, out_.body().u32(4).raw(payload(4)));
  const std::vector<Told> expected = {
      {"interface_name=unknown", "section_number=1"},
      {"interface_name=eth0", "interface_description=first", "section_number=1"},
      {"interface_name=unknown", "section_number=1"},
      {"interface_name=only this", "interface_description=only this", "section_number=1"},
      {"interface_name=", "interface_description=", "section_number=1"},
      {"interface_name=eth0", "interface_description=first", "section_number=1"},
      {"interface_name=a", "section_number=2"},
      {"interface_name=a", "section_number=2"}};
  for (const std::size_t window : {1U, 30U, 100U, 400U, 100'000U})
    EXPECT_EQ(told(out_.bytes(), {"frame.interface_name", "frame.section_number"}, window), expected)
        << window;
  const auto unasked = told(out_.bytes());
  EXPECT_EQ(unasked[0], Told());  // that there is no name is for who asks for it
  EXPECT_EQ(unasked[6], Told({"interface_name=a"}));
}

TEST_P(FrameNotesTest, CommentsAreTextUpToANul) {
  EXPECT_EQ(told_of({option(1, "one"), option(1, ""), option(1, std::string_view("x\0y", 3))}),
            Told({"comment=one", "comment=", "comment=x"}));
  EXPECT_EQ(told_of({option(1, "\xFF\xC0z\x1B")}), Told({"comment=\xFF\xC0z\x1B"}));
  EXPECT_EQ(told_of({option(1, "one"), option(0, ""), option(1, "behind the end")}), Told({"comment=one"}));
}

TEST_P(FrameNotesTest, FlagsWithTheirPartsAndTheDirection) {
  const Told found = told_of({number(2, 0x8100'01A9U), number(2, 2U)});
  EXPECT_EQ(found,
            Told({"packet_flags=0x810001a9", "packet_flags_direction=0x00000001",
                  "packet_flags_reception_type=2", "packet_flags_fcs_length=13", "packet_flags_reserved=0",
                  "packet_flags_crc_error=1", "packet_flags_packet_too_error=0",
                  "packet_flags_packet_too_short_error=0", "packet_flags_wrong_inter_frame_gap_error=0",
                  "packet_flags_unaligned_frame_error=0", "packet_flags_start_frame_delimiter_error=0",
                  "packet_flags_preamble_error=0", "packet_flags_symbol_error=1", "p2p_dir=1"}));
  EXPECT_EQ(told_of({number(2, 2U)}).back(), "p2p_dir=0");
  EXPECT_EQ(told_of({number(2, 3U)}).back(), "packet_flags_symbol_error=0");
}

TEST_P(FrameNotesTest, NumbersAndVerdicts) {
  constexpr std::uint64_t kHuge = ~std::uint64_t{0};
  EXPECT_EQ(told_of({number(4, kHuge), number(4, std::uint64_t{5}), number(5, kHuge - 1), number(6, 7U)}),
            Told({"interface_queue=7", "drop_count=18446744073709551615", "packet_id=18446744073709551614"}));
  const auto verdict = [&](std::uint8_t kind, std::uint64_t value) {
    ByteVector said = out_.body().u64(value).bytes();
    said.insert(said.begin(), kind);
    return out_.option(7, said);
  };
  EXPECT_EQ(told_of({verdict(1, kHuge - 1), option(7, std::string_view("\0\1\xFE", 3)), verdict(2, 3),
                     option(7, std::string_view("\0", 1)), option(7, "\x09zz")}),
            Told({"verdict=", "verdict.ebpf_tc=-2", "verdict.hw=01 fe", "verdict.ebpf_xdp=3",
                  "verdict.hw=<MISSING>"}));
  EXPECT_EQ(told_of({option(7, "\x09zz")}), Told());
}

TEST_P(FrameNotesTest, WrongLengthsAreAnomalies) {
  const Told wrong = {"anomaly=option_length"};
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{2, 4, 5, 6}) {
    EXPECT_EQ(told_of({option(code, "")}), wrong) << code;
    EXPECT_EQ(told_of({option(code, "12345")}), wrong) << code;
  }
  EXPECT_EQ(told_of({option(7, "")}), wrong);
  EXPECT_EQ(told_of({option(7, "\1abc")}), wrong);
  EXPECT_EQ(told_of({option(1, "kept"), out_.body().u16(1).u16(100).raw(to_bytes("abcd")).bytes()}),
            Told({"comment=kept", "anomaly=option_length"}));
  ByteVector many;
  for (int i = 0; i < 5000; ++i) {
    const ByteVector empty = option(1, "");
    many.insert(many.end(), empty.begin(), empty.end());
  }
  const Told found = told_of({many});
  EXPECT_EQ(found.size(), 4097U);
  EXPECT_EQ(found.back(), "anomaly=too_many_options");
}

TEST_P(FrameNotesTest, TheObsoleteBlockCountsDropsItself) {
  const auto told_of_block = [&](std::uint16_t drops, const ByteVector& options) {
    PcapngWriter one(GetParam());
    one.section().interface(kLinkType);
    const ByteVector data = payload(6);
    one.block(2, one.body().u16(0).u16(drops).u32(0).u32(9).u32(6).u32(6).raw(data).pad4().raw(options));
    return told(one.bytes()).at(0);
  };
  EXPECT_EQ(told_of_block(0xFFFF, {}), Told());
  EXPECT_EQ(told_of_block(0, {}), Told({"drop_count=0"}));
  EXPECT_EQ(told_of_block(7, option(1, "old")), Told({"comment=old", "drop_count=7"}));
  EXPECT_EQ(told_of_block(7, number(4, std::uint64_t{9})), Told({"drop_count=9"}));
}

TEST_P(FrameNotesTest, PlacesInTheFileInAnyWindows) {
  out_.interface(kLinkType);
  std::vector<Told> expected;
  const auto place = [&] {
    expected.push_back({"file_off=" + std::to_string(out_.bytes().size()), "interface_name=unknown"});
  };
  for (std::uint8_t i = 0; i < 40; ++i) {
    place();
    // Times that look like a simple packet block's head, and none at all.
    out_.packet(0, i % 2 == 0 ? 3 : 0, payload(i, i), {}, i % 3 == 0 ? option(0, "") : ByteVector());
    place();
    out_.block(3, out_.body().u32(i).raw(payload(i)));
  }
  for (const std::size_t window : {1U, 64U, 500U, 100'000U})
    EXPECT_EQ(told(out_.bytes(), {"frame.file_off", "frame.interface_name"}, window), expected) << window;
}

TEST(FrameNotes, OfPcap) {
  for (const std::uint32_t magic : {0xa1b2c3d4U, 0xa1b23c4dU, 0xa1b2cd34U}) {
    for (const bool big_endian : {false, true}) {
      PcapWriter out(big_endian);
      out.header(magic, 147);
      const std::uint32_t second = magic == 0xa1b23c4d ? 1'000'000'000 : 1'000'000;
      const std::size_t header = magic == 0xa1b2cd34 ? 24 : 16;
      for (const std::uint32_t fraction : {second - 1, second}) {
        out.u32(1)
            .u32(fraction)
            .u32(5)
            .u32(fraction == second ? 4 : 5)
            .raw(ByteVector(header - 16))
            .raw(payload(5));
      }
      const auto found =
          told(out.bytes(),
               {"frame.file_off", "frame.time_invalid", "frame.len_lt_caplen", "frame.interface_name"}, 10);
      const std::string second_place = "file_off=" + std::to_string(24 + header + 5);
      EXPECT_EQ(found,
                (std::vector<Told>{{"file_off=24"}, {second_place, "time_invalid=1", "len_lt_caplen=1"}}));
    }
  }
}

TEST(FrameNotes, DirectionsInTheFirstBytes) {
  const auto told_of = [](std::uint32_t link_type, const ByteVector& bytes) {
    PcapWriter out;
    out.header(0xa1b2c3d4, link_type).record(1, 0, bytes);
    return told(out.bytes()).at(0);
  };
  const auto lapd = [](std::uint8_t type) {
    ByteVector bytes = payload(20);
    bytes[0] = 0;
    bytes[1] = type;
    return bytes;
  };
  const Told received = {"p2p_dir=1"}, sent = {"p2p_dir=0"};
  EXPECT_EQ(told_of(139, {0, 0, 1, 2, 9}), Told({"p2p_dir=1", "link_nr=258"}));
  EXPECT_EQ(told_of(139, {1, 0, 0xFF, 2}), Told({"p2p_dir=0", "link_nr=65282"}));
  EXPECT_EQ(told_of(201, {0, 0, 0, 1, 4}), received);
  EXPECT_EQ(told_of(201, {0, 0, 1, 0, 4}), sent);
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{0, 1, 2, 3, 4, 5})
    EXPECT_EQ(told_of(177, lapd(type)), type == 3 || type == 4 ? sent : received) << +type;
  EXPECT_EQ(told_of(204, {0}).at(0), received[0]);
  EXPECT_EQ(told_of(204, {2, 0xFF, 3}).at(0), sent[0]);
  for (const std::uint32_t cut : {139U, 201U}) EXPECT_EQ(told_of(cut, {0, 0, 0}), Told()) << cut;
  EXPECT_EQ(told_of(177, payload(15)), Told());
}

TEST(FrameNotes, AnyBytesBehindAPacketAreReadWithBounds) {
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    PcapngWriter out((round & 1) != 0);
    out.section().interface(147);
    ByteVector options(random() % 60);
    for (std::uint8_t& byte : options) byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() % 9 : 0);
    out.packet(0, 5, payload(random() % 9), {}, options);
    EXPECT_EQ(told(ByteVector(out.bytes())).size(), 1U);
  }
}

TEST(FrameNotes, NothingIsKnownOfAPacketWithoutItsCapture) {
  Wanted wanted = Wanted::all();
  for (const Field* field : frame::fields) wanted.add(*Registry::instance().find(field->name));
  Dissector dissector(wanted);
  const ByteVector bytes(20 + kPadding);
  const RawPacket packet = {PaddedBytes(bytes.data(), 20), {}, 1, 20, 147, 3};
  for (const Value& value : dissector.dissect(packet, {.numbered_interfaces = true}).values) {
    EXPECT_NE(value.field, &frame::interface_name);
    EXPECT_NE(value.field, &frame::file_off);
  }
}

}  // namespace
}  // namespace flowloom
