// Frames of generated packets: headers of link, tunnel, IP and transport, with their checksums, written
// straight into the window that is handed out.
#pragma once

#include <cstdint>

#include "flowloom/capture.hpp"
#include "synth/path.hpp"

namespace flowloom::synth {

/// When generated captures begin: 2023-11-14T22:13:20Z.
inline constexpr std::int64_t kStart = 1'700'000'000 * kNsPerSecond;

/// The longest frame: two VLAN tags and a full packet.
inline constexpr std::size_t kLongestFrame = 14 + 2 * 4 + kMtu;
/// The shortest: Ethernet pads to it (IEEE 802.3 §3.2.8).
inline constexpr std::size_t kShortestFrame = 60;

/// Which part of a datagram an IP packet carries.
struct Piece {
  std::uint32_t offset = 0;  ///< bytes, a multiple of 8
  bool more = false;
  [[nodiscard]] bool whole() const { return offset == 0 && !more; }
};

/// Appends frames to a window.
class FrameWriter {
 public:
  /// Empties `window`; its buffer is made `capacity` bytes long.
  void start(PacketWindow& window, std::size_t capacity);
  /// Whether another frame fits.
  [[nodiscard]] bool has_room() const { return capacity_ - used_ >= kLongestFrame + kPadding; }

  /// Begins a frame for `length` bytes of `protocol`, sent by the client (0) or the server (1), and returns
  /// where these are to be written. `id` is the datagram's. Pre: has_room(), and the packet fits the MTU.
  std::uint8_t* begin(const Path& path, unsigned from, std::uint8_t protocol, std::size_t length,
                      std::uint32_t id, Piece piece, bool may_fragment);
  /// Ends it when all its bytes are there. The time counts from kStart, and is rounded down to µs.
  void finish(std::int64_t time_ns, std::uint64_t number);

 private:
  std::uint8_t* put_ethernet(std::uint8_t* at, const Path& path, unsigned from, bool inner);
  std::uint8_t* put_wrap(std::uint8_t* at, const Path& path, unsigned from, std::size_t inside,
                         std::uint32_t id);

  PacketWindow* window_ = nullptr;
  std::size_t capacity_ = 0, used_ = 0;
  std::uint8_t* end_ = nullptr;       ///< of the frame begun
  std::uint8_t* covered_ = nullptr;   ///< what the tunnel's checksum covers, up to end_; null: it has none
  std::uint8_t* checksum_ = nullptr;  ///< of the tunnel
  std::uint32_t outer_sum_ = 0;       ///< of its pseudo-header
};

/// Writes an IPv4 or IPv6 header, with the fragment header where `piece` is not the whole; returns its end.
/// `length` counts what follows.
std::uint8_t* put_ip(std::uint8_t* at, const IpAddress& source, const IpAddress& destination,
                     std::uint8_t ttl, std::uint8_t protocol, std::size_t length, std::uint32_t id,
                     Piece piece, bool may_fragment);

/// Sum of the pseudo-header (RFC 9293 §3.1, RFC 8200 §8.1).
std::uint32_t pseudo_sum(const IpAddress& source, const IpAddress& destination, std::uint8_t protocol,
                         std::size_t length);

}  // namespace flowloom::synth
