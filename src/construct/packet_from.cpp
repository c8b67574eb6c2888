// A packet's layers and values, without anything but their order to say where they stand.
#include <algorithm>
#include <tuple>

#include "construct/layer.hpp"
#include "construct/layer_writer.hpp"
#include "construct/taken_apart.hpp"
#include "dissect/construction.hpp"
#include "dissect/link/ethernet.hpp"
#include "flowloom/construct.hpp"

namespace flowloom {
namespace construct {
namespace {

/// A value and the bits of the header that say it.
struct Placed {
  Part part;
  std::size_t at, size;
  std::size_t order = 0;
};

std::uint64_t bits_of(Bytes header, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + width; ++i) value = value << 1 | (header[i / 8] >> (7 - i % 8) & 1U);
  return value;
}

bool contains(std::span<const Field* const> fields, const Field& field) {
  return std::find(fields.begin(), fields.end(), &field) != fields.end();
}

/// RFC 1035 §4.1.4
bool has_pointer(Bytes name) {
  std::size_t at = 0;
  while (at < name.size() && name[at] != 0 && name[at] < 0xC0) at += 1U + name[at];
  return at < name.size() && name[at] >= 0xC0;
}

class LayerReader {
 public:
  /// `literally`: domain names as they are on the wire.
  LayerReader(const Tape& tape, std::size_t index, Layer& layer, bool literally = false)
      : tape_(tape),
        source_(tape.layers[index]),
        layer_(layer),
        how_(layer.protocol->construction),
        header_(source_.data, source_.header),
        literally_(literally),
        covered_(source_.header) {}

  void read();

 private:
  void add(const Value& value);
  [[nodiscard]] bool is_container(const Value& value) const;
  bool cover(std::size_t at, std::size_t size);
  void note_absent();
  void find_lengths();
  [[nodiscard]] bool is_registered(const Field& field) const {
    return contains(layer_.protocol->fields, field);
  }
  void fill_gaps();
  [[nodiscard]] std::size_t front() const;
  void order();
  [[nodiscard]] bool is_domain_name(const Field& field) const {
    return how_ != nullptr && (contains(how_->names, field) || contains(how_->joined, field));
  }

  [[nodiscard]] bool is_group_length(const Field& field) const {
    return how_ != nullptr && std::any_of(how_->groups.begin(), how_->groups.end(),
                                          [&](const Group& group) { return group.length == &field; });
  }

  const Tape& tape_;
  const flowloom::Layer& source_;
  Layer& layer_;
  const Construction* how_;
  Bytes header_;
  bool literally_;
  std::vector<std::uint8_t> covered_;  ///< bits of the header that a value says
  std::vector<Placed> found_;
};

void LayerReader::read() {
  for (const Field* field : layer_.protocol->fields) {
    Value value;
    if (!field->hidden && fixed_value(*field, source_, value)) add(value);
  }
  for (std::uint32_t i = source_.first_value; i != kNoValue; i = tape_.values[i].next) {
    if (!tape_.values[i].field->hidden && !is_container(tape_.values[i])) add(tape_.values[i]);
  }
  note_absent();
  find_lengths();
  fill_gaps();
  order();
}

/// What is not there is not filled in either: a flag may be wrong, a header cut.
void LayerReader::note_absent() {
  layer_.taken_apart = true;
  layer_.absent.clear();
  if (how_ == nullptr) return;
  for (const Fill& fill : how_->fills) {
    const auto is_it = [&](const Placed& placed) { return placed.part.field == fill.field; };
    if (std::none_of(found_.begin(), found_.end(), is_it)) layer_.absent.push_back(fill.field);
  }
}

/// The next value, which is put behind it, says a part of its bytes.
bool LayerReader::is_container(const Value& value) const {
  if (value.next == kNoValue || is_number(value.field->kind) || is_domain_name(*value.field)) return false;
  const Value& next = tape_.values[value.next];
  return next.length != 0 && next.length < value.length && next.offset >= value.offset &&
         next.offset + next.length <= value.offset + value.length && next.depth >= value.depth;
}

/// Keeps a value that is what its bytes are, if no other says them.
void LayerReader::add(const Value& value) {
  const Field& field = *value.field;
  const std::size_t byte = value.offset - source_.offset;
  if (value.length == 0 || value.offset < source_.offset || byte + value.length > header_.size()) return;
  if (field.kind == Kind::none || field.kind == Kind::protocol) return;
  Placed placed{{}, byte * 8, value.length * std::size_t{8}};
  placed.part.field = &field;
  const Bytes own = header_.subspan(byte, value.length);
  if (is_domain_name(field) && literally_) {
    placed.part.bytes.assign(own.begin(), own.end());
    placed.part.literal = true;
  } else if (is_domain_name(field)) {
    placed.part.bytes.assign(value.data, value.data + value.size);
    placed.part.spelled_out = !has_pointer(own);
  } else if (!is_number(field.kind)) {
    const bool same =
        value.size == value.length && value.data != nullptr && std::equal(own.begin(), own.end(), value.data);
    if (!same && field.kind != Kind::time && field.kind != Kind::duration && field.kind != Kind::real) return;
    placed.part.bytes.assign(own.begin(), own.end());
  } else {
    const std::size_t within = field.bit % 8;
    const bool exact = field.width != 0 && within + field.width <= placed.size &&
                       bits_of(header_, placed.at + within, field.width) * field.scale == value.number;
    const bool length = field.width != 0 && is_group_length(field);  // of which another number may be shown
    placed.part.number = length ? bits_of(header_, placed.at + within, field.width) : value.number;
    placed.part.is_number = true;
    const std::size_t own_size = own_width(field);
    if (exact || length) {
      placed.at += within;
      placed.size = field.width;
    } else if (field.width == 0 && placed.size > own_size &&
               bits_of(header_, placed.at, own_size) * field.scale == value.number) {
      placed.size = own_size;  // it is shown with all that it begins
    } else if (field.scale != 1 || value.length > 8) {
      return;
    } else if (bits_of(header_, placed.at, placed.size) != value.number) {  // signed, or little-endian
      std::uint64_t little = 0;
      for (std::size_t i = own.size(); i-- > 0;) little = little << 8 | own[i];
      if (field.kind != Kind::sint && little != value.number) return;
      placed.part.is_number = false;
      placed.part.bytes.assign(own.begin(), own.end());
    }
  }
  const bool further = !literally_ && how_ != nullptr && contains(how_->joined, field) && !found_.empty() &&
                       found_.back().at == placed.at && contains(how_->joined, *found_.back().part.field);
  if (further || cover(placed.at, placed.size)) found_.push_back(std::move(placed));
}

/// False if one of the bits has a value already.
bool LayerReader::cover(std::size_t at, std::size_t size) {
  const auto mask = [&](std::size_t byte) {
    const std::size_t from = std::max(at, byte * 8) - byte * 8,
                      to = std::min(at + size, byte * 8 + 8) - byte * 8;
    return static_cast<std::uint8_t>((0xFFU >> from) & ~(0xFFU >> to));
  };
  for (std::size_t byte = at / 8; byte * 8 < at + size; ++byte) {
    if ((covered_[byte] & mask(byte)) != 0) return false;
  }
  for (std::size_t byte = at / 8; byte * 8 < at + size; ++byte) covered_[byte] |= mask(byte);
  return true;
}

/// Lengths of groups that have no name: bytes that no value says, behind the first of a group.
void LayerReader::find_lengths() {
  if (how_ == nullptr) return;
  for (std::size_t i = found_.size(); i-- > 0;) {
    for (const Group& group : how_->groups) {
      const Part& first = found_[i].part;
      if (first.field != group.first || group.length == nullptr || is_registered(*group.length)) continue;
      if (group.alone != nullptr && group.alone(first.number)) continue;
      Placed length{{}, found_[i].at + found_[i].size, own_width(*group.length)};
      if (length.at + length.size > covered_.size() * 8 || !cover(length.at, length.size)) continue;
      length.part.field = group.length;
      length.part.is_number = true;
      length.part.number = bits_of(header_, length.at, length.size);
      found_.push_back(std::move(length));
    }
  }
}

/// Bytes and bits that no value says.
void LayerReader::fill_gaps() {
  for (std::size_t byte = 0; byte < covered_.size(); ++byte) {
    if (covered_[byte] == 0) {
      const std::size_t begin = byte;
      while (byte + 1 < covered_.size() && covered_[byte + 1] == 0) ++byte;
      Placed gap{{}, begin * 8, (byte + 1 - begin) * 8};
      gap.part.bytes.assign(header_.begin() + static_cast<std::ptrdiff_t>(begin),
                            header_.begin() + static_cast<std::ptrdiff_t>(byte + 1));
      found_.push_back(std::move(gap));
      continue;
    }
    for (std::size_t bit = byte * 8; bit < byte * 8 + 8; ++bit) {
      if ((covered_[byte] >> (7 - bit % 8) & 1) != 0) continue;
      std::size_t end = bit;
      while (end < byte * 8 + 8 && (covered_[byte] >> (7 - end % 8) & 1) == 0) ++end;
      Placed gap{{}, bit, end - bit};
      gap.part.is_number = true;
      gap.part.number = bits_of(header_, bit, end - bit);
      gap.part.bits = static_cast<std::uint32_t>(end - bit);
      found_.push_back(std::move(gap));
      bit = end;
    }
  }
}

/// Bytes of what stands before the message.
std::size_t LayerReader::front() const {
  if (how_ == nullptr) return 0;
  for (const Fill& fill : how_->fills) {
    const auto is_it = [&](const Placed& placed) { return placed.part.field == fill.field; };
    if (fill.under != nullptr && std::any_of(found_.begin(), found_.end(), is_it))
      return own_width(*fill.field) / 8;
  }
  return 0;
}

/// In the order of their places; where the writer would put one elsewhere, it is told.
void LayerReader::order() {
  for (std::size_t i = 0; i < found_.size(); ++i) found_[i].order = i;
  std::sort(found_.begin(), found_.end(), [](const Placed& a, const Placed& b) {
    return std::tie(a.at, a.order) < std::tie(b.at, b.order);
  });
  std::size_t anchor = front();
  const std::size_t begin = (anchor + variable_begin(*layer_.protocol)) * 8;
  for (Placed& placed : found_) {
    Part& part = placed.part;
    const Field* field = part.field;
    if (field != nullptr && how_ != nullptr) {
      for (const Group& group : how_->groups) {
        if (group.first == field && !group.counted && !how_->from_front) anchor = placed.at / 8;
      }
    }
    const bool own_place = field != nullptr && field->width != 0 &&
                           placed.at == (field->parsed ? anchor * 8 + field->bit : std::size_t{field->bit});
    if (!own_place) {
      if (placed.at < begin) {
        part.place = static_cast<std::uint32_t>(placed.at);
      } else {
        part.appended = true;
      }
    }
    const std::uint8_t bytes = field != nullptr && how_ != nullptr && how_->size != nullptr && part.is_number
                                   ? how_->size(*field, part.number)
                                   : std::uint8_t{0};
    if (field != nullptr && part.is_number &&
        placed.size != (bytes != 0 ? bytes * std::size_t{8} : own_width(*field)))
      part.bits = static_cast<std::uint32_t>(placed.size);
    if (field != nullptr && !part.is_number && field->width != 0 && placed.size != field->width)
      part.bits = static_cast<std::uint32_t>(placed.size);
    layer_.parts.push_back(std::move(part));
  }
}

/// The number that build() would fill in for what is inside.
const Binding* bound(const Fill& fill, const Protocol* inside) {
  if (fill.with != Fill::With::next || inside == nullptr) return nullptr;
  for (const Binding& binding : inside->parents) {
    if (binding.table == fill.table) return &binding;
  }
  return nullptr;
}

/// Whether build() would fill in the part if it were not set.
bool is_filled_in(const Layer& layer, const Fill& fill, const Part& part, const Protocol* inside) {
  if (fill.field != part.field) return false;
  if (fill.unless != nullptr) {
    if (is_set(layer, *fill.unless)) return false;
    for (const Fill& other : layer.protocol->construction->fills) {
      if (other.field == fill.unless && bound(other, inside) != nullptr && fill.with >= Fill::With::header)
        return false;
    }
  }
  if (fill.with >= Fill::With::header) return true;
  const Binding* const binding = bound(fill, inside);
  return binding != nullptr && binding->value == part.number;
}

/// Of the parts that can be filled in: a length that counts more than is there stays as it is.
void keep_longer(Layer& layer, const Around& around) {
  Layer bare = layer;
  std::erase_if(bare.parts, [](const Part& part) { return part.computed; });
  const auto header = LayerWriter(bare, around).write();
  for (Part& part : layer.parts) {
    if (!part.computed || !part.is_number || part.field->width == 0) continue;
    for (const Fill& fill : layer.protocol->construction->fills) {
      if (fill.field != part.field || fill.with < Fill::With::header) continue;
      const std::uint64_t told =
          header ? bits_of(*header, part.field->bit, part.field->width) * part.field->scale : 0;
      // A header that does not end where its length says has more behind that.
      part.computed = header && (fill.with == Fill::With::header ? told == part.number : told >= part.number);
    }
  }
}

/// Domain names may be shortened in several ways: if build() would take another, they are kept as they are.
void read_names(const Tape& tape, std::size_t index, Layer& layer, const Around& around) {
  const Construction* how = layer.protocol->construction;
  if (how == nullptr || how->names.empty()) return;
  const flowloom::Layer& source = tape.layers[index];
  const auto written = LayerWriter(layer, around).write();
  if (written && std::equal(written->begin(), written->end(), source.data, source.data + source.header))
    return;
  layer.parts.clear();
  LayerReader(tape, index, layer, true).read();
}

/// Lengths and numbers of groups, if all of them would come out as they are (not of groups inside others of
/// their kind).
void mark_group_lengths(Layer& layer, const Around& around, Bytes header) {
  const auto is_length = [&](const Part& part) {
    const auto& groups = layer.protocol->construction->groups;
    return part.field != nullptr && std::any_of(groups.begin(), groups.end(), [&](const Group& group) {
             return group.length == part.field || group.number == part.field;
           });
  };
  Layer bare = layer;
  std::erase_if(bare.parts, is_length);
  const auto written = LayerWriter(bare, around).write();
  if (!written || !std::equal(written->begin(), written->end(), header.begin(), header.end())) return;
  for (Part& part : layer.parts) part.computed = part.computed || is_length(part);
}

/// Numbers of what follows, and lengths that need not be there: each that would come out as it is.
void mark_same(Layer& layer, const Around& around, Bytes header) {
  Layer bare = layer;
  for (const Fill& fill : layer.protocol->construction->fills) {
    const auto is_it = [&](const Part& part) { return part.field == fill.field; };
    const auto part = std::find_if(layer.parts.begin(), layer.parts.end(), is_it);
    if (part == layer.parts.end() || (fill.with != Fill::With::count && fill.announced == nullptr)) continue;
    Layer without = bare;
    std::erase_if(without.parts, is_it);
    const auto written = LayerWriter(without, around).write();
    part->computed = written && std::equal(written->begin(), written->end(), header.begin(), header.end());
    if (part->computed) bare = std::move(without);
  }
}

/// Says which parts build() would fill in itself.
void mark_computed(Layer& layer, const Around& around, Bytes header) {
  const Construction* how = layer.protocol->construction;
  if (how == nullptr) return;
  for (Part& part : layer.parts) {
    if (part.field == nullptr) continue;
    if (part.bits != 0) continue;  // of another size than it would have
    for (const Fill& fill : how->fills)
      part.computed = part.computed || is_filled_in(layer, fill, part, around.inside);
  }
  keep_longer(layer, around);
  mark_same(layer, around, header);
  mark_group_lengths(layer, around, header);
}

void mark_checksums(const Reader& reader, std::vector<Layer>& layers) {
  for (const ChecksumFound& found : reader.checksums()) {
    const auto place = std::find(reader.chain().begin(), reader.chain().end(), found.layer);
    const auto index = static_cast<std::size_t>(place - reader.chain().begin());
    if (index >= layers.size()) continue;
    for (Part& part : layers[index].parts) {
      if (part.field != nullptr && found.status->name.starts_with(part.field->name) &&
          found.status->name.substr(part.field->name.size()) == ".status") {
        part.computed = true;
      }
    }
  }
}

}  // namespace
}  // namespace construct

Packet Packet::from(const RawPacket& raw) {
  Packet packet;
  packet.link_type_ = raw.link_type;
  construct::Reader reader;
  const Tape& tape = reader.read(raw);
  const std::size_t whole = raw.bytes.size();
  std::size_t end = whole;  // of what the layer outside carries
  std::vector<std::size_t> ends;
  for (const std::size_t i : reader.chain()) {
    const flowloom::Layer& source = tape.layers[i];
    const Protocol& protocol = *source.protocol->definition;
    const auto malformed = [&](const Anomaly& anomaly) { return anomaly.layer == i; };
    if (std::any_of(tape.anomalies.begin(), tape.anomalies.end(), malformed)) break;
    if (source.header < construct::variable_begin(protocol))
      break;  // it ends before that: BOOTP without options
    construct::Layer& layer = packet.layers_.emplace_back();
    layer.protocol = &protocol;
    construct::LayerReader(tape, i, layer).read();
    // What is behind the length of IEEE 802.3 is Ethernet's, too.
    if (&protocol != &eth::protocol) end = std::min<std::size_t>(end, source.offset + source.captured);
    ends.push_back(end);
  }
  const std::uint8_t* const begin = raw.bytes.data();
  if (packet.layers_.empty()) {
    packet.payload_.assign(begin, begin + whole);
    return packet;
  }
  const flowloom::Layer& innermost = tape.layers[reader.chain()[packet.layers_.size() - 1]];
  packet.payload_.assign(begin + innermost.offset + innermost.header, begin + ends.back());
  construct::mark_checksums(reader, packet.layers_);
  std::size_t inside = packet.payload_.size();
  for (std::size_t i = packet.layers_.size(); i-- > 0;) {
    const std::size_t index = reader.chain()[i];
    construct::Layer& layer = packet.layers_[i];
    const bool last = i + 1 == packet.layers_.size();
    if (!last) layer.behind.assign(begin + ends[i + 1], begin + ends[i]);
    const construct::Around around{i == 0 ? nullptr : packet.layers_[i - 1].protocol,
                                   last ? nullptr : packet.layers_[i + 1].protocol, inside};
    construct::read_names(tape, index, layer, around);
    construct::mark_computed(layer, around, {tape.layers[index].data, tape.layers[index].header});
    inside += tape.layers[index].header + layer.behind.size();
  }
  packet.layers_.front().behind.insert(packet.layers_.front().behind.end(), begin + ends.front(),
                                       begin + whole);
  packet.current_ = packet.layers_.empty() ? 0 : packet.layers_.size() - 1;
  return packet;
}

}  // namespace flowloom
