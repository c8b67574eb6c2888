// What a packet says: a flat tape of layers and values, made once and read by every consumer (filters,
// columns, trees). Fields at a fixed place are not on it: they are read from their layer when somebody asks.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "dissect/registry.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

struct CaptureNotes;

inline constexpr std::uint32_t kNoValue = ~std::uint32_t{0};

/// A value of a field. Numbers, flags and times are in `number` (signed ones and doubles by their bits); all
/// else is `size` bytes at `data`, which live as long as the packet's bytes and the tape.
struct Value {
  const Field* field = nullptr;
  std::uint64_t number = 0;
  const std::uint8_t* data = nullptr;
  std::uint32_t size = 0;
  std::uint32_t offset = 0, length = 0;  ///< the bytes of the packet that say it
  std::uint32_t next = kNoValue;         ///< of the same layer, on the tape
  std::uint16_t layer = 0;
  std::uint8_t depth = 0;  ///< below how many others it stands, in a tree
};

/// A header in the packet and what it carries.
struct Layer {
  const RegisteredProtocol* protocol = nullptr;
  const std::uint8_t* data = nullptr;  ///< first byte of the header
  std::uint32_t offset = 0;            ///< of it in the packet
  std::uint32_t header = 0;            ///< bytes of the header that were captured
  std::uint32_t captured = 0;          ///< bytes of header and payload that were captured
  std::uint32_t wire = 0;              ///< … and that were on the wire
  std::uint32_t first_value = kNoValue, last_value = kNoValue;
  std::uint32_t sound = ~std::uint32_t{0};  ///< bits of the header that are what its table says
  bool by_ethertype = false;                ///< an EtherType said what follows (frame.protocols tells)
  bool of_fragment = false;                 ///< IP says that it is in a piece of a datagram
};

/// Something wrong with the packet. Names are listed in docs/fields.md.
struct Anomaly {
  std::string_view name;
  std::uint16_t layer = 0;
  std::uint32_t offset = 0;                 ///< in the packet
  std::uint32_t needed = 0, available = 0;  ///< bytes
};

/// A list of limited length: adding to it never moves what is there, and costs little.
class Layers {
 public:
  static constexpr std::size_t kMost = 128;

  /// Pre: !full()
  Layer& add(const Layer& layer = {}) { return list_[size_++] = layer; }
  void remove_last() { --size_; }
  /// The first one, to be written before resize() says how many there are.
  [[nodiscard]] Layer* room() { return list_.data(); }
  void resize(std::size_t size) { size_ = size; }
  void clear() { size_ = 0; }
  [[nodiscard]] bool full() const { return size_ == kMost; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const Layer* data() const { return list_.data(); }
  [[nodiscard]] const Layer* begin() const { return list_.data(); }
  [[nodiscard]] const Layer* end() const { return list_.data() + size_; }
  [[nodiscard]] const Layer& operator[](std::size_t i) const { return list_[i]; }
  [[nodiscard]] Layer& operator[](std::size_t i) { return list_[i]; }
  [[nodiscard]] const Layer& back() const { return list_[size_ - 1]; }
  [[nodiscard]] Layer& back() { return list_[size_ - 1]; }

 private:
  std::array<Layer, kMost> list_;
  std::size_t size_ = 0;
};

/// What the capture knows of a packet beside its bytes.
struct FrameContext {
  std::int64_t first_time = 0;     ///< ns, of the capture's first packet
  std::int64_t previous_time = 0;  ///< ns, of the packet before; its own for the first
  bool numbered_interfaces = false;
  const CaptureNotes* notes = nullptr;  ///< the packet's record lies around its bytes; null: it may not
  /// What the address of the packet's bytes lacks to their place in the (uncompressed) capture, modulo 2^64.
  std::uint64_t displacement = 0;
};

/// What IP says of a layer whose checksum covers more than the layer.
struct PseudoHeader {
  std::uint16_t layer = 0;
  std::uint8_t version = 0;  ///< 0: there is no IP
  bool whole = false;        ///< what IP carries is all there
  bool quoted = false;       ///< by an error
  std::uint32_t ends = 0;    ///< sum of both addresses
};

struct Tape {
  const RawPacket* packet = nullptr;
  FrameContext context;
  Layers layers;  ///< [0] is the frame itself
  std::vector<Value> values;
  std::vector<Anomaly> anomalies;
  /// Of layers whose checksum's state was asked for; with a shape there are none.
  std::vector<PseudoHeader> pseudo_headers;
  /// Not 0: the layers are the frame, Ethernet, perhaps VLAN tags, IP without options that is no fragment,
  /// and TCP or UDP, all with headers that are whole. Each number has the same layers at the same places.
  std::uint8_t plain = 0;
  static constexpr std::size_t kShapes = 32;  ///< numbers are less
};

/// Where a field with a fixed place is, ready to be looked at in many packets.
struct Place {
  std::uint32_t bits = 0;   ///< of the header that must be what its table says
  std::uint32_t bytes = 0;  ///< … that must have been captured
  std::uint16_t at = 0;     ///< byte in the header
  std::uint8_t skip = 0;    ///< bits of it that come before

  Place() = default;
  /// Pre: !field.parsed
  explicit Place(const Field& field)
      : bits(std::uint32_t{field.bit} + field.width),
        bytes((bits + 7) / 8),
        at(static_cast<std::uint16_t>(field.bit / 8)),
        skip(static_cast<std::uint8_t>(field.bit % 8)) {}

  [[nodiscard]] bool there(const Layer& layer) const {
    return bytes <= layer.captured && bits <= layer.sound;
  }
  /// The field's first bits, up to 64, and what follows them; the first is the highest.
  [[nodiscard]] std::uint64_t first_bits(const Layer& layer) const {
    return load_be<8>(layer.data + at) << skip;
  }
};

/// Whether a field with a fixed place was captured, and is what the table says.
inline bool fixed_there(const Field& field, const Layer& layer) { return Place(field).there(layer); }

/// The number of a field with a fixed place, which is there. Pre: 0 < field.width <= 64.
inline std::uint64_t number_at(const Field& field, const Place& place, const Layer& layer) {
  return (place.first_bits(layer) >> (64 - field.width)) * field.scale;
}

/// The field's value in this layer, if it has a fixed place and is there.
inline bool fixed_value(const Field& field, const Layer& layer, Value& value) {
  if (field.parsed || !fixed_there(field, layer)) return false;
  value = {};
  value.field = &field;
  value.offset = layer.offset + field.bit / 8;
  value.length = (field.bit % 8 + field.width + 7U) / 8;
  if (field.kind == Kind::uint || field.kind == Kind::flag) {
    value.number = read(field, layer.data);
  } else if (field.kind == Kind::sint) {
    const unsigned unused = 64U - field.width;
    value.number =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(read(field, layer.data) << unused) >> unused);
  } else {
    value.data = layer.data + field.bit / 8;
    value.size = value.length;
  }
  return true;
}

/// The value of a field that the layer tells, if it does. Pre: field.told != nullptr
inline bool told_value(const Tape& tape, const Field& field, const Layer& layer, Value& value) {
  const Told told = field.told(tape, layer);
  if (!told.there) return false;
  value = {};
  value.field = &field;
  value.offset = layer.offset + told.at;
  if (field.kind == Kind::bytes) {
    value.data = layer.data + told.at;
    value.size = static_cast<std::uint32_t>(told.number);
  } else {
    value.number = told.number;
  }
  return true;
}

/// Calls `use(const Value&)` for each occurrence of the named field, in order; not for a protocol's name.
template <class Use>
void for_each_value(const Tape& tape, const Named& named, Use use) {
  for (std::size_t i = 0; i < tape.layers.size(); ++i) {
    const Layer& layer = tape.layers[i];
    if (named.of(layer.protocol)) {
      for (const Field* field : named.fields) {
        Value value;
        if (!(named.told != nullptr ? told_value(tape, *field, layer, value)
                                    : fixed_value(*field, layer, value)))
          continue;
        value.layer = static_cast<std::uint16_t>(i);
        use(std::as_const(value));
      }
    }
    if (!named.parsed) continue;
    for (std::uint32_t at = layer.first_value; at != kNoValue; at = tape.values[at].next) {
      const Field* field = tape.values[at].field;
      if (std::find(named.fields.begin(), named.fields.end(), field) != named.fields.end())
        use(tape.values[at]);
    }
  }
}

}  // namespace flowloom
