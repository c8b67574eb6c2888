// Windows of any size, read with guessed beginnings and verified, give what is read from begin to end.
#include "capture/window_reader.hpp"

#include <deque>

#include "capture_bytes.hpp"

namespace flowloom {
namespace {

struct Windows {
  std::vector<ReadPacket> packets;
  std::vector<LinkType> link_types;  ///< of the interfaces
  std::optional<Damage> damage;
  std::size_t windows = 0, right = 0;  ///< of those, guessed right
};

/// Reads as the engine does: each window first with the state of `behind` windows before it, as if the others
/// were still being read, and again where that does not fit.
Windows read_windows(const WindowReader& reader, std::size_t behind) {
  Windows out;
  WindowReader::State state = reader.begin();
  std::deque<WindowReader::State> states(behind, state);
  PacketWindow window;
  for (std::uint64_t index = 0; index < reader.windows(); ++index) {
    states.push_back(state);
    auto piece = reader.read(index, states.front(), index == 0, window);
    ++out.windows;
    if (piece && piece->first == state.offset && states.front().version == state.version) {
      ++out.right;
    } else {
      piece = reader.read(index, state, true, window);
    }
    states.pop_front();
    if (!piece) {
      ADD_FAILURE() << piece.error().message();
      return out;
    }
    for (const RawPacket& p : window.packets) {
      EXPECT_EQ(p.number, 1 + static_cast<std::uint64_t>(&p - window.packets.data()));
      out.packets.push_back({p.time.ns, out.packets.size() + 1, p.original_length, p.link_type, p.interface,
                             ByteVector(p.bytes.view().begin(), p.bytes.view().end())});
    }
    state = piece->after;
    out.damage = piece->damage;
    if (piece->end) break;
  }
  if (const auto& notes = state.sections.notes) {
    for (const auto& interface : notes->interfaces) out.link_types.push_back(interface.link_type);
  }
  return out;
}

std::string text_of(const std::optional<Damage>& damage) {
  return damage ? std::to_string(damage->offset) + ": " + damage->reason : "none";
}

/// Windows against the whole, for sizes of windows and states of several ages. Returns how the last went.
Windows check(const std::string& path, const std::vector<std::size_t>& sizes) {
  const WholeCapture whole = read_all(CaptureReader::open(path));
  Windows last;
  for (const std::size_t size : sizes) {
    const auto reader = WindowReader::open(path, size);
    EXPECT_TRUE(reader) << path;
    if (!reader || !*reader) {
      EXPECT_TRUE(whole.error || whole.compression != Compression::none || whole.packets.empty()) << path;
      return last;
    }
    for (const std::size_t behind : {0U, 1U, 5U}) {
      SCOPED_TRACE(path + ", windows of " + std::to_string(size) + " bytes, " + std::to_string(behind) +
                   " behind");
      last = read_windows(**reader, behind);
      EXPECT_EQ(text_of(last.damage), text_of(whole.damage));
      EXPECT_EQ(last.link_types.size(), whole.interfaces.size());
      EXPECT_TRUE(last.packets == whole.packets)
          << last.packets.size() << " packets instead of " << whole.packets.size();
      if (testing::Test::HasFailure()) return last;
    }
  }
  return last;
}

const std::vector<std::size_t> kSizes = {16, 64, 100, 512, 4096, 100'000};

ByteVector pcap_of(std::size_t packets, std::size_t length) {
  PcapWriter file;
  file.header();
  for (std::uint32_t i = 0; i < packets; ++i) {
    file.record(1'700'000'000 + i, i, payload((i * 37) % length + 1, static_cast<std::uint8_t>(i)));
  }
  return file.bytes();
}

TEST(WindowReader, RealCaptures) {
  const char* set = std::getenv("FLOWLOOM_CAPTURES");
  const std::filesystem::path shared = set != nullptr ? set : FLOWLOOM_SOURCE_DIR "/../shared/captures";
  std::vector<std::string> folders = {FLOWLOOM_SOURCE_DIR "/tests/pcaps"};
  if (std::filesystem::is_directory(shared)) {
    folders.push_back(shared.native());
  } else {
    std::printf("%s is absent: only the project's own captures are read\n", shared.c_str());
  }
  std::size_t windows = 0, right = 0;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      const Windows got =
          check(entry.path(), entry.file_size() < 10'000 ? kSizes : std::vector<std::size_t>{4096, 65'536});
      if (HasFailure()) return;
      windows += got.windows;
      right += got.right;
    }
  }
  EXPECT_GT(windows, 20U);
  EXPECT_GT(right * 10, windows * 9) << "guesses are mostly right, else windows are read twice";
}

TEST(WindowReader, CapturesInsideOfPackets) {
  const TemporaryFolder folder;
  const ByteVector inner = pcap_of(200, 60);
  PcapWriter pcap;
  pcap.header();
  PcapngWriter ng, inner_ng;
  inner_ng.section().interface();
  for (std::uint32_t i = 0; i < 100; ++i) inner_ng.packet(0, i, payload(40));
  ng.section().interface();
  for (std::uint32_t i = 0; i < 10; ++i) {
    pcap.record(1'700'000'000, i, inner);
    ng.packet(0, i, inner_ng.bytes());
  }
  const Windows a = check(folder.write("a.pcap", pcap.bytes()), kSizes);
  const Windows b = check(folder.write("b.pcapng", ng.bytes()), kSizes);
  // In windows so small that they begin inside of packets, guesses are wrong, which must not show.
  for (const char* name : {"a.pcap", "b.pcapng"}) {
    const auto reader = WindowReader::open(folder.path(name), 512);
    ASSERT_TRUE(reader && *reader);
    const Windows small = read_windows(**reader, 0);
    EXPECT_LT(small.right * 2, small.windows) << name;
  }
  EXPECT_EQ(a.packets.size(), 10U);
  EXPECT_EQ(b.packets.size(), 10U);
}

TEST(WindowReader, PacketsLongerThanWindows) {
  const TemporaryFolder folder;
  PcapWriter file;
  file.header(0xa1b2c3d4, 1, 262'144);
  for (std::uint32_t i = 0; i < 20; ++i) file.record(i, 0, payload(i % 3 == 0 ? 200'000 : 10));
  const Windows got = check(folder.write("x.pcap", file.bytes()), {4096, 65'536, 100'000});
  EXPECT_EQ(got.packets.size(), 20U);
}

TEST(WindowReader, SectionsAndInterfacesInBetween) {
  const TemporaryFolder folder;
  PcapngWriter file;
  std::size_t packets = 0;
  for (int section = 0; section < 6; ++section) {
    file.set_big_endian(section % 2 == 1);
    file.section();
    for (std::uint32_t interface = 0; interface < 4; ++interface) {
      file.interface(interface % 2 == 0 ? 1 : 101, 0);
      for (std::uint32_t i = 0; i < 30; ++i, ++packets) {
        file.packet(i % (interface + 1), i, payload(i * 5, static_cast<std::uint8_t>(i)));
      }
    }
  }
  const Windows got = check(folder.write("x.pcapng", file.bytes()), kSizes);
  EXPECT_EQ(got.packets.size(), packets);
  EXPECT_EQ(got.link_types.size(), 24U);
}

TEST(WindowReader, CutAtEveryByte) {
  const TemporaryFolder folder;
  PcapngWriter ng;
  ng.section().interface();
  for (std::uint32_t i = 0; i < 4; ++i) ng.packet(0, i, payload(9 + i));
  for (const ByteVector& whole : {pcap_of(6, 20), ng.bytes()}) {
    for (std::size_t length = 0; length <= whole.size(); ++length) {
      const ByteVector part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      check(folder.write("x", part), {64});
      ASSERT_FALSE(HasFailure()) << length << " bytes";
    }
  }
}

TEST(WindowReader, CutInABlockThatIsPassedOver) {
  const TemporaryFolder folder;
  PcapngWriter ng;
  ng.section().interface().packet(0, 1, payload(9));
  for (const std::uint32_t type : {0xBADU, 0x0A0D0D0AU}) {
    ByteVector bytes = type == 0xBAD ? ng.bytes() : ByteVector();
    for (const std::uint32_t word : {type, 1U << 30, 0x1A2B3C4DU, 1U, ~0U, ~0U, 0U, 0U}) {
      for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(word >> shift));
    }
    EXPECT_TRUE(text_of(check(folder.write("x", bytes), {64, 4096}).damage).ends_with("bytes cut after 32"));
  }
}

TEST(WindowReader, DamageInTheMiddle) {
  const TemporaryFolder folder;
  const ByteVector whole = pcap_of(300, 100);
  for (std::size_t at = 24; at < whole.size(); at += 211) {
    ByteVector damaged = whole;
    for (std::size_t i = at; i < std::min(at + 20, whole.size()); ++i) damaged[i] = 0xFF;
    check(folder.write("x.pcap", damaged), {256, 4096});
    ASSERT_FALSE(HasFailure()) << "damaged at " << at;
  }
}

}  // namespace
}  // namespace flowloom
