// Several captures read as one recording: a merge of their packets by time.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flowloom/capture.hpp"

namespace flowloom {

/// Hands on the packets of all captures: always the next packet of the capture whose next packet is earliest,
/// of equal ones the capture given first. So packets of one capture stay in its order, whatever their times.
///
/// Each capture is opened once to learn when it begins, and again when the merge has come to that time; it is
/// closed at its end. So only captures that overlap in time are open together. What cannot be opened twice
/// (pipes, standard input) stays open.
class JoinedReader {
 public:
  /// Where the packets of a window are from. Their records lie in the buffer whole.
  struct Origins {
    struct Place {
      std::size_t capture = 0;   ///< its index
      std::uint64_t offset = 0;  ///< of the packet's bytes in it, uncompressed
      std::shared_ptr<const CaptureNotes> notes;
    };
    std::uint64_t first = 1;     ///< number of the first packet
    std::vector<Place> packets;  ///< by packet

    [[nodiscard]] const Place& of(const RawPacket& packet) const { return packets[packet.number - first]; }

    struct End {
      std::size_t capture = 0;
      bool whole = true;  ///< or it is damaged
    };
    std::vector<End> ends;  ///< captures of which no packet comes behind the window
  };

  /// Looks at the begin of every capture. `window`, `ahead`: as CaptureReader's options.
  JoinedReader(const CaptureList& captures, std::size_t window, bool ahead);

  /// Fills `window` with the next packets, numbered from 1 over all captures; their `interface` is that of
  /// their own capture. False at the end. Captures that end early, or cannot be read, do not end the others:
  /// see problems(). `origins`: null: they are not wanted. `most`: how many packets are wanted, more than 0:
  /// there may be more in the window, but nothing is read behind so many.
  bool next(PacketWindow& window, Origins* origins = nullptr,
            std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

  /// Index of the capture whose packet comes first; 0 if there is no packet.
  [[nodiscard]] std::size_t first() const { return first_; }
  /// So far.
  [[nodiscard]] const std::vector<InputProblem>& problems() const { return problems_; }
  /// Unchecked files that are no captures, or empty.
  [[nodiscard]] const std::vector<std::string>& skipped() const { return skipped_; }
  /// Captures that could be opened.
  [[nodiscard]] std::size_t captures_read() const { return captures_read_; }
  /// Decimals of a second of the finest times in all captures, as far as they have been read.
  [[nodiscard]] std::uint8_t time_digits() const { return time_digits_; }
  [[nodiscard]] std::uint64_t position() const { return position_; }  ///< bytes read of all files

 private:
  struct Input {
    std::string path;
    bool once = false;                    ///< it cannot be opened twice
    std::optional<CaptureReader> reader;  ///< while it is open
    PacketWindow window;
    std::size_t at = 0;          ///< the window's next packet
    std::uint64_t position = 0;  ///< bytes read of the file
  };
  /// A capture and the time of its next packet, or where that is not known yet, of the one before it.
  using Turn = std::pair<Timestamp, std::size_t>;

  void peek(std::size_t index, bool unchecked);
  void load(std::size_t index);
  bool fill(Input& input);
  void close(Input& input, bool whole);
  void push(std::size_t index, Timestamp time);
  void pop();
  [[nodiscard]] std::size_t run_end(const Input& input) const;
  bool append(Input& input, std::size_t end, PacketWindow& out, std::size_t& used, Origins* origins) const;
  void note_places(const Input& input, std::size_t end, Origins* origins) const;
  bool number(PacketWindow& out);

  std::vector<Input> inputs_;
  std::size_t window_;
  bool ahead_;
  std::vector<std::uint8_t> spare_;  ///< of the capture closed last: the next one's window
  std::vector<Turn> turns_;          ///< a heap, the earliest on top: captures that have not ended
  std::size_t open_ = 0;
  std::uint8_t time_digits_ = 0;
  std::size_t first_ = 0, captures_read_ = 0;
  std::uint64_t packets_ = 0, position_ = 0;
  std::vector<InputProblem> problems_;
  std::vector<std::string> skipped_;
  std::vector<Origins::End> ends_;  ///< as yet told nobody
};

}  // namespace flowloom
