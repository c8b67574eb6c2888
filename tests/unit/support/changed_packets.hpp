// Packets of captures, as they are and changed: most tests of headers need both.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <vector>

#include "flowloom/capture.hpp"

namespace flowloom::build {

/// Makes variants of packets: a byte or two of the headers is another one, bytes are missing at the end, the
/// length on the wire is a lie.
class ChangedPackets {
 public:
  /// Holds until the next call.
  RawPacket next(const RawPacket& packet) {
    const std::size_t size = packet.bytes.size();
    RawPacket changed = packet;
    if (size == 0) return changed;
    bytes_.assign(packet.bytes.data(), packet.bytes.data() + size);
    for (auto changes = random_() % 3; changes != 0; --changes) {
      bytes_[random_() % std::min<std::size_t>(size, 70)] =
          static_cast<std::uint8_t>(random_() % 3 == 0 ? random_() : random_() % 8 * 16);
    }
    const std::size_t captured = random_() % 4 == 0 ? random_() % (size + 1) : size;
    bytes_.resize(captured);
    bytes_.resize(captured + kPadding, 0xEE);
    changed.bytes = PaddedBytes(bytes_.data(), captured);
    if (random_() % 4 == 0) changed.original_length = static_cast<std::uint32_t>(random_() % (2 * size));
    return changed;
  }

 private:
  std::mt19937_64 random_{7};
  std::vector<std::uint8_t> bytes_;
};

/// Calls use(packet) for the first packets of a capture, until it says false. Some files are no captures, on
/// purpose.
template <class Use>
void for_each_packet(const std::filesystem::path& path, std::size_t most, Use&& use) {
  auto reader = CaptureReader::open(path.string());
  if (!reader) return;
  PacketWindow window;
  for (std::size_t left = most; left != 0;) {
    const Result<bool> more = reader->next(window);
    if (!more || !*more) return;
    for (const RawPacket& packet : window.packets) {
      if (left == 0 || !use(packet)) return;
      --left;
    }
  }
}

inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// The captures of this project.
inline std::vector<std::filesystem::path> own_captures() {
  auto files = files_below(FLOWLOOM_SOURCE_DIR "/tests/pcaps");
  std::erase_if(files, [](const auto& file) { return !file.extension().string().starts_with(".pcap"); });
  return files;
}

/// Captures of real networks; none if they are not there.
inline std::vector<std::filesystem::path> real_captures() {
  const char* set = std::getenv("FLOWLOOM_CAPTURES");
  const std::filesystem::path folder = set != nullptr ? set : FLOWLOOM_SOURCE_DIR "/../shared/captures";
  return std::filesystem::is_directory(folder) ? files_below(folder) : std::vector<std::filesystem::path>();
}

}  // namespace flowloom::build
