#include "construct/layer_reader.hpp"

#include <algorithm>
#include <tuple>

#include "construct/header_bits.hpp"

namespace flowloom::construct {
namespace {

std::uint64_t little_endian(Bytes bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8 | bytes[i];
  return number;
}

/// Bits of the group before its first value; 0 if it stands at the beginning.
std::size_t offset_in(const Group& group) {
  std::size_t before = 0;
  for (const Field* field : group.head) {
    if (field == group.first) return before;
    before += own_width(*field);
  }
  return group.first->width != 0 ? group.first->bit : 0;
}

/// RFC 1035 §4.1.4
bool has_pointer(Bytes name) {
  std::size_t at = 0;
  while (at < name.size() && name[at] != 0 && name[at] < 0xC0) at += 1U + name[at];
  return at < name.size() && name[at] >= 0xC0;
}

}  // namespace

bool LayerReader::is_domain_name(const Field& field) const {
  return how_ != nullptr && (contains(how_->names, &field) || contains(how_->joined, &field));
}

bool LayerReader::is_cut(const Field& field) const {
  return how_ != nullptr && std::any_of(how_->cuts.begin(), how_->cuts.end(),
                                        [&](const Cut& cut) { return cut.field == &field; });
}

bool LayerReader::is_group_length(const Field& field) const {
  return how_ != nullptr && std::any_of(how_->groups.begin(), how_->groups.end(),
                                        [&](const Group& group) { return group.length == &field; });
}

void LayerReader::read() {
  for (const Field* field : layer_.protocol->fields) {
    Value value;
    if (!field->hidden && fixed_value(*field, source_, value)) add(value);
  }
  for (std::uint32_t i = source_.first_value; i != kNoValue; i = tape_.values[i].next) {
    if (!tape_.values[i].field->hidden && !is_container(tape_.values[i])) add(tape_.values[i]);
  }
  find_fills();
  note_absent();
  find_begins();
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
    if (!has_found(*fill.field)) layer_.absent.push_back(fill.field);
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
    const bool same = (value.size == value.length || (is_cut(field) && value.length < value.size)) &&
                      value.data != nullptr && std::equal(own.begin(), own.end(), value.data);
    if (!same && field.kind != Kind::time && field.kind != Kind::duration && field.kind != Kind::real) return;
    placed.part.bytes.assign(own.begin(), own.end());
  } else {
    const std::size_t within = field.bit % 8;
    const bool exact = field.width != 0 && within + field.width <= placed.size &&
                       bits_of(header_, placed.at + within, field.width) * field.scale == value.number;
    const bool little = how_ != nullptr && contains(how_->little, &field);
    const bool length = field.width != 0 && is_group_length(field);  // of which another number may be shown
    placed.part.number = length && !little ? bits_of(header_, placed.at + within, field.width) : value.number;
    placed.part.is_number = true;
    const std::size_t own_size = own_width(field);
    if (little) {
      if (little_endian(own) != value.number) {  // of a host of the other order
        placed.part.is_number = false;
        placed.part.bytes.assign(own.begin(), own.end());
      }
    } else if (exact || length) {
      placed.at += within;
      placed.size = field.width;
    } else if (field.width == 0 && placed.size > own_size &&
               bits_of(header_, placed.at, own_size) * field.scale == value.number) {
      placed.size = own_size;  // it is shown with all that it begins
    } else if (field.scale != 1 || value.length > 8) {
      return;
    } else if (bits_of(header_, placed.at, placed.size) != value.number) {  // signed, or little-endian
      if (field.kind != Kind::sint && little_endian(own) != value.number) return;
      placed.part.is_number = false;
      placed.part.bytes.assign(own.begin(), own.end());
    }
  }
  const bool further = !literally_ && how_ != nullptr && contains(how_->joined, &field) && !found_.empty() &&
                       found_.back().at == placed.at && contains(how_->joined, found_.back().part.field);
  if (further || cover(placed.at, placed.size)) found_.push_back(std::move(placed));
}

/// Numbers of what follows that have no name (EtherTypes behind tags of IEEE 802.1ad).
void LayerReader::find_fills() {
  if (how_ == nullptr) return;
  for (const Fill& fill : how_->fills) {
    const Field& field = *fill.field;
    if (field.parsed || contains(layer_.protocol->fields, &field)) continue;
    Placed placed{{}, field.bit, field.width};
    if (placed.at + placed.size > covered_.size() * 8) continue;
    if (fill.given != nullptr && !has_found(*fill.given)) continue;
    if (fill.unless != nullptr && has_found(*fill.unless)) continue;
    if (!cover(placed.at, placed.size)) continue;
    placed.part.field = &field;
    placed.part.is_number = true;
    placed.part.number = bits_of(header_, placed.at, placed.size) * field.scale;
    found_.push_back(std::move(placed));
  }
}

bool LayerReader::has_found(const Field& field) const {
  return std::any_of(found_.begin(), found_.end(),
                     [&](const Placed& placed) { return placed.part.field == &field; });
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

/// Where groups begin. Types that have no name: the one that a group's first value tells stands before it.
void LayerReader::find_begins() {
  if (how_ == nullptr || how_->from_front) return;
  for (Placed& placed : found_) {
    const Field* field = placed.part.field;
    for (const Group& group : how_->groups) {
      if (group.first != field) continue;
      if (group.tag_bits == 0) {
        const std::size_t before = offset_in(group);
        if (before != 0 && !group.counted && placed.at >= before) placed.begin = placed.at - before;
        continue;
      }
      const std::size_t before = field->width != 0
                                     ? field->bit
                                     : std::max(group.tag_bits + own_width(*group.length), room_of(group));
      placed.part.untagged = placed.at < before ||
                             bits_of(header_, placed.at - before, group.tag_bits) != group.tag ||
                             !cover(placed.at - before, group.tag_bits);
      if (!placed.part.untagged) placed.begin = placed.at - before;
    }
  }
}

/// Lengths of groups that have no name: bytes that no value says, behind the first of a group.
void LayerReader::find_lengths() {
  if (how_ == nullptr) return;
  for (std::size_t i = found_.size(); i-- > 0;) {
    for (const Group& group : how_->groups) {
      const Part& first = found_[i].part;
      if (first.field != group.first || group.length == nullptr || first.untagged ||
          contains(layer_.protocol->fields, group.length))
        continue;
      if (group.alone != nullptr && group.alone(first.number)) continue;
      const bool tagged = found_[i].begin != kNoPlace;
      const std::size_t at = tagged ? found_[i].begin + group.tag_bits : found_[i].at + found_[i].size;
      Placed length{{}, at, own_width(*group.length)};
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
    if (fill.under != nullptr && has_found(*fill.field)) return own_width(*fill.field) / 8;
  }
  return 0;
}

/// The group that begins with the value. Null: none.
const Group* LayerReader::begun_by(const Placed& placed) const {
  if (how_ == nullptr || placed.part.field == nullptr || placed.part.untagged) return nullptr;
  for (const Group& group : how_->groups) {
    if (group.first == placed.part.field && !group.counted) return &group;
  }
  return nullptr;
}

/// In the order of their places.
void LayerReader::order() {
  for (std::size_t i = 0; i < found_.size(); ++i) found_[i].order = i;
  std::sort(found_.begin(), found_.end(), [](const Placed& a, const Placed& b) {
    const auto key = [](const Placed& x) {
      return std::tuple(std::min(x.at, x.begin), x.begin == kNoPlace, x.order);
    };
    return key(a) < key(b);
  });
  anchor_ = front();
  std::size_t begin = (anchor_ + variable_begin(*layer_.protocol)) * 8;
  if (how_ != nullptr && how_->least != nullptr) {
    const std::size_t least = how_->least(header_.data()) * std::size_t{8};
    layer_.ends_early = least > header_.size() * 8;
    if (!layer_.ends_early) begin = std::max(begin, least);
  }
  for (std::size_t i = 0; i < found_.size(); ++i) {
    Placed& placed = found_[i];
    if (const Group* group = begun_by(placed)) {
      open_ = group;
      told_end_ = 0;
      if (!how_->from_front) anchor_ = std::min(placed.at, placed.begin) / 8;
    } else {
      drop_filling(i);
      if (placed.size == 0 || is_nothing(placed, begin)) continue;
    }
    if (open_ != nullptr && placed.part.field == open_->length)
      told_end_ = anchor_ + placed.part.number * open_->unit - static_cast<std::size_t>(open_->plus);
    place(placed, begin);
    layer_.parts.push_back(std::move(placed.part));
  }
  layer_.ends_unfilled = open_ != nullptr && (header_.size() - anchor_) % open_->align != 0;
}

/// Where the writer would put it elsewhere, it is told. `begin`: bit of the variable part.
void LayerReader::place(Placed& placed, std::size_t begin) const {
  Part& part = placed.part;
  const Field* field = part.field;
  const bool own_place = field != nullptr && field->width != 0 &&
                         placed.at == (field->parsed ? anchor_ * 8 + field->bit : std::size_t{field->bit});
  if (!own_place) {
    const bool in_group = open_ != nullptr && !how_->from_front && !open_->is_in_head(field) &&
                          (field == nullptr || field != open_->length) && placed.at >= anchor_ * 8 &&
                          placed.at < anchor_ * 8 + room_of(*open_);
    part.in_group = in_group && placed.at >= begin;
    part.appended = !in_group && placed.at >= begin;
    if (!part.appended)
      part.place = static_cast<std::uint32_t>(placed.at - (part.in_group ? anchor_ * 8 : 0));
  }
  const std::uint8_t bytes = field != nullptr && how_ != nullptr && how_->size != nullptr && part.is_number
                                 ? how_->size(*field, part.number)
                                 : std::uint8_t{0};
  if (field != nullptr && part.is_number &&
      placed.size != (bytes != 0 ? bytes * std::size_t{8} : own_width(*field)))
    part.bits = static_cast<std::uint32_t>(placed.size);
  if (field != nullptr && !part.is_number && field->width != 0 && placed.size != field->width)
    part.bits = static_cast<std::uint32_t>(placed.size);
}

/// Zeros that no value says are there anyway, before the variable part.
bool LayerReader::is_nothing(const Placed& placed, std::size_t begin) {
  const Part& part = placed.part;
  if (part.field != nullptr || placed.at + placed.size > begin || part.number != 0) return false;
  return std::all_of(part.bytes.begin(), part.bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

/// Zeros that fill up a group are none of its bytes: the writer has them, too.
void LayerReader::drop_filling(std::size_t index) {
  Placed& gap = found_[index];
  const std::size_t from = std::max(gap.at / 8, told_end_), end = (gap.at + gap.size) / 8;
  if (gap.part.field != nullptr || gap.part.is_number || open_ == nullptr || open_->filled) return;
  if (open_->level != 0 || from != told_end_ || end <= from || end - from >= open_->align) return;
  if ((end - anchor_) % open_->align != 0) return;
  const Group* const next = index + 1 == found_.size() ? nullptr : begun_by(found_[index + 1]);
  if (index + 1 != found_.size() && (next == nullptr || next->level != 0)) return;
  auto& bytes = gap.part.bytes;
  const auto kept = bytes.begin() + static_cast<std::ptrdiff_t>(from - gap.at / 8);
  if (std::any_of(kept, bytes.end(), [](std::uint8_t byte) { return byte != 0; })) return;
  bytes.erase(kept, bytes.end());
  gap.size = bytes.size() * 8;
}

}  // namespace flowloom::construct
