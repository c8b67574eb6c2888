// One plain capture file, read in windows by many threads at once. Each window's first record is guessed and
// then verified: a window is right if it begins where the one before it ended; else it is read again from
// there. So the packets are those of a reading from start to end, for any file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "capture/pcap.hpp"
#include "capture/pcapng.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {

class WindowReader {
 public:
  /// What the blocks before a window have said. Windows read with another state than the true one are read
  /// again.
  struct State {
    std::uint64_t offset = 0;  ///< of the next record
    pcapng::Sections sections;
    std::uint64_t version = 0;  ///< counts changes of the sections
  };
  /// One window as it was read.
  struct Piece {
    std::uint64_t first = 0;  ///< offset of its first record, guessed or told
    State after;
    std::optional<Damage> damage;
    bool end = false;  ///< the capture ends in it
  };

  /// None if the file is no regular file with a plain pcap or pcapng in it: CaptureReader reads those.
  /// Errors: io.
  static Result<std::optional<WindowReader>> open(const std::string& path, std::size_t window);

  [[nodiscard]] std::uint64_t windows() const { return windows_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] CaptureFormat format() const { return format_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// The state before the first window.
  [[nodiscard]] const State& begin() const { return begin_; }
  [[nodiscard]] std::uint64_t window_end(std::uint64_t index) const { return (index + 1) * window_; }

  /// Reads the packets of the records that begin in window `index`; numbers count from 1 in the window. With
  /// `sure`, `state` is the true one before the window; else only its sections are used, and the first record
  /// is looked for. May be called by many threads at once. Errors: io.
  Result<Piece> read(std::uint64_t index, const State& state, bool sure, PacketWindow& out) const;

 private:
  struct Close {
    int fd = -1;
    ~Close();
  };

  WindowReader() = default;
  Result<std::size_t> fill(std::uint64_t offset, std::size_t have, std::size_t want, PacketWindow& out) const;
  [[nodiscard]] bool grows() const;
  [[nodiscard]] std::optional<std::size_t> guess(const State& state, Bytes bytes, std::size_t limit) const;

  std::string path_;
  std::unique_ptr<Close> file_;
  std::uint64_t size_ = 0, windows_ = 0;
  std::size_t window_ = 0;
  CaptureFormat format_ = CaptureFormat::pcap;
  pcap::Format pcap_;
  std::uint32_t first_second_ =
      0;  ///< of the first record: others are taken for records only within some years
  State begin_;
};

}  // namespace flowloom
