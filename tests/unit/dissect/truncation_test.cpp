// Every packet of the golden captures, cut behind every byte: the tape is sound, and says of what is left
// what it says of the whole packet.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "flowloom/capture.hpp"
#include "support/tape_invariants.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kLongest = 300;     // of packets that are cut everywhere; longer ones have nothing new
constexpr std::size_t kMostPackets = 40;  // of a capture

class TruncationTest : public testing::Test {
 protected:
  /// Dissects the first `size` bytes.
  const Tape& dissect(const RawPacket& whole, std::size_t size) {
    bytes_.assign(whole.bytes.data(), whole.bytes.data() + size);
    bytes_.resize(size + kPadding, 0xEE);
    raw_ = whole;
    raw_.bytes = PaddedBytes(bytes_.data(), size);
    return dissector_.dissect(raw_);
  }

  void cut_everywhere(const RawPacket& packet) {
    std::size_t layers = 0;
    for (std::size_t size = 0; size <= packet.bytes.size(); ++size) {
      const Tape& tape = dissect(packet, size);
      ASSERT_EQ(build::check_tape(tape, raw_), "") << "packet " << packet.number << ", " << size << " bytes";
      layers = std::max(layers, tape.layers.size());
    }
    EXPECT_LE(layers, dissect(packet, packet.bytes.size()).layers.size() + 1) << "packet " << packet.number;
    ++packets_;
  }

  std::vector<std::uint8_t> bytes_;
  RawPacket raw_;
  Wanted wanted_ = Wanted::all();
  Dissector dissector_{wanted_};
  std::size_t packets_ = 0;
};

TEST_F(TruncationTest, TapesOfCutPacketsAreSound) {
  const std::filesystem::recursive_directory_iterator files(FLOWLOOM_SOURCE_DIR "/tests/pcaps");
  for (const auto& file : files) {
    if (!file.path().extension().string().starts_with(".pcap")) continue;
    SCOPED_TRACE(file.path().filename());
    auto reader = CaptureReader::open(file.path().string());
    ASSERT_TRUE(reader.has_value()) << reader.error().message();
    std::size_t left = kMostPackets;
    PacketWindow window;
    while (left != 0) {
      const Result<bool> more = reader->next(window);
      ASSERT_TRUE(more.has_value());
      if (!*more) break;
      for (const RawPacket& packet : window.packets) {
        if (left == 0) break;
        if (packet.bytes.size() > kLongest) continue;
        --left;
        cut_everywhere(packet);
        if (HasFailure()) return;
      }
    }
  }
  EXPECT_GT(packets_, 1000U);
}

}  // namespace
}  // namespace flowloom
