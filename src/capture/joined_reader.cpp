#include "capture/joined_reader.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <functional>
#include <system_error>

#include "capture/capture_notes.hpp"
#include "capture/problems.hpp"

namespace flowloom {
namespace {

/// Read of each capture to find its first packet.
constexpr std::size_t kPeek = 4096;
/// All windows of open captures together, while none need be smaller than kSmallestWindow.
constexpr std::size_t kWindows = 32 * 1024 * 1024;
constexpr std::size_t kSmallestWindow = 16 * 1024;
/// Captures that are decompressed in threads of their own.
constexpr std::size_t kMostAhead = 8;
/// Packets in a window: they might have no bytes.
constexpr std::size_t kMostPackets = 16 * 1024;
/// So many packets are rather handed on in a window of their own than copied to others.
constexpr std::size_t kFewPackets = 32;

}  // namespace

JoinedReader::JoinedReader(const CaptureList& captures, std::size_t window, bool ahead)
    : window_(window), ahead_(ahead) {
  inputs_.resize(captures.paths.size());
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    inputs_[i].path = captures.paths[i];
    peek(i, captures.is_unchecked(i));
  }
  if (!turns_.empty()) first_ = turns_.front().second;
}

/// Finds out when a capture begins. One without packets is done with.
void JoinedReader::peek(std::size_t index, bool unchecked) {
  Input& input = inputs_[index];
  std::error_code ignored;
  input.once = input.path == "-" || !std::filesystem::is_regular_file(input.path, ignored);
  auto reader = CaptureReader::open(input.path,
                                    {.window = input.once ? window_ : kPeek, .ahead = input.once && ahead_});
  if (unchecked && holds_no_capture(reader)) {
    skipped_.push_back(input.path);
    return;
  }
  if (!reader) {
    problems_.push_back({reader.error(), true});
    return;
  }
  ++captures_read_;
  input.reader.emplace(std::move(*reader));
  ++open_;
  if (!fill(input)) return;
  push(index, input.window.packets[0].time);
  if (input.once) return;
  --open_;
  input.reader.reset();
  input.window = {};
  position_ -= std::exchange(input.position, 0);
}

/// Makes the next packet of the capture on top known, and gives it its turn by that, if it has one.
void JoinedReader::load(std::size_t index) {
  Input& input = inputs_[index];
  pop();
  if (!input.reader) {
    const std::size_t share = std::max(kWindows / (open_ + 1), kSmallestWindow);
    auto reader = CaptureReader::open(
        input.path, {.window = std::min(share, window_), .ahead = ahead_ && open_ < kMostAhead});
    if (!reader) {
      Error error = reader.error();
      if (error.code == ErrorCode::limit) {
        error.what += " (" + std::to_string(open_) + " captures that overlap in time are open)";
      }
      problems_.push_back({std::move(error), true});
      --captures_read_;
      return;
    }
    input.reader.emplace(std::move(*reader));
    input.window.buffer = std::exchange(spare_, {});
    ++open_;
  }
  if (fill(input)) push(index, input.window.packets[0].time);
}

/// Reads the capture's next window; at its end closes it and returns false.
bool JoinedReader::fill(Input& input) {
  input.at = 0;
  const auto more = input.reader->next(input.window);
  const std::uint64_t position = input.reader->position();
  position_ += position - std::exchange(input.position, position);
  for (const Interface& interface : input.reader->interfaces()) {
    time_digits_ = std::max(time_digits_, interface.time_digits);
  }
  if (more && *more) return true;
  if (!more) problems_.push_back({more.error(), false});
  if (const auto& damage = input.reader->damage(); more && damage) {
    problems_.push_back({damage_of(input.path, *damage), false});
  }
  close(input, more && !input.reader->damage());
  return false;
}

void JoinedReader::close(Input& input, bool whole) {
  ends_.push_back({static_cast<std::size_t>(&input - inputs_.data()), whole});
  input.reader.reset();
  spare_ = std::move(input.window.buffer);
  input.window = {};
  --open_;
}

void JoinedReader::push(std::size_t index, Timestamp time) {
  turns_.emplace_back(time, index);
  std::ranges::push_heap(turns_, std::greater());
}

void JoinedReader::pop() {
  std::ranges::pop_heap(turns_, std::greater());
  turns_.pop_back();
}

/// How far the packets of the capture on top go before another one's turn.
std::size_t JoinedReader::run_end(const Input& input) const {
  const auto& packets = input.window.packets;
  if (turns_.size() == 1) return packets.size();
  const Turn next = turns_.size() == 2 ? turns_[1] : std::min(turns_[1], turns_[2]);
  const std::size_t index = turns_[0].second;
  std::size_t end = input.at;
  while (end < packets.size() && Turn(packets[end].time, index) < next) ++end;
  return end;
}

/// Copies packets up to `end`, with their records if origins are wanted; false if not all of them found room.
bool JoinedReader::append(Input& input, std::size_t end, PacketWindow& out, std::size_t& used,
                          Origins* origins) const {
  for (; input.at < end; ++input.at) {
    const RawPacket& packet = input.window.packets[input.at];
    Bytes copied = packet.bytes.view();
    if (origins != nullptr && input.window.notes != nullptr) {
      const CaptureRecord record = record_of(*input.window.notes, packet);
      copied = {record.begin, record.size};
    }
    const std::size_t size = copied.size();
    if (out.packets.empty()) {
      const std::size_t room = std::max(window_, size) + kPadding;
      if (out.buffer.size() < room) out.buffer.resize(room);
    }
    if (size + kPadding > out.buffer.size() - used || out.packets.size() == kMostPackets) return false;
    std::uint8_t* to = out.buffer.data() + used;
    if (size != 0) std::memcpy(to, copied.data(), size);
    note_places(input, input.at + 1, origins);
    out.packets.push_back(packet);
    out.packets.back().bytes = PaddedBytes(to + (packet.bytes.data() - copied.data()), packet.bytes.size());
    used += size;
  }
  return true;
}

/// Of the packets from the next one to `end`.
void JoinedReader::note_places(const Input& input, std::size_t end, Origins* origins) const {
  if (origins == nullptr) return;
  const auto capture = static_cast<std::size_t>(&input - inputs_.data());
  for (std::size_t i = input.at; i < end; ++i) {
    origins->packets.push_back({capture, input.window.place_of(input.window.packets[i]), input.window.notes});
  }
}

/// Gives the packets their numbers in the whole.
bool JoinedReader::number(PacketWindow& out) {
  for (RawPacket& packet : out.packets) packet.number = ++packets_;
  return !out.packets.empty();
}

bool JoinedReader::next(PacketWindow& out, Origins* origins, std::uint64_t most) {
  out.packets.clear();
  if (origins != nullptr) *origins = {packets_ + 1, {}, {}};
  out.numbered_interfaces = true;  // each capture has its own
  out.notes.reset();
  std::size_t used = 0;
  while (!turns_.empty() && out.packets.size() < most) {
    const std::size_t index = turns_.front().second;
    Input& input = inputs_[index];
    auto& packets = input.window.packets;
    if (input.at == packets.size()) {
      load(index);
      continue;
    }
    const std::size_t end = run_end(input);
    if (end == packets.size() && (out.packets.empty() || end - input.at > kFewPackets)) {
      if (!out.packets.empty()) break;  // it gets a window of its own: the next
      note_places(input, end, origins);
      packets.erase(packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(input.at));
      std::swap(out, input.window);
      packets.clear();
      input.at = 0;
      break;
    }
    if (!append(input, end, out, used, origins)) break;
    if (input.at == packets.size()) continue;  // still on top: what it has next decides
    const Timestamp time = packets[input.at].time;
    pop();
    push(index, time);
  }
  if (origins != nullptr) std::swap(origins->ends, ends_);
  ends_.clear();
  return number(out);
}

}  // namespace flowloom
