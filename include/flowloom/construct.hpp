// Packets made of the values of fields, by Wireshark's names: the tables that take packets apart, backwards.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "flowloom/bytes.hpp"
#include "flowloom/error.hpp"
#include "flowloom/packet.hpp"
#include "flowloom/timestamp.hpp"

namespace flowloom {

struct Field;
namespace construct {
struct Layer;
}

/// A packet that is being made: layers from the outside to the inside, each with values of its fields.
///
/// Fields at a fixed place are set in any order. Those of variable parts (options, records) are written in
/// the order in which they are set, each behind what it belongs to (tcp.option_kind, then
/// tcp.options.mss_val). Lengths, numbers of what follows, counts, flags that announce a field, checksums,
/// versions and padding of headers are filled in unless they are set; those that are set are written as they
/// are, right or wrong.
///
/// A stack of MPLS labels is one layer, an entry ends with its mpls.ttl, and mpls.bottom of the last is to be
/// set. There are 128 layers at most, those between others (ethertype) counted.
///
/// A mistake is told by build(): the first one counts. Errors: usage (an unknown layer or field, a value that
/// is none of its type or does not fit, a layer that cannot carry the next, a value that would not be read at
/// its place), each with the name of the field or layer.
class Packet {
 public:
  Packet();
  Packet(const Packet&);
  Packet(Packet&&) noexcept;
  Packet& operator=(const Packet&);
  Packet& operator=(Packet&&) noexcept;
  ~Packet();

  /// The packet's layers and values, all of them set: build() gives the bytes that were captured. Bytes that
  /// no field says are kept as raw(); a malformed layer, or one that was cut, is payload.
  static Packet from(const RawPacket& packet);

  /// A layer inside those before.
  Packet& add(std::string_view protocol);
  /// The n-th layer of the protocol: what is set next is its.
  Packet& edit(std::string_view protocol, std::size_t n = 0);

  // Of the layer added last or edited. A field at a fixed place takes its new value, any other is a further
  // one.
  template <std::integral Number>
  Packet& set(std::string_view field, Number number) {
    bool negative = false;
    if constexpr (std::is_signed_v<Number>) negative = number < 0;
    return set_number(field, static_cast<std::uint64_t>(number), negative);
  }
  /// As filters write it: a number (0x for hexadecimal), an address, bytes in hexadecimal, a text.
  Packet& set(std::string_view field, std::string_view text);
  /// As it is on the wire, whatever its type: also a number that is shorter than its type, or little-endian.
  Packet& set(std::string_view field, Bytes bytes);
  /// Bytes of the header that no field says.
  Packet& raw(Bytes bytes);
  /// Bytes behind the layer's payload, which are none of the next layer.
  Packet& behind(Bytes bytes);

  /// What the innermost layer carries.
  Packet& payload(Bytes bytes);

  /// Forgets the lengths, counts, numbers and checksums that were set and can be filled in, as after a change
  /// to a packet of from(). Lengths of more bytes than there are stay as they are (of fragments, of what ICMP
  /// errors quote).
  Packet& recompute();

  /// The packet's bytes.
  [[nodiscard]] Result<std::vector<std::uint8_t>> build() const;

  /// Of the outermost layer; from(): as it was.
  [[nodiscard]] LinkType link_type() const;
  /// The layers' protocols, from the outside to the inside.
  [[nodiscard]] std::vector<std::string_view> layers() const;
  /// Bytes of the n-th layer's header that no field says. Pre: n < layers().size().
  [[nodiscard]] std::size_t raw_bytes(std::size_t n) const;

 private:
  Packet& set_number(std::string_view field, std::uint64_t number, bool negative);
  void fail(std::string_view what, std::string_view name);
  construct::Layer* current(std::string_view field);
  const Field* field_of(const construct::Layer* layer, std::string_view name);

  std::vector<construct::Layer> layers_;
  std::size_t current_ = 0;
  std::vector<std::uint8_t> payload_;
  std::optional<LinkType> link_type_;
  std::optional<Error> error_;
};

/// A packet and when it was seen.
struct TimedPacket {
  Packet packet;
  Timestamp time;
};

/// Writes a pcap file, with times in ns. Errors: those of build(), which name the packet by its number from
/// 1; usage, if the packets are not all of one link type; io.
Result<> write_packets(const std::string& path, std::span<const TimedPacket> packets);

}  // namespace flowloom
