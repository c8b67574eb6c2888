// Reads a capture twice, in a large and in small windows, and demands the same packets, of which the file
// says the same, and the same end.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "capture/pcapng_writer.hpp"
#include "dissect/dissector.hpp"
#include "dissect/frame_origin.hpp"
#include "dissect/link/frame.hpp"
#include "flowloom/capture.hpp"

namespace flowloom::fuzz {

/// What is compared: a packet without the bytes themselves, but with a sum over them and what frame.* tell.
struct Seen {
  std::int64_t ns;
  std::uint64_t number;
  std::uint64_t sum;
  std::size_t size;
  std::uint32_t original_length;
  LinkType link_type;
  std::uint16_t interface;
  friend bool operator==(const Seen&, const Seen&) = default;
};

inline void require(bool holds) {
  if (!holds) std::abort();
}

/// The options of a packet's copy, of which a copy is the same.
inline std::vector<std::uint8_t> copied_options(const RawPacket& packet, const PacketWindow& window) {
  std::vector<std::uint8_t> copy, again;
  if (window.notes == nullptr) return copy;
  pcapng::append_options(record_of(*window.notes, packet), copy);
  require(copy.size() <= pcapng::kMostOptions);
  CaptureRecord of_copy;
  of_copy.swapped = std::endian::native != std::endian::little;
  of_copy.options = copy;
  pcapng::append_options(of_copy, again);
  require(again == copy);
  return copy;
}

/// Everything that frame.* tell of a packet but what is found in its headers.
class FrameTold {
 public:
  FrameTold() : dissector_(wanted()) {}

  std::uint64_t sum(const RawPacket& packet, const PacketWindow& window) {
    FrameContext context = {.numbered_interfaces = window.numbered_interfaces};
    set_origin(context, window);
    std::uint64_t sum = 0;
    for (const std::uint8_t byte : copied_options(packet, window)) sum = sum * 31 + byte;
    for (const Value& value : dissector_.dissect(packet, context).values) {
      sum = sum * 31 + value.number + value.size;
      for (std::uint32_t i = 0; i < value.size; ++i) sum = sum * 31 + value.data[i];
    }
    return sum;
  }

 private:
  static const Wanted& wanted() {
    static const Wanted kWanted = [] {
      Wanted all;
      for (const Field* field : frame::fields) {
        if (field != &frame::protocols && field != &frame::anomaly)
          all.add(*Registry::instance().find(field->name));
      }
      return all;
    }();
    return kWanted;
  }

  Dissector dissector_;
};

/// A few bytes of compressed data can hold millions of packets; so many are looked at.
inline constexpr std::size_t kMostPackets = 100'000;

inline std::vector<Seen> read_packets(CaptureReader& reader) {
  std::vector<Seen> seen;
  PacketWindow window;
  FrameTold told;
  while (true) {
    const Result<bool> more = reader.next(window);
    require(more.has_value());  // memory has no errors of its own
    if (!*more) break;
    if (seen.size() + window.packets.size() > kMostPackets) {
      seen.resize(kMostPackets);
      return seen;
    }
    for (const RawPacket& p : window.packets) {
      std::uint64_t sum = 0;
      for (const std::uint8_t b : p.bytes.view()) sum = sum * 31 + b;
      sum = sum * 31 + told.sum(p, window);
      volatile std::uint8_t padding = p.bytes.data()[p.bytes.size() + kPadding - 1];
      (void)padding;
      require(p.interface < reader.interfaces().size());
      seen.push_back({p.time.ns, p.number, sum, p.bytes.size(), p.original_length, p.link_type, p.interface});
      require(p.number == seen.size());
    }
  }
  std::uint64_t counted = 0;
  for (const Interface& interface : reader.interfaces()) counted += interface.packets;
  require(counted == seen.size());
  return seen;
}

/// How much decoders give out before a fault, and what they call it, depends on how much they are asked for.
inline bool corrupt_inside(const std::optional<Damage>& damage) {
  return damage && damage->reason.find("data are corrupt") != std::string::npos;
}
/// Too little came out to know a capture by: it is no capture, or the decoder's error.
inline bool corrupt_inside(const Error& error) {
  return error.what.find("data are corrupt") != std::string::npos;
}

inline void read_in_windows(Bytes bytes) {
  Result<CaptureReader> whole = CaptureReader::from_memory(bytes, "fuzz");
  Result<CaptureReader> parts =
      CaptureReader::from_memory(bytes, "fuzz", {.window = bytes.empty() ? 1 : bytes[bytes.size() / 2] + 1U});
  if (whole.has_value() != parts.has_value()) {  // of one of them too little came out before the fault
    CaptureReader& opened = whole ? *whole : *parts;
    (void)read_packets(opened);
    require(corrupt_inside(opened.damage()));
    return;
  }
  if (!whole) {
    require(corrupt_inside(whole.error()) || corrupt_inside(parts.error()) ||
            whole.error().what == parts.error().what);
    return;
  }
  const std::vector<Seen> packets = read_packets(*whole);
  const std::vector<Seen> again = read_packets(*parts);
  if (packets.size() == kMostPackets || again.size() == kMostPackets) return;
  const std::optional<Damage>& a = whole->damage();
  const std::optional<Damage>& b = parts->damage();
  if (corrupt_inside(a) || corrupt_inside(b)) {
    const std::size_t common = std::min(packets.size(), again.size());
    require(
        std::equal(packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(common), again.begin()));
    return;
  }
  require(packets == again);
  require(a.has_value() == b.has_value());
  if (a) require(a->offset == b->offset && a->reason == b->reason);
}

}  // namespace flowloom::fuzz
