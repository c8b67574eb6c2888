#include <limits>
#include <optional>

#include "capture/problems.hpp"
#include "engine/packet_file.hpp"
#include "engine/split_run.hpp"

namespace flowloom {
namespace {

class PieceSplitter {
 public:
  PieceSplitter(SplitRun& run, std::optional<ReadFilter> filter)
      : run_(run), filter_(std::move(filter)), writer_(run.folder) {}

  Result<> capture(const std::string& path, bool unchecked);

 private:
  Result<> read(CaptureReader& reader);
  Result<> add(const RawPacket& packet, const CaptureReader& reader);
  Result<> begin_piece();
  Result<> end_piece();
  [[nodiscard]] bool belongs(const RawPacket& packet) const;
  void look(const CaptureReader& reader);

  SplitRun& run_;
  std::optional<ReadFilter> filter_;
  PacketFileWriter writer_;
  PacketWindow window_;
  std::vector<std::uint8_t> with_options_;  ///< a packet and its options
  std::optional<SplitNames> names_;
  PacketFileFormat format_;
  // The piece that is being written.
  bool open_ = false, written_ = false;  ///< there is one; it has a file
  std::uint64_t number_ = 0;             ///< of the piece, from 0
  std::int64_t begin_ = 0;               ///< by time
  std::uint64_t packets_ = 0;
};

/// The multiple of `interval` at or before `time`, which begins a piece.
std::int64_t piece_begin(std::int64_t time, std::int64_t interval) {
  const std::int64_t into = time % interval;
  const std::int64_t back = into < 0 ? into + interval : into;
  const bool out_of_range = time < std::numeric_limits<std::int64_t>::min() + back;
  return out_of_range ? std::numeric_limits<std::int64_t>::min() : time - back;
}

/// A packet that comes too late for its piece stays in the one that is being written: the pieces in order are
/// the capture.
bool PieceSplitter::belongs(const RawPacket& packet) const {
  if (run_.options.by == SplitBy::packets) return packets_ < run_.options.packets_each;
  return piece_begin(packet.time.ns, run_.options.interval_ns) <= begin_;
}

void PieceSplitter::look(const CaptureReader& reader) {
  const auto& known = reader.interfaces();
  const auto more = std::span(known).subspan(format_.interfaces.size());
  format_.interfaces.insert(format_.interfaces.end(), more.begin(), more.end());
}

Result<> PieceSplitter::begin_piece() {
  open_ = true;
  packets_ = 0;
  written_ = run_.count_file(0);
  if (!written_) return {};
  for (;;) {
    const bool by_time = run_.options.by == SplitBy::time;
    const bool whole = run_.options.interval_ns % kNsPerSecond == 0;
    std::string label = by_time ? names_->time({begin_}, whole) : names_->piece(number_);
    const auto begun = writer_.begin(run_.names.take(std::move(label), format_.extension()), format_);
    if (!begun) return begun.error();
    if (*begun) return {};
  }
}

Result<> PieceSplitter::end_piece() {
  if (!open_) return {};
  open_ = false;
  ++number_;
  (written_ ? run_.result.packets_written : run_.result.packets_left_out) += packets_;
  return written_ ? writer_.end() : Result<>();
}

Result<> PieceSplitter::add(const RawPacket& packet, const CaptureReader& reader) {
  look(reader);
  if (open_ && !belongs(packet)) {
    if (auto ended = end_piece(); !ended) return ended;
  }
  if (!open_) {
    if (run_.options.by == SplitBy::time) begin_ = piece_begin(packet.time.ns, run_.options.interval_ns);
    if (auto begun = begin_piece(); !begun) return begun;
  }
  ++packets_;
  if (!written_) return {};
  SpooledPacket whole = to_spooled(packet);
  const bool noted = format_.pcapng && window_.notes != nullptr;
  const std::uint8_t* const bytes =
      noted ? add_options(packet, *window_.notes, whole, with_options_) : packet.bytes.data();
  return writer_.add(whole, bytes);
}

Result<> PieceSplitter::read(CaptureReader& reader) {
  std::uint64_t position = 0;
  while (!run_.input.stopping()) {
    const auto more = reader.next(window_);
    if (!more) {  // what was read so far is kept, as with damage
      run_.result.problems.push_back({more.error(), false});
      return {};
    }
    if (!*more) return {};
    auto& packets = window_.packets;
    const std::uint64_t left = run_.input.left();
    if (packets.size() > left) packets.resize(static_cast<std::size_t>(left));
    const std::uint64_t all = packets.size();
    if (auto left_out = leave_out(run_.input, filter_, packets); !left_out) return left_out.error();
    for (const RawPacket& packet : packets) {
      if (auto added = add(packet, reader); !added) return added;
    }
    run_.result.packets += all;
    run_.input.advance(reader.position() - position, all);
    position = reader.position();
  }
  return {};
}

Result<> PieceSplitter::capture(const std::string& path, bool unchecked) {
  auto reader = CaptureReader::open(path, {.window = kWindow});
  if (unchecked && holds_no_capture(reader)) {
    run_.result.skipped.push_back(path);
    return {};
  }
  if (!reader) {
    run_.result.problems.push_back({reader.error(), true});
    return {};
  }
  ++run_.result.captures_read;
  names_.emplace(capture_label(path), run_.options.naming);
  // Whether a later packet needs pcapng is not known yet: pieces are what the capture is.
  format_ = {};
  format_.pcapng =
      run_.options.format == SplitFormat::pcapng ||
      (run_.options.format == SplitFormat::automatic && reader->format() == CaptureFormat::pcapng);
  number_ = 0;
  if (auto done = read(*reader); !done) return done;
  if (auto ended = end_piece(); !ended) return ended;
  const auto& damage = reader->damage();
  if (damage && run_.input.left() != 0)  // or it is behind what may be read
    run_.result.problems.push_back({damage_of(path, *damage), false});
  return {};
}

}  // namespace

Result<> split_to_pieces(SplitRun& run, const CaptureList& captures) {
  auto filter = run.input.make_filter();
  if (!filter) return filter.error();
  PieceSplitter splitter(run, std::move(*filter));
  for (std::size_t i = 0; i < captures.paths.size(); ++i) {
    if (run.input.stopping()) break;
    if (auto done = splitter.capture(captures.paths[i], captures.is_unchecked(i)); !done) return done;
  }
  return {};
}

}  // namespace flowloom
