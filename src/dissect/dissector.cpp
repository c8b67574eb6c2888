#include "dissect/dissector.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <tuple>

#include "dissect/link/data.hpp"
#include "dissect/link/ethernet.hpp"
#include "dissect/link/frame.hpp"
#include "dissect/link/mpls.hpp"
#include "flowloom/address.hpp"

namespace flowloom {
namespace {

bool is_number(Kind kind) {
  return kind == Kind::uint || kind == Kind::sint || kind == Kind::flag || kind == Kind::frame;
}

}  // namespace

Wanted Wanted::all() {
  Wanted wanted;
  wanted.all_ = true;
  wanted.deepest_ = Level::application;
  return wanted;
}

void Wanted::add(const Named& named) {
  for (const Field* field : named.fields) {
    if (field == &frame::protocols) add_layers();
    if (field == &frame::anomaly) all_ = true, add_layers();  // some are found where values are read
    by_mark_[mark_of(*field)] = field;
    fields_.insert(std::upper_bound(fields_.begin(), fields_.end(), field), field);
  }
  for (const RegisteredProtocol* protocol : named.protocols) {
    deepest_ = std::max(deepest_, protocol->definition->level);
    if (!named.parsed) continue;
    if (protocols_.size() <= protocol->id) protocols_.resize(protocol->id + std::size_t{1});
    protocols_[protocol->id] = true;
  }
}

void Wanted::add(const Wanted& other) {
  all_ = all_ || other.all_;
  deepest_ = std::max(deepest_, other.deepest_);
  protocols_.resize(std::max(protocols_.size(), other.protocols_.size()));
  for (std::size_t i = 0; i < other.protocols_.size(); ++i) {
    if (other.protocols_[i]) protocols_[i] = true;
  }
  for (const Field* field : other.fields_) by_mark_[mark_of(*field)] = field;
  fields_.insert(fields_.end(), other.fields_.begin(), other.fields_.end());
  std::ranges::sort(fields_);
  const auto twice = std::ranges::unique(fields_);
  fields_.erase(twice.begin(), twice.end());
}

bool Wanted::is_listed(const Field& field) const {
  return std::binary_search(fields_.begin(), fields_.end(), &field);
}

Dissector::Dissector(const Wanted& wanted, const Until& until)
    : registry_(Registry::instance()),
      wanted_(wanted),
      until_(until),
      frame_(registry_.registered(frame::protocol)),
      data_(registry_.registered(data::protocol)),
      plain_(registry_, wanted, until) {}

const Tape& Dissector::dissect(const RawPacket& packet, const FrameContext& context) {
  tape_.layers.clear();
  tape_.values.clear();
  tape_.anomalies.clear();
  if (made_size_ != 0) made_.reset();
  made_size_ = 0;
  tape_.packet = &packet;
  tape_.context = context;
  tape_.pseudo_headers.clear();
  tape_.plain = 0;
  if (!plain_.possible || !dissect_plain()) {
    tape_.layers.clear();
    cursor_ = Cursor(packet.bytes, packet.original_length);
    offset_ = 0;
    depth_ = 0;
    network_ = {};
    layer_ = 0;
    run({Next::What::protocol, frame_});
  }
  if (plain_.finishes) finish();
  return tape_;
}

/// False if nothing can be read of it but what lies in its captured part.
inline bool Dissector::begin_layer(const RegisteredProtocol& protocol) {
  if (tape_.layers.full()) [[unlikely]] {
    too_many_layers();
    return false;
  }
  parent_ = layer_;
  layer_ = static_cast<std::uint16_t>(tape_.layers.size());
  Layer& layer = tape_.layers.add();
  layer.protocol = &protocol;
  layer.data = cursor_.at();
  layer.offset = offset_;
  layer.captured = static_cast<std::uint32_t>(cursor_.captured());
  layer.wire = static_cast<std::uint32_t>(std::min<std::uint64_t>(cursor_.wire(), 0xFFFFFFFF));
  layer.of_fragment = network_.fragment;
  wants_values_ = wanted_.values(protocol);
  depth_ = 0;
  cut_ = false;
  header_ = 0;
  return set_header(protocol.definition->min_length);
}

void Dissector::run(Next next) {
  while (next.what == Next::What::protocol) {
    const Protocol& protocol = *next.protocol->definition;
    if (protocol.level == Level::application &&
        (wanted_.deepest() < Level::application || cursor_.wire() == 0)) {
      return;  // a segment without payload is none of an application
    }
    if (protocol.level > until_.level) break;
    if (!begin_layer(*next.protocol)) {
      if (!cut_ || protocol.dissect_cut == nullptr) return;
      if (protocol.dissect_cut(*this).what != Next::What::reject) return;
      tape_.anomalies.pop_back();  // that the header is cut
      tape_.layers.remove_last();
      break;
    }
    const std::uint16_t current = layer_;  // not the last one: it may carry others, see carry()
    next = protocol.dissect == nullptr ? Next::data() : protocol.dissect(*this);
    if (next.what == Next::What::reject) {
      assert(tape_.layers.back().first_value == kNoValue);
      tape_.layers.remove_last();
      break;
    }
    Layer& layer = tape_.layers[current];
    layer.header = static_cast<std::uint32_t>(header_);
    layer.captured = static_cast<std::uint32_t>(cursor_.captured());  // the header may have set a limit
    layer.wire = static_cast<std::uint32_t>(std::min<std::uint64_t>(cursor_.wire(), 0xFFFFFFFF));
    if (cut_ || next.what == Next::What::nothing) return;
    const bool moved = cursor_.skip(header_);
    assert(moved);
    static_cast<void>(moved);
    offset_ += static_cast<std::uint32_t>(header_);
    if (tape_.layers[current].protocol == until_.protocol) break;
  }
  if (cursor_.captured() != 0 && wanted_.deepest() == Level::application) {
    if (!begin_layer(*data_)) return;
    data::protocol.dissect(*this);
    tape_.layers[layer_].header = static_cast<std::uint32_t>(header_);
  }
}

void Dissector::carry(const Next& next, std::size_t at, std::size_t size) {
  const auto here = std::tuple(cursor_, offset_, layer_, parent_, header_, cut_, wants_values_, depth_,
                               network_, made_end_);
  if (!cursor_.skip(at)) return;
  cursor_.limit(size);
  offset_ += static_cast<std::uint32_t>(at);
  run(next);
  std::tie(cursor_, offset_, layer_, parent_, header_, cut_, wants_values_, depth_, network_, made_end_) =
      here;
}

void write_chain(const Tape& tape, std::string& out) {
  const char* separator = "";
  for (std::size_t i = 1; i < tape.layers.size(); ++i) {
    out += separator;
    out += tape.layers[i].protocol->definition->name;
    if (tape.layers[i].by_ethertype) out += ":ethertype";
    separator = ":";
  }
}

/// Puts what is known only at the end, though it is of earlier layers.
void Dissector::finish() {
  if (plain_.wants_ethernet) put_trailers();
  reopen(0, tape_.layers[0].captured, tape_.layers[0].wire);
  if (plain_.wants_chain) {
    chain_.clear();
    write_chain(tape_, chain_);
    put_made(frame::protocols, chain_, 0, 0);
  }
  if (!plain_.wants_anomalies) return;
  for (std::size_t i = 0, count = tape_.anomalies.size(); i < count; ++i) {
    const Anomaly found = tape_.anomalies[i];  // put_made() may add to them
    put_made(frame::anomaly, found.name, found.offset, 0);
  }
}

void Dissector::put_trailers() {
  for (std::size_t i = 1; i + 1 < tape_.layers.size(); ++i) {
    const Layer& layer = tape_.layers[i];
    if (layer.protocol->definition != &eth::protocol) continue;
    std::size_t next = i + 1;  // labels have no length
    while (next + 1 < tape_.layers.size() && tape_.layers[next].protocol->definition == &mpls::protocol)
      ++next;
    const Layer& inside = tape_.layers[next];
    const std::uint32_t end = inside.offset + inside.wire - layer.offset;
    if (inside.wire < inside.protocol->definition->min_length) continue;  // its length is wrong
    // The frame's own length (IEEE 802.3) is no limit to what is behind its payload.
    const Layer& outer = tape_.layers[i - 1];
    const std::uint32_t before = layer.offset - outer.offset;
    if (end >= outer.captured - before) continue;
    reopen(i, outer.captured - before, outer.wire - before);
    eth::put_trailer(*this, end);
  }
}

void Dissector::reopen(std::size_t index, std::size_t captured, std::uint64_t wire) {
  const Layer& layer = tape_.layers[index];
  layer_ = static_cast<std::uint16_t>(index);
  parent_ = static_cast<std::uint16_t>(index == 0 ? 0 : index - 1);
  offset_ = layer.offset;
  depth_ = 0;
  cursor_ = Cursor(PaddedBytes(layer.data, captured), wire);
}

void Dissector::cut_header(std::size_t bytes) {
  cut_ = true;
  tape_.layers[layer_].header = static_cast<std::uint32_t>(header_);
  anomaly(cursor_.wire() < bytes ? "too_short" : "truncated", 0, bytes, cursor_.captured());
}

void Dissector::too_many_layers() {
  if (tape_.anomalies.empty() || tape_.anomalies.back().name != "too_many_layers")
    anomaly("too_many_layers", 0);
}

Bytes Dissector::bytes(std::size_t at, std::size_t size) const {
  const std::size_t begin = std::min(at, cursor_.captured());
  return {cursor_.at() + begin, std::min(size, cursor_.captured() - begin)};
}

Value* Dissector::append(const Field& field, std::size_t at, std::size_t size) {
  if (!wants(field)) return nullptr;
  if (at > cursor_.captured() || cursor_.captured() - at < size) return nullptr;
  if (tape_.values.size() == kMaxValues) {
    if (tape_.anomalies.empty() || tape_.anomalies.back().name != "too_many_values")
      anomaly("too_many_values", at);
    return nullptr;
  }
  const auto index = static_cast<std::uint32_t>(tape_.values.size());
  Value& value = tape_.values.emplace_back();
  value.field = &field;
  value.offset = offset_ + static_cast<std::uint32_t>(at);
  value.length = static_cast<std::uint32_t>(size);
  value.layer = layer_;
  value.depth = depth_;
  Layer& layer = tape_.layers[layer_];
  (layer.last_value == kNoValue ? layer.first_value : tape_.values[layer.last_value].next) = index;
  layer.last_value = index;
  return &value;
}

void Dissector::attach(const Value& value) {
  const auto index = static_cast<std::uint32_t>(tape_.values.size());
  Value& added = tape_.values.emplace_back(value);
  added.next = kNoValue;
  added.layer = 0;
  Layer& layer = tape_.layers[0];
  (layer.last_value == kNoValue ? layer.first_value : tape_.values[layer.last_value].next) = index;
  layer.last_value = index;
}

void Dissector::put(const Field& field) { put_bits(field, 0); }

void Dissector::put_bits(const Field& field, std::size_t at) {
  assert(field.width != 0);
  const std::size_t first = at + field.bit / 8, size = (field.bit % 8 + field.width + 7U) / 8;
  Value* value = append(field, first, size);
  if (value == nullptr) return;
  if (is_number(field.kind)) {
    value->number = read(field, cursor_.at() + at);
  } else {
    value->data = cursor_.at() + first;
    value->size = static_cast<std::uint32_t>(size);
  }
}

void Dissector::put_all(std::span<const Field* const> fields, std::size_t at, std::size_t size) {
  for (const Field* field : fields) {
    if ((field->bit + field->width + 7U) / 8 <= size) put_bits(*field, at);
  }
}

void Dissector::put_part(std::span<const Field> fields, std::size_t at, std::size_t size) {
  unsigned begin = 0, end = 0;
  for (const Field& field : fields) {
    const unsigned last = field.bit + field.width;
    if ((last + 7U) / 8 > size) continue;
    if (field.bit >= begin && last <= end && field.width < end - begin) {
      const Below below(*this);
      put_bits(field, at);
    } else {
      put_bits(field, at);
      begin = field.bit;
      end = last;
    }
  }
}

void Dissector::put_prefix(const Field& field, std::size_t at, std::size_t size) {
  assert(size <= 16);
  std::array<char, 16> address = {};
  const Bytes there = bytes(at, size);
  std::copy(there.begin(), there.end(), address.begin());
  put_made(field, {address.data(), address.size()}, at, size);
}

void Dissector::put_address_text(const Field& field, std::size_t at, unsigned version) {
  const std::size_t size = version == 4 ? 4 : 16;
  if (!has(at + size)) return;
  std::array<char, kMaxAddressText> text;
  const char* end = write_address(cursor_.at() + at, version, text.data());
  put_made(field, {text.data(), static_cast<std::size_t>(end - text.data())}, at, size);
}

void Dissector::put(const Field& field, std::size_t at, std::size_t size) {
  Value* value = append(field, at, size);
  if (value == nullptr) return;
  if (is_number(field.kind)) {
    assert(size <= 8);
    for (const std::uint8_t byte : bytes(at, size)) value->number = value->number << 8 | byte;
    if (field.kind == Kind::sint && size != 0 && size < 8) {
      const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
      value->number =
          static_cast<std::uint64_t>(static_cast<std::int64_t>(value->number << unused) >> unused);
    }
  } else {
    value->data = cursor_.at() + at;
    value->size = static_cast<std::uint32_t>(size);
  }
}

void Dissector::put_little(const Field& field, std::size_t at, std::size_t size) {
  Value* value = append(field, at, size);
  if (value == nullptr) return;
  const Bytes raw = bytes(at, size);
  for (std::size_t i = raw.size(); i-- > 0;) value->number = value->number << 8 | raw[i];
}

void Dissector::put_made(const Field& field, std::string_view made, std::size_t at, std::size_t size) {
  if (made_size_ + made.size() > kMaxMade) {
    anomaly("too_many_values", at);
    return;
  }
  Value* value = append(field, at, size);
  if (value == nullptr) return;
  auto* copy = static_cast<std::uint8_t*>(made_.allocate(made.size() + kPadding));
  if (!made.empty()) std::memcpy(copy, made.data(), made.size());
  made_size_ += made.size() + 1;
  value->data = copy;
  value->size = static_cast<std::uint32_t>(made.size());
}

void Dissector::put_beside(const Field& field, Bytes beside) {
  Value* value = append(field, 0, 0);
  if (value == nullptr) return;
  value->data = beside.data();
  value->size = static_cast<std::uint32_t>(beside.size());
}

void Dissector::anomaly(std::string_view name, std::size_t at, std::size_t needed, std::size_t available) {
  tape_.anomalies.push_back({name, layer_, offset_ + static_cast<std::uint32_t>(at),
                             static_cast<std::uint32_t>(needed), static_cast<std::uint32_t>(available)});
}

Next Dissector::by_ethertype(std::uint16_t type) {
  tape_.layers[layer_].by_ethertype = true;
  return to(Table::ethertype, type);
}

}  // namespace flowloom
