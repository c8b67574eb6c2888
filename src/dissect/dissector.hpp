// Takes a packet apart into a Tape. What a protocol's code sees is this class: bytes behind checks, and ways
// to put values.
#pragma once

#include <array>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "dissect/cursor.hpp"
#include "dissect/registry.hpp"
#include "dissect/tape.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

/// What follows a header.
struct Next {
  enum class What : std::uint8_t {
    protocol,
    data,     ///< nobody knows: the `data` layer
    nothing,  ///< the packet is done
    reject    ///< the bytes are not of this protocol: there is no layer of it, data follows
  };
  What what = What::data;
  const RegisteredProtocol* protocol = nullptr;

  static Next data() { return {}; }
  static Next nothing() { return {What::nothing, nullptr}; }
  /// Pre: nothing was put, no header or limit was set, nothing else was found wrong.
  static Next reject() { return {What::reject, nullptr}; }
};

/// What of packets somebody will look at; the rest is neither parsed nor stored.
class Wanted {
 public:
  /// Everything but what is costly and nobody asks for by name (checksums' states).
  static Wanted all();
  static Wanted none() { return {}; }

  void add(const Named& named);
  void add(const Wanted& other);
  /// Layers are needed (for chains and trees) even where no field is.
  void add_layers() { deepest_ = Level::application; }

  [[nodiscard]] bool values(const RegisteredProtocol& protocol) const {
    return all_ || (protocol.id < protocols_.size() && protocols_[protocol.id]);
  }
  /// Was asked for by its name.
  [[nodiscard]] bool named(const Field& field) const {
    const Field* const one = by_mark_[mark_of(field)];
    return one == &field || (one != nullptr && is_listed(field));
  }
  /// By its name, or as all fields.
  [[nodiscard]] bool has(const Field& field) const { return all_ || named(field); }
  [[nodiscard]] bool everything() const { return all_; }
  [[nodiscard]] Level deepest() const { return deepest_; }

 private:
  static constexpr std::size_t kMarks = 64;

  /// By that most fields are told from all that are listed.
  static std::size_t mark_of(const Field& field) {
    return reinterpret_cast<std::uintptr_t>(&field) / sizeof(Field) % kMarks;
  }
  [[nodiscard]] bool is_listed(const Field& field) const;

  bool all_ = false;
  Level deepest_ = Level::frame;
  std::array<const Field*, kMarks> by_mark_ = {};  ///< one of the listed fields that have it
  std::vector<bool> protocols_;                    ///< by id: values of parsed fields
  std::vector<const Field*> fields_;               ///< sorted by address
};

/// The protocols in the packet as frame.protocols lists them: "eth:ethertype:ip:tcp".
void write_chain(const Tape& tape, std::string& out);

/// What a checksum should be, for the construction of packets.
struct ChecksumFound {
  const Field* status = nullptr;  ///< the checksum's own name and ".status"
  std::uint32_t right = 0;
  std::uint16_t layer = 0;
  std::uint32_t offset = 0;  ///< in the packet
  std::uint8_t size = 0;     ///< bytes
};

/// Where a dissection ends, for `--until`.
struct Until {
  const RegisteredProtocol* protocol = nullptr;  ///< behind the first layer of it
  Level level = Level::application;              ///< behind the last layer before a higher one
};

class Dissector {
 public:
  /// `wanted` must live as long.
  explicit Dissector(const Wanted& wanted, const Until& until = {});

  /// The tape holds until the next call; it points to the packet and into its bytes.
  const Tape& dissect(const RawPacket& packet, const FrameContext& context = {});

  /// Adds to the tape of the last dissect() a value that somebody else found; it belongs to the frame.
  void attach(const Value& value);

  /// Every checksum that is computed from now on is noted there, too. Null: none.
  void note_checksums(std::vector<ChecksumFound>* found) { checksums_ = found; }

  // --- for the protocols' code; `at` counts from the first byte of the current header -------------------
  [[nodiscard]] std::size_t captured() const { return cursor_.captured(); }  ///< header and what follows
  [[nodiscard]] std::uint64_t wire() const { return cursor_.wire(); }
  [[nodiscard]] bool has(std::size_t bytes) const { return cursor_.has(bytes); }
  [[nodiscard]] std::uint8_t u8(std::size_t at) const { return cursor_.u8(at); }
  [[nodiscard]] std::uint16_t u16(std::size_t at) const { return cursor_.u16(at); }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const { return cursor_.u32(at); }
  /// Those bytes, as far as they were captured.
  [[nodiscard]] Bytes bytes(std::size_t at, std::size_t size) const;
  /// The current header's fixed part. A protocol's code is called only if its own is there; another's that is
  /// not captured reads as zeros.
  template <const Protocol& P>
  [[nodiscard]] View<P> header() const {
    static_assert(P.min_length <= sizeof kZeros);
    return View<P>(cursor_.has(P.min_length) ? cursor_.at() : kZeros, true);
  }
  /// Whether the current layer is carried by that one directly.
  [[nodiscard]] bool over(const Protocol& parent) const {
    return layer_ != 0 && tape_.layers[parent_].protocol->definition == &parent;
  }
  /// The layer that carries the current one. Pre: there is one, see over().
  [[nodiscard]] const Layer& parent() const { return tape_.layers[parent_]; }
  [[nodiscard]] const RawPacket& packet() const { return *tape_.packet; }
  [[nodiscard]] const FrameContext& context() const { return tape_.context; }

  /// The header is that long; what is behind it is the next protocol's. False (and an anomaly) if it was not
  /// captured whole: nothing can follow then.
  bool set_header(std::size_t bytes) {
    header_ = std::min(bytes, cursor_.captured());
    if (cursor_.has(bytes)) [[likely]]
      return true;
    cut_header(bytes);
    return false;
  }
  /// The header is another one's: fields at fixed places have values only in its first bits.
  void only_bits(std::uint32_t bits) { tape_.layers.back().sound = bits; }
  /// Header and payload have that many bytes on the wire: what is behind is padding.
  void limit(std::uint64_t bytes) { cursor_.limit(bytes); }

  /// Whether values of parsed fields are to be put at all.
  [[nodiscard]] bool wants_values() const { return wants_values_; }
  /// Whether somebody looks at what transport protocols carry.
  [[nodiscard]] bool wants_payload() const { return wanted_.deepest() == Level::application; }
  /// Whether a value of this field would be kept.
  [[nodiscard]] bool wants(const Field& field) const { return wanted_.has(field); }
  /// Whether this very field was asked for: what is costly (a checksum's state) is put only then.
  [[nodiscard]] bool asked_for(const Field& field) const { return wanted_.named(field); }
  /// The same for a checksum's state: what the layer tells is put only if all is.
  [[nodiscard]] bool asked_to_put(const Field& field) const {
    return asked_for(field) && (field.told == nullptr || wanted_.everything());
  }
  /// Whether applications are looked at: what only leads to them need not be looked up.
  [[nodiscard]] bool wants_applications() const { return wanted_.deepest() == Level::application; }

  /// Takes apart what the current layer carries in these bytes of it, of which there may be several: it stays
  /// the current layer. Its dissect() then returns nothing(), or what follows behind its header.
  void carry(const Next& next, std::size_t at, std::size_t size);

  /// Whether checksums are to be computed that have no state of their own, too.
  [[nodiscard]] bool notes_checksums() const { return checksums_ != nullptr; }
  /// What the checksum of `size` bytes at `at` should be.
  void note_checksum(const Field& status, std::uint32_t right, std::size_t at, std::uint8_t size = 2) {
    if (checksums_ != nullptr)
      checksums_->push_back({&status, right, layer_, offset_ + static_cast<std::uint32_t>(at), size});
  }

  // Each puts nothing if nobody wants the field, or if the bytes that say it were not captured.
  void put(const Field& field);  ///< at its own place in the header (width not 0)
  void put(const Field& field, std::size_t at,
           std::size_t size);  ///< these bytes: a big-endian number, an address, …
  void put_little(const Field& field, std::size_t at, std::size_t size);  ///< a little-endian number
  void put_number(const Field& field, std::uint64_t number, std::size_t at, std::size_t size) {
    if (!wants(field)) return;  // here, since there are many of them
    if (Value* value = append(field, at, size)) value->number = number;
  }
  /// The number that the current layer tells, if it does. Pre: field.told != nullptr
  void put_told(const Field& field, std::size_t at, std::size_t size) {
    if (!wants(field)) return;
    if (const Told told = field.told(tape_, tape_.layers[layer_]); told.there)
      put_number(field, told.number, at, size);
  }
  void put_made(const Field& field, std::string_view made, std::size_t at,
                std::size_t size);  ///< text, bytes that the packet does not have as such
  /// Text or bytes beside the packet that live as long, with kPadding behind them.
  void put_beside(const Field& field, Bytes beside);
  void put_bits(const Field& field,
                std::size_t at);  ///< a field with a place, counted from `at` instead of the header
  /// Such fields, as far as they lie in the `size` bytes there.
  void put_all(std::span<const Field* const> fields, std::size_t at, std::size_t size);
  /// A part that is at `at`, as far as it lies in `size` bytes. Fields inside the one before stand below it.
  void put_part(std::span<const Field> fields, std::size_t at, std::size_t size);
  /// An IPv6 address of which only the first `size` bytes are in the packet. Pre: size <= 16.
  void put_prefix(const Field& field, std::size_t at, std::size_t size);
  /// The address (IPv4's or IPv6's) as text.
  void put_address_text(const Field& field, std::size_t at, unsigned version);

  /// Values put during its life stand below the value put last.
  class Below {
   public:
    explicit Below(Dissector& dissector) : dissector_(dissector) { ++dissector_.depth_; }
    ~Below() { --dissector_.depth_; }
    Below(const Below&) = delete;
    Below& operator=(const Below&) = delete;

   private:
    Dissector& dissector_;
  };

  /// `name` must be a literal.
  void anomaly(std::string_view name, std::size_t at, std::size_t needed = 0, std::size_t available = 0);

  [[nodiscard]] Next to(Table table, std::uint32_t value) const {
    const RegisteredProtocol* found = registry_.follow(table, value);
    return found == nullptr ? Next::data() : Next{Next::What::protocol, found};
  }
  [[nodiscard]] Next to(const Protocol& protocol) const {
    return {Next::What::protocol, registry_.registered(protocol)};
  }
  [[nodiscard]] Next by_ethertype(std::uint16_t type);

  /// The network layer above the current one, for pseudo headers; version 0: none.
  struct Network {
    std::uint8_t version = 0;
    const std::uint8_t* header = nullptr;  ///< its first byte
    const std::uint8_t* source = nullptr;  ///< the ends, which can be others than the header's
    const std::uint8_t* destination = nullptr;
    bool fragment = false;  ///< it is a piece of a datagram: what is above is not whole
    bool quoted = false;    ///< by an error
    bool in_piece = false;  ///< one around it is a piece of a datagram
    bool whole = true;      ///< all of it is there, which may not be so in an error and in a piece

    /// Whether what it carries may end before its end.
    [[nodiscard]] bool may_be_cut() const { return quoted || in_piece || fragment; }
  };
  [[nodiscard]] const Network& network() const { return network_; }
  void set_network(const Network& network) { network_ = network; }
  /// The ends are others than the IP header's, see source_route.hpp: those that are not null. The current
  /// header must have been captured whole.
  void set_ends(const std::uint8_t* source, const std::uint8_t* destination) {
    if (source != nullptr) network_.source = source;
    if (destination != nullptr) network_.destination = destination;
  }
  /// The current layer's pseudo header will be asked for when the tape is read.
  void note_pseudo_header();
  /// For an end that the packet does not have as such.
  [[nodiscard]] std::array<std::uint8_t, 16>& made_end() { return made_end_; }

 private:
  static constexpr std::uint8_t kZeros[256] = {};
  static constexpr std::size_t kMaxValues = 65536;
  static constexpr std::size_t kMaxMade = 1024 * 1024;  ///< bytes of made texts in a packet

  /// What is asked, as far as the short way must know it.
  struct Plain {
    Plain(const Registry& registry, const Wanted& wanted, const Until& until);

    const RegisteredProtocol *eth, *vlan, *ip, *ipv6, *tcp, *udp;
    bool possible;           ///< it says all that is asked of the headers up to IP's
    bool ends_at_transport;  ///< nobody looks at applications
    bool wants_values;       ///< parsed fields of the protocols that it knows
    bool wants_ethernet;     ///< Ethernet's
    bool wants_chain, wants_anomalies;
    bool finishes;  ///< some of it is known only at the end
  };

  /// False if the packet is none of those that it knows: nothing was put then, but layers are there.
  bool dissect_plain();
  void put_plain_values();
  void set_plain_network(const Layer& layer);
  void run(Next next);
  bool begin_layer(const RegisteredProtocol& protocol);
  void cut_header(std::size_t bytes);
  void too_many_layers();
  void put_trailers();
  void finish();
  void reopen(std::size_t index, std::size_t captured, std::uint64_t wire);
  Value* append(const Field& field, std::size_t at, std::size_t size);

  const Registry& registry_;
  const Wanted& wanted_;
  Until until_;
  const RegisteredProtocol* frame_;
  const RegisteredProtocol* data_;
  Plain plain_;
  std::string chain_;
  Tape tape_;
  Arena made_;
  std::size_t made_size_ = 0;
  std::vector<ChecksumFound>* checksums_ = nullptr;
  Cursor cursor_;             ///< at the current header
  std::uint32_t offset_ = 0;  ///< of it
  std::uint16_t layer_ = 0;   ///< index of the current layer
  std::uint16_t parent_ = 0;  ///< and of the one that carries it
  std::size_t header_ = 0;    ///< its length
  bool cut_ = false;          ///< the header was not captured whole
  bool wants_values_ = false;
  std::uint8_t depth_ = 0;
  Network network_;
  std::array<std::uint8_t, 16> made_end_ = {};
};

}  // namespace flowloom
