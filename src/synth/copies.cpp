// Copies of recorded captures: each has addresses of its own, so that its flows are new flows, and begins
// before the one before has ended, so that many flows are open at once.
#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>
#include <utility>

#include "base/store.hpp"
#include "synth/frame.hpp"
#include "synth/rewrite.hpp"
#include "synth/source.hpp"

namespace flowloom::synth {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostAddresses =
    (std::uint64_t{1} << 24) - 2;  ///< 10.0.0.0/8, not its first and last

struct Recorded {
  std::int64_t time = 0;  ///< since the beginning
  std::size_t begin = 0;  ///< in Recording::bytes
  std::uint32_t captured = 0, original = 0;
  Rewrite rewrite;
};

struct Recording {
  std::vector<Recorded> packets;  ///< in order of time
  std::vector<std::uint8_t> bytes;
  AddressNumbers numbers;
  LinkType link_type = 0;
  bool nanoseconds = false;
  std::uint32_t longest = 0;
};

/// Appends the packets of a capture.
Result<> read_capture(const std::string& path, Recording& recording) {
  auto reader = CaptureReader::open(path);
  if (!reader) return reader.error();
  PacketWindow window;
  for (;;) {
    const auto more = reader->next(window);
    if (!more) return more.error();
    if (!*more) break;
    for (const RawPacket& packet : window.packets) {
      if (recording.packets.empty()) recording.link_type = packet.link_type;
      if (packet.link_type != recording.link_type) {
        return Error{ErrorCode::unsupported,
                     "packets of link type " + link_type_name(packet.link_type) + " besides " +
                         link_type_name(recording.link_type) + ", which one pcap file cannot hold",
                     path};
      }
      const Bytes bytes = packet.bytes.view();
      if (recording.bytes.size() + bytes.size() > kMostBytes) {
        return Error{ErrorCode::limit, "more than 1 GiB of packets to copy", path};
      }
      const std::size_t begin = recording.bytes.size();
      recording.bytes.insert(recording.bytes.end(), bytes.begin(), bytes.end());
      std::vector<IpHeaderPlace> headers;
      find_ip_headers(packet, headers);
      recording.packets.push_back({.time = packet.time.ns,
                                   .begin = begin,
                                   .captured = static_cast<std::uint32_t>(bytes.size()),
                                   .original = packet.original_length,
                                   .rewrite = plan_rewrite({recording.bytes.data() + begin, bytes.size()},
                                                           headers, recording.numbers)});
      recording.longest = std::max(recording.longest, recording.packets.back().captured);
    }
  }
  if (const auto& damage = reader->damage()) {
    return Error{ErrorCode::damaged, damage->reason, path + ", offset " + std::to_string(damage->offset)};
  }
  for (const Interface& interface : reader->interfaces()) {
    if (interface.time_digits > 6) recording.nanoseconds = true;
  }
  return {};
}

/// Lets times count from the first one, and end after `span` nanoseconds (0: as recorded).
void fit_times(std::span<Recorded> packets, std::int64_t span) {
  if (packets.empty()) return;
  const auto [first, last] = std::ranges::minmax_element(packets, {}, &Recorded::time);
  const std::int64_t begin = first->time;
  // Unsigned: times may lie 292 years apart, and more.
  const std::uint64_t duration = static_cast<std::uint64_t>(last->time) - static_cast<std::uint64_t>(begin);
  __extension__ using Wide = unsigned __int128;
  for (Recorded& packet : packets) {
    std::uint64_t time = static_cast<std::uint64_t>(packet.time) - static_cast<std::uint64_t>(begin);
    if (span > 0 && duration > static_cast<std::uint64_t>(span)) {
      time = static_cast<std::uint64_t>(Wide{time} * static_cast<std::uint64_t>(span) / duration);
    }
    packet.time = static_cast<std::int64_t>(time);
  }
}

/// The address with this number in a copy.
IpAddress renamed(std::uint8_t version, std::uint64_t index) {
  IpAddress address;
  address.version = version;
  if (version == 4) {
    store_be32(address.bytes.data(), 0x0A000000 | static_cast<std::uint32_t>(index + 1));
  } else {
    address.bytes[0] = 0xFD;
    store_be32(address.bytes.data() + 8, static_cast<std::uint32_t>((index + 1) >> 32));
    store_be32(address.bytes.data() + 12, static_cast<std::uint32_t>(index + 1));
  }
  return address;
}

class Copies : public PacketGenerator::Source {
 public:
  Copies(Recording recording, std::uint64_t copies, std::int64_t step)
      : recording_(std::move(recording)), copies_(copies), step_(step) {}

  bool next(PacketWindow& window) override;
  [[nodiscard]] LinkType link_type() const override { return recording_.link_type; }
  [[nodiscard]] bool nanoseconds() const override { return recording_.nanoseconds; }
  [[nodiscard]] std::vector<std::pair<std::string_view, SynthCounts>> counts() const override {
    return {{"copies", SynthCounts{.packets = number_}}};
  }

 private:
  /// The next packet of a copy that has begun.
  struct Coming {
    std::int64_t time;
    std::uint64_t copy;
    std::size_t packet;

    friend bool operator<(const Coming& a, const Coming& b) {  // for a heap with the earliest on top
      return a.time != b.time ? a.time > b.time : a.copy > b.copy;
    }
  };

  [[nodiscard]] std::int64_t time_of(std::uint64_t copy, std::size_t packet) const {
    return static_cast<std::int64_t>(copy) * step_ + recording_.packets[packet].time;
  }
  bool choose();
  void put(PacketWindow& window, std::size_t used);

  Recording recording_;
  std::uint64_t copies_;
  std::int64_t step_;  ///< between the beginnings of copies
  std::uint64_t begun_ = 0, number_ = 0;
  std::vector<Coming> coming_;  ///< a heap
};

/// Brings the next packet to the heap's top; false at the end.
bool Copies::choose() {
  while (begun_ < copies_ && (coming_.empty() || time_of(begun_, 0) <= coming_.front().time)) {
    coming_.push_back({time_of(begun_, 0), begun_, 0});
    std::push_heap(coming_.begin(), coming_.end());
    ++begun_;
  }
  return !coming_.empty();
}

void Copies::put(PacketWindow& window, std::size_t used) {
  const Coming& coming = coming_.front();
  const Recorded& recorded = recording_.packets[coming.packet];
  const std::span<std::uint8_t> packet(window.buffer.data() + used, recorded.captured);
  if (!packet.empty()) std::memcpy(packet.data(), recording_.bytes.data() + recorded.begin, packet.size());
  for (const AddressPlace& place : recorded.rewrite.places) {
    const std::uint64_t index = coming.copy * recording_.numbers.count(place.version) + place.number;
    put_address(packet, recorded.rewrite, place, renamed(place.version, index));
  }
  finish_rewrite(packet, recorded.rewrite);
  window.packets.push_back({.bytes = {packet.data(), packet.size()},
                            .time = {kStart + coming.time},
                            .number = ++number_,
                            .original_length = recorded.original,
                            .link_type = recording_.link_type,
                            .interface = 0});
}

bool Copies::next(PacketWindow& window) {
  window.packets.clear();
  window.buffer.resize(std::max<std::size_t>(kWindow, recording_.longest) + kPadding);
  std::size_t used = 0;
  while (choose()) {
    const std::size_t size = recording_.packets[coming_.front().packet].captured;
    if (used + size + kPadding > window.buffer.size()) break;
    put(window, used);
    used += size;
    std::pop_heap(coming_.begin(), coming_.end());
    Coming& coming = coming_.back();
    if (++coming.packet < recording_.packets.size()) {
      coming.time = time_of(coming.copy, coming.packet);
      std::push_heap(coming_.begin(), coming_.end());
    } else {
      coming_.pop_back();
    }
  }
  return !window.packets.empty();
}

}  // namespace

Result<std::unique_ptr<PacketGenerator::Source>> open_copies(const CopyOptions& options) {
  if (options.copies == 0 || options.interleave == 0) {
    return Error{ErrorCode::usage, "the number of copies, and of those at a time, must be above 0"};
  }
  Recording recording;
  for (const std::string& path : options.captures) {
    const std::size_t first = recording.packets.size();
    if (auto read = read_capture(path, recording); !read) return read.error();
    fit_times(std::span(recording.packets).subspan(first), options.span_ns);
  }
  if (recording.packets.empty()) return Error{ErrorCode::usage, "there is no packet to copy"};
  const std::uint64_t addresses = recording.numbers.count(4);
  if (addresses != 0 && options.copies > kMostAddresses / addresses) {
    return Error{ErrorCode::usage, "10.0.0.0/8 has not as many addresses as that many copies need"};
  }
  // Packets of the same time stay in the order in which they were read.
  std::ranges::sort(recording.packets, {},
                    [](const Recorded& r) { return std::tuple(r.time, r.begin, r.captured); });
  constexpr std::int64_t kEndOfPcap = (std::int64_t{1} << 32) * kNsPerSecond;
  constexpr std::int64_t kLongest = kEndOfPcap - 1 - kStart;
  const std::int64_t duration = recording.packets.back().time;
  if (recording.packets.front().time < 0 || duration > kLongest) {
    return Error{ErrorCode::usage, "the capture would last until after 2106, which pcap cannot say"};
  }
  const auto step = static_cast<std::int64_t>(
      std::max<std::uint64_t>((static_cast<std::uint64_t>(duration) + 1) / options.interleave, 1));
  const auto left = static_cast<std::uint64_t>(kLongest - duration);
  if (options.copies > 1 && static_cast<std::uint64_t>(step) > left / (options.copies - 1)) {
    return Error{ErrorCode::usage,
                 "that many copies, one after the other, would last until after 2106, which pcap cannot say"};
  }
  return std::unique_ptr<PacketGenerator::Source>(
      std::make_unique<Copies>(std::move(recording), options.copies, step));
}

}  // namespace flowloom::synth
