// What tshark prints, well made and not.
#include "engine/tshark_answers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "dissect/packed_values.hpp"

namespace flowloom {
namespace {

class TsharkAnswersTest : public testing::Test {
 protected:
  TsharkAnswersTest() {
    for (const Kind kind : {Kind::uint, Kind::text, Kind::duration}) {
      Field& field = fields_.emplace_back();
      field.name = kind == Kind::uint ? "a.number" : kind == Kind::text ? "a.text" : "a.duration";
      field.kind = kind;
    }
  }

  /// The packets' numbers, each with its values.
  std::string read(std::string_view text) {
    TsharkAnswers answers(fields_, [&](char* out, std::size_t most) -> Result<std::size_t> {
      const std::size_t some = std::min({most, std::size_t{3}, text.size()});
      if (some != 0) std::memcpy(out, text.data(), some);
      text.remove_prefix(some);
      return some;
    });
    std::string all;
    TsharkFrame frame;
    while (answers.next(frame)) {
      all += std::to_string(frame.offset) + (frame.is_packet ? "p" : "") + (frame.has_time ? "t:" : ":");
      unpack_values(frame.packed, [&](std::uint32_t column, const Value& value) {
        all += column == 1 ? ' ' + std::string(reinterpret_cast<const char*>(value.data), value.size)
                           : ' ' + std::to_string(static_cast<std::int64_t>(value.number));
      });
      all += '\n';
    }
    EXPECT_FALSE(answers.next(frame));
    if (answers.unreadable() != 0) all += std::to_string(answers.unreadable()) + " unreadable\n";
    return all + answers.failed();
  }

  static std::string frame(const std::string& number, const std::string& more = {}) {
    return R"({"_source": {"layers": {"frame.file_off": [")" + number + "\"]" + more + "}}}";
  }

  std::deque<Field> fields_;
};

TEST_F(TsharkAnswersTest, ValuesInTheOrderOfPackets) {
  EXPECT_EQ(read("[]"), "");
  EXPECT_EQ(read("[" + frame("1", R"(,"a.number":["7","0x10"],"a.text":["ä\u00e4\ud83d\ude00\n"])") + "," +
                 frame("4", R"(,"a.duration":["-1.5"],"b.unknown":["1"])") + "]"),
            "1: 7 16 ää😀\n\n4: -1500000000\n");
}

TEST_F(TsharkAnswersTest, KindsOfRecords) {
  const std::string packet = R"(,"frame.encap_type":["1"])",
                    time = R"(,"frame.offset_shift":["0.000000000"])";
  EXPECT_EQ(read("[" + frame("24") + "," + frame("80", packet) + "," + frame("90", time + packet) + "," +
                 frame("99", time) + "]"),
            "24:\n80p:\n90pt:\n99t:\n");
}

TEST_F(TsharkAnswersTest, ValuesOfOtherTypesAreLeftOut) {
  EXPECT_EQ(
      read("[" + frame("1", R"(,"a.number":["18446744073709551616","x",""],"a.duration":["1.0x1"])") + "]"),
      "1:\n4 unreadable\n");
}

TEST_F(TsharkAnswersTest, WhatIsWrongEndsThem) {
  EXPECT_EQ(read("[" + frame("3") + "," + frame("2") + "]"),
            "3:\ntshark's packets are not in the order of the capture");
  EXPECT_EQ(read("[" + frame("3") + "," + frame("3") + "]"),
            "3:\ntshark's packets are not in the order of the capture");
  EXPECT_EQ(read(""), "tshark's answer ends in the middle");
  EXPECT_EQ(read("[" + frame("1") + ","), "1:\ntshark's answer ends in the middle");
  EXPECT_EQ(read("{}"), "tshark's answer is not understood");
  EXPECT_EQ(read("[" + frame("0") + "]"), "tshark does not say which packet it speaks of");
  EXPECT_EQ(read("[" + frame("x") + "]"), "tshark does not say which packet it speaks of");
  EXPECT_EQ(read("[" + frame("1", R"(,"a.text":["cut)")), "tshark's answer ends in the middle");
  EXPECT_EQ(read("[" + frame("1", R"(,"a.text":["\u12g4"])") + "]"), "tshark's answer is not understood");
  EXPECT_EQ(read("[" + frame("1", R"(,"a.text":[[["deep"]]])") + "]"), "tshark's answer is not understood");
  EXPECT_EQ(read("[" + frame("1") + "][" + frame("2") + "]"), "1:\ntshark's answer is not understood");
}

TEST_F(TsharkAnswersTest, ValuesOfAPacketAreLimited) {
  std::string many = R"(,"a.number":["0")";
  for (unsigned i = 1; i < 65536; ++i) many += ",\"0\"";
  EXPECT_EQ(read("[" + frame("1", many + "]") + "]").size(), 2 + 65536 * 2 + 1U);
  EXPECT_EQ(read("[" + frame("1", many + ",\"0\"]") + "]"), "tshark's values of a packet are too many");
}

}  // namespace
}  // namespace flowloom
