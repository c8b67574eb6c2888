#include "filter/straight_loads.hpp"

#include <algorithm>
#include <utility>

#include "filter/occurrences.hpp"
#include "filter/piece.hpp"
#include "filter/types.hpp"

namespace flowloom::filter {
namespace {

using What = Instruction::What;

constexpr Range kAll = {.first = 0, .second = 0, .until = Range::Until::end};

std::uint8_t prefix_of(Kind kind) { return kind == Kind::ipv4 ? 32 : 128; }

}  // namespace

bool is_number(ValueType type) {
  return type.kind == Kind::uint || type.kind == Kind::frame || type.kind == Kind::flag;
}

bool is_in_bytes(ValueType type) { return can_slice(type) && type.kind != Kind::protocol; }

Instruction& CodeWriter::add(What what) {
  Instruction& added = code_.instructions.emplace_back();
  added.what = what;
  return added;
}

Instruction& CodeWriter::add(What what, bool number, Held& held, std::uint8_t prefix) {
  held = {static_cast<std::uint16_t>(registers_.size()), number, prefix};
  registers_.emplace_back();
  Instruction& added = add(what);
  added.to = held.at;
  return added;
}

Held CodeWriter::constant(std::uint64_t number) {
  registers_.push_back({.high = number});
  return {static_cast<std::uint16_t>(registers_.size() - 1), true};
}

Held CodeWriter::constant(const Item& bytes) {
  registers_.push_back(bytes_alone(bytes.data, bytes.size));
  return {static_cast<std::uint16_t>(registers_.size() - 1), false, bytes.prefix};
}

std::size_t Loads::combinations() const {
  std::size_t count = 1;
  for (const Leaf& leaf : leaves_) count = std::min(count * leaf.values.size(), std::size_t{1} << 32);
  return count;
}

Held Loads::next() {
  const Leaf& leaf = leaves_[turn_++];
  return leaf.values[leaf.chosen];
}

bool Loads::next_combination() {
  turn_ = 0;
  for (Leaf& leaf : leaves_) {
    if (++leaf.chosen < leaf.values.size()) return true;
    leaf.chosen = 0;
  }
  return false;
}

/// Loads the fields of a value, from left to right.
bool Loads::look(const Node& node) {
  switch (node.op) {
    case Op::field:
    case Op::length:
    case Op::count:
      return load(node, plan_.fields[node.a], nullptr);
    case Op::slice: {
      const Node& of = plan_.nodes[node.a];
      return of.op == Op::field && node.c == 1 &&
             load(node, plan_.fields[of.a], plan_.ranges.data() + node.b);
    }
    case Op::constant:
      return true;
    case Op::bytes:
    case Op::negative:
    case Op::absolute:
      return look(plan_.nodes[node.a]);
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::modulo:
    case Op::mask:
      return look(plan_.nodes[node.a]) && look(plan_.nodes[node.b]);
    case Op::largest:
    case Op::smallest:
      return look_at_all(node);
    default:
      return false;
  }
}

/// Of values some of which need not be there: the greatest and the least are of the others then.
bool Loads::look_at_all(const Node& node) {
  const std::size_t first = leaves_.size();
  for (std::uint32_t i = 0; i < node.c; ++i) {
    const std::size_t before = leaves_.size();
    if (!look(plan_.nodes[plan_.children[node.b + i]])) return false;
    if (leaves_.size() == before) writer_.code().all_needed = false;  // a constant is always there
  }
  for (std::size_t i = first; i < leaves_.size(); ++i) {
    if (leaves_[i].values.size() != 1) return false;
    if (!leaves_[i].slot || leaves_[i].slot != leaves_[first].slot) writer_.code().all_needed = false;
  }
  return true;
}

/// `range`: of a slice; may be null.
bool Loads::load(const Node& node, const FieldUse& use, const Range* range) {
  Leaf leaf;
  const Named& named = *use.named;
  bool done = false;
  if (!named.fields.empty() && named.told == nullptr && std::ranges::all_of(named.fields, &Field::parsed)) {
    done = named.fields.size() == 1 && use.layers.empty() && load_parsed(node, *named.fields[0], range, leaf);
  } else if (!named.parsed) {
    done = load_fixed(node, use, range, leaf);
  }
  if (done) leaves_.push_back(std::move(leaf));
  return done;
}

/// A length or a piece, or all of the value.
bool Loads::load_parsed(const Node& node, const Field& field, const Range* range, Leaf& leaf) {
  const ValueType type = type_of(field);
  const bool number = is_number(type);
  if (node.op == Op::count || (number ? type.bits > 32 || node.op == Op::length : !is_in_bytes(type)))
    return false;
  const What what = number ? What::load_value : node.op == Op::length ? What::load_size : What::load_part;
  // Texts have an order of their own.
  if (type.kind == Kind::text && node.op == Op::field) return false;
  Instruction& code =
      writer_.add(what, what != What::load_part, leaf.values.emplace_back(), prefix_of(type.kind));
  code.field = &field;
  code.range = range != nullptr ? *range : kAll;
  if (range == nullptr && type.kind == Kind::ipv4) code.width = 4;
  if (range == nullptr && type.kind == Kind::ipv6) code.width = 16;
  return true;
}

bool Loads::load_fixed(const Node& node, const FieldUse& use, const Range* range, Leaf& leaf) {
  const Named& named = *use.named;
  if (named.protocols.size() > 2 || (named.protocols.size() == 2 && named.fields.size() != 1)) return false;
  const std::optional<std::uint8_t> slot = slot_of(named);
  if (!slot) return false;
  if (named.told == nullptr) leaf.slot = slot;  // not every such layer tells it
  if (!use.layers.empty() && !counted_in(use, 1, 1)) {
    writer_.add(What::never);
    leaf.slot.reset();
  }
  if (node.op == Op::count) {
    for (const Field* field : named.fields) {
      if (named.told != nullptr) {
        Held unused;
        if (!load_told(node, *field, *slot, nullptr, unused)) return false;
        continue;
      }
      Instruction& code = writer_.add(What::exists);
      code.slot = *slot;
      code.place = Place(*field);
    }
    leaf.values.push_back(writer_.constant(std::max<std::size_t>(named.fields.size(), 1)));
    return true;
  }
  if (named.fields.empty()) return load_protocol(node, *named.protocols[0], *slot, range, leaf);
  for (const Field* field : named.fields) {
    Held held;
    if (!load_field(node, *field, *slot, range, held)) return false;
    leaf.values.push_back(held);
  }
  return true;
}

bool Loads::load_protocol(const Node& node, const RegisteredProtocol& protocol, std::uint8_t slot,
                          const Range* range, Leaf& leaf) {
  if (node.op == Op::field) return false;
  const bool piece = node.op == Op::slice;
  Instruction& code =
      writer_.add(piece ? What::load_piece : What::load_length, !piece, leaf.values.emplace_back());
  code.slot = slot;
  code.whole = with_payload(*protocol.definition);
  if (piece) code.range = *range;
  return true;
}

bool Loads::load_field(const Node& node, const Field& field, std::uint8_t slot, const Range* range,
                       Held& held) {
  const ValueType type = type_of(field);
  if (field.told != nullptr) return load_told(node, field, slot, range, held);
  if (is_number(type)) {
    if (node.op != Op::field || field.width > 32 || type.bits > 32 ||
        ((std::uint64_t{1} << field.width) - 1) * field.scale > kMostRegisterNumber)
      return false;
    Instruction& code = writer_.add(What::load_number, true, held);
    code.slot = slot;
    code.place = Place(field);
    code.shift = static_cast<std::uint8_t>(64 - field.width);
    code.scale = field.scale;
    return true;
  }
  if (!is_in_bytes(type) || type.kind == Kind::text) return false;
  const std::uint32_t size = field.width / 8U;
  if (node.op == Op::length) {
    Instruction& code = writer_.add(What::exists);
    code.slot = slot;
    code.place = Place(field);
    held = writer_.constant(size);
    return true;
  }
  std::uint32_t begin = 0, length = size;
  if (range != nullptr && !piece(*range, size, begin, length)) begin = length = 0;
  if (length > kMostRegisterBytes) return false;
  Instruction& code =
      writer_.add(What::load_bytes, false, held, range != nullptr ? 128 : prefix_of(field.kind));
  code.slot = slot;
  code.place = Place(field);  // the whole field must be there
  code.place.at = static_cast<std::uint16_t>(code.place.at + begin);
  code.width = static_cast<std::uint8_t>(length);
  code.high = first_bits(8 * std::min(length, 8U));
  code.low = first_bits(8 * (length - std::min(length, 8U)));
  return true;
}

/// The number, or of bytes a length or a piece or all of them.
bool Loads::load_told(const Node& node, const Field& field, std::uint8_t slot, const Range* range,
                      Held& held) {
  const ValueType type = type_of(field);
  const bool number = is_number(type);
  if (number ? type.bits > 32 || node.op == Op::length : type.kind != Kind::bytes) return false;
  const bool part = !number && (node.op == Op::field || node.op == Op::slice);
  Instruction& code = writer_.add(part ? What::load_told_part : What::load_told, !part, held);
  code.slot = slot;
  code.field = &field;
  code.range = range != nullptr ? *range : kAll;
  return true;
}

std::optional<std::uint8_t> Loads::slot_of(const Named& named) {
  StraightCode::Slot slot;
  slot.first = named.protocols.front();
  slot.second = named.protocols.back();
  for (std::uint8_t i = 0; i < writer_.code().slot_count; ++i) {
    if (writer_.code().slots[i].first == slot.first && writer_.code().slots[i].second == slot.second)
      return i;
  }
  if (writer_.code().slot_count == StraightCode::kMostSlots) return std::nullopt;
  writer_.code().slots[writer_.code().slot_count] = slot;
  return writer_.code().slot_count++;
}

}  // namespace flowloom::filter
