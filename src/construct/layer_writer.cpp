#include "construct/layer_writer.hpp"

#include <algorithm>
#include <utility>

namespace flowloom::construct {
namespace {

constexpr Construction kPlain;

}  // namespace

LayerWriter::LayerWriter(const Layer& layer, const Around& around)
    : layer_(layer),
      around_(around),
      how_(layer.protocol->construction != nullptr ? *layer.protocol->construction : kPlain) {}

Result<std::vector<std::uint8_t>> LayerWriter::write() {
  for (const Fill& f : how_.fills) reserve_front(f);
  end_ = (message_ + variable_begin(*layer_.protocol)) * 8;
  out_.grow(end_);
  if (auto done = reserve_message(); !done) return done.error();
  reserve_announced();
  for (std::size_t i = 0; i < layer_.parts.size(); ++i) {
    if (layer_.parts[i].field != nullptr && contains(how_.behind, layer_.parts[i].field)) continue;
    if (auto done = part(i); !done) return done.error();
  }
  carried_ = around_.payload;
  if (auto done = close(0, !layer_.ends_unfilled); !done) return done.error();
  for (const bool lengths : {false, true}) {
    if (lengths) pad();
    for (const Fill& f : how_.fills) {
      if (auto done = fill(f, lengths); !done) return done.error();
    }
  }
  return out_.take();
}

/// The parts of one value: its group, its place, its bits.
Result<> LayerWriter::part(std::size_t index) {
  const Part& part = layer_.parts[index];
  if (part.field == nullptr) {
    const std::size_t at = part.place != kNoPlace ? place_of(part) : end_;
    if (part.is_number) {
      out_.put_bits(at, part.bits, part.number);
    } else {
      out_.put_bytes(at, part.bytes);
    }
    end_ = std::max(end_, at + (part.is_number ? part.bits : part.bytes.size() * 8));
    return {};
  }
  const Field& field = *part.field;
  if (auto done = begin_groups(index); !done) return done;
  for (const Open& open : open_) {
    if (open.group->padding != &field) continue;
    if (auto done = close(open.group->level, false); !done) return done;
    break;
  }
  for (Open& open : open_) {
    if (open.group->length == &field) open.length = kNoPlace;
    open.summed = open.summed || open.group->checksum == &field;
  }
  if (!part.literal && contains(how_.names, &field))
    return name(part, {part.bytes.begin(), part.bytes.end()});
  if (!part.literal && contains(how_.joined, &field)) return joined(index);
  const bool placed = field.width != 0 && !part.appended;
  const std::size_t at = place_of(part), size = size_of(part);
  if (&field == front_) {  // lies before the variable part
    return part.is_number ? number(field, part.number, 0, own_width(field))
                          : (out_.put_bytes(0, part.bytes), Result<>());
  }
  if (!part.is_number && kept_of(index) < part.bytes.size()) {
    const auto kept = part.bytes.begin() + static_cast<std::ptrdiff_t>(kept_of(index));
    out_.put_bytes(at, {part.bytes.begin(), kept});
    end_ = std::max(end_, at + kept_of(index) * 8);
    return {};
  }
  if (!part.is_number) {
    if (placed && part.bits == 0 && part.bytes.size() * 8 > field.width)
      return wrong(field,
                   std::to_string(part.bytes.size()) + " bytes, it has " + std::to_string(field.width / 8));
    out_.put_bytes(at, part.bytes);
    out_.grow(at + size);
  } else if (auto done = number(field, part.number, at, size); !done) {
    return done;
  }
  if (field.parsed) end_ = std::max(end_, at + size);
  reserve_length(index);
  return {};
}

/// Bytes of the value that are there.
std::size_t LayerWriter::kept_of(std::size_t index) const {
  const Part& part = layer_.parts[index];
  for (const Cut& cut : how_.cuts) {
    if (cut.field != part.field) continue;
    for (std::size_t i = index; i-- > 0;) {
      if (layer_.parts[i].field != cut.bits) continue;
      const std::uint64_t unit = cut.unit * std::uint64_t{8};
      const std::uint64_t units =
          layer_.parts[i].number / unit + (layer_.parts[i].number % unit != 0 ? 1 : 0);
      return std::min(std::min<std::uint64_t>(units, part.bytes.size()) * cut.unit, part.bytes.size());
    }
  }
  return part.bytes.size();
}

/// Its first bit.
std::size_t LayerWriter::place_of(const Part& part) {
  if (part.place != kNoPlace) return (part.in_group ? anchor_ * 8 : 0) + part.place;
  const Field& field = *part.field;
  if (!field.parsed) return field.bit;
  if (!open_.empty()) {
    Open& open = open_.back();
    if (open.group->length == &field && open.room != kNoPlace) return std::exchange(open.room, kNoPlace);
    std::size_t at = open.start * 8;
    for (std::size_t i = 0; i < open.group->head.size(); at += own_width(*open.group->head[i]), ++i) {
      const std::uint32_t bit = 1U << i;
      if (open.group->head[i] != &field || (open.set & bit) != 0) continue;
      open.set |= bit;
      return at;
    }
  }
  if (field.width == 0 || part.appended || contains(how_.appended, &field)) return end_;
  return (how_.from_front ? message_ : anchor_) * 8 + field.bit;
}

Result<> LayerWriter::begin_groups(std::size_t index) {
  const Field* field = layer_.parts[index].field;
  for (const Group& group : how_.groups) {
    if (group.first != field || (group.tag_bits != 0 && layer_.parts[index].untagged)) continue;
    if (group.counted) {
      if (auto done = counted(group, index); !done) return done;
      continue;
    }
    if (auto done = close(group.level); !done) return done;
    end_ = std::max((end_ + 7) / 8 * 8, (message_ + group.at_least) * 8);
    anchor_ = end_ / 8;
    open_.push_back({&group, anchor_, kNoPlace});
    if (group.tag_bits != 0) begin_tagged();
    for (const Field* in_head : group.head) end_ += own_width(*in_head);
    out_.grow(end_);
  }
  for (Open& open : open_) open.count += open.group->each == field ? 1 : 0;
  return {};
}

/// The type of the group that was opened, room for its length, and for its own fields.
void LayerWriter::begin_tagged() {
  Open& open = open_.back();
  const Group& group = *open.group;
  out_.put_bits(end_, group.tag_bits, group.tag);
  open.length = open.room = end_ + group.tag_bits;
  end_ = std::max(open.room + own_width(*group.length), end_ + room_of(group));
  out_.grow(end_);
}

/// The length before a counted text.
Result<> LayerWriter::counted(const Group& group, std::size_t index) {
  if (index != 0 && layer_.parts[index - 1].field == group.length) return {};
  const std::size_t width = own_width(*group.length);
  const std::size_t size = layer_.parts[index].bytes.size() + static_cast<std::size_t>(group.plus);
  if (auto done = number(*group.length, size, end_, width); !done) return done;
  end_ += width;
  return {};
}

/// Behind the value that begins a group: room for the length, unless that is set.
void LayerWriter::reserve_length(std::size_t index) {
  const Part& part = layer_.parts[index];
  if (open_.empty()) return;
  Open& open = open_.back();
  const Group& group = *open.group;
  if (group.first != part.field || group.length == nullptr || group.tag_bits != 0) return;
  if (group.alone != nullptr && group.alone(part.number)) return;
  if (index + 1 < layer_.parts.size() && layer_.parts[index + 1].field == group.length) return;
  const Field& length = *group.length;
  const std::size_t at = length.width != 0 ? open.start * 8 + length.bit : end_;
  end_ = std::max(end_, at + own_width(length));
  out_.grow(end_);
  open.summed = group.partial != nullptr && group.partial(out_.bytes().data());
  if (!open.summed) open.length = at;
}

/// Ends the groups of this level and of deeper ones, innermost first.
Result<> LayerWriter::close(std::uint8_t level, bool filled) {
  end_ = (end_ + 7) / 8 * 8;
  const std::size_t counted = end_ / 8;
  out_.grow(end_);
  while (!open_.empty() && open_.back().group->level >= level) {
    const Open open = open_.back();
    open_.pop_back();
    const Group& group = *open.group;
    if (filled)
      end_ = (open.start + (counted - open.start + group.align - 1) / group.align * group.align) * 8;
    out_.grow(end_);
    if (auto done = count(open); !done) return done;
    if (open.length != kNoPlace) {
      if (auto done = put_length(open, counted); !done) return done;
    }
    if (group.put_checksum != nullptr && !open.summed)
      group.put_checksum(out_.bytes().subspan(open.start, counted - open.start));
  }
  return {};
}

Result<> LayerWriter::put_length(const Open& open, std::size_t counted) {
  const Group& group = *open.group;
  const std::size_t all = (group.filled ? end_ / 8 : counted) + (group.carries ? carried_ : 0);
  const std::int64_t size = static_cast<std::int64_t>(all - open.start) + group.plus;
  if (size < 0 || size % group.unit != 0)
    return wrong(*group.length, std::to_string(size) + " bytes cannot be told by it");
  const Field& length = *group.length;
  const auto shown = static_cast<std::uint64_t>(size / group.unit) * length.scale;
  return number(length, shown, open.length, own_width(length));
}

/// How many values the group has, unless that was set.
Result<> LayerWriter::count(const Open& open) {
  std::size_t at = open.start * 8;
  for (std::size_t i = 0; i < open.group->head.size(); at += own_width(*open.group->head[i]), ++i) {
    const Field& field = *open.group->head[i];
    if (&field == open.group->number && (open.set >> i & 1) == 0)
      return number(field, open.count, at, own_width(field));
  }
  return {};
}

/// The last of several parts of a name writes it.
Result<> LayerWriter::joined(std::size_t index) {
  const Field* const last = how_.joined.back();
  const Part& part = layer_.parts[index];
  const std::string text(part.bytes.begin(), part.bytes.end());
  if (part.field != last) {
    joined_ += text + '.';
    return {};
  }
  return name(part, std::exchange(joined_, {}) + text);
}

Result<> LayerWriter::name(const Part& part, const std::string& text) {
  const auto written = names_.write(*part.field, text, end_ / 8 - message_, part.spelled_out);
  if (!written) return written.error();
  out_.put_bytes(end_, *written);
  end_ += written->size() * 8;
  return {};
}

void LayerWriter::reserve_front(const Fill& f) {
  if (f.under == nullptr || f.under != around_.outside || contains(layer_.absent, f.field)) return;
  front_ = f.field;
  anchor_ = message_ = own_width(*front_) / 8;
}

/// Whether the field has that value: by one that was set, or by one that will be filled in.
bool LayerWriter::says(const Field& flag, std::uint64_t value) const {
  for (const Part& part : layer_.parts) {
    const Field* field = part.field;
    if (field == nullptr || !part.is_number || part.place != kNoPlace || part.appended) continue;
    if (field->width == 0 || (field->parsed && !how_.from_front)) continue;
    if (field->bit > flag.bit || field->bit + field->width < flag.bit + flag.width) continue;
    const std::uint64_t mask = (std::uint64_t{1} << flag.width) - 1;
    return (part.number >> (field->bit + field->width - flag.bit - flag.width) & mask) == value;
  }
  return std::any_of(how_.fills.begin(), how_.fills.end(), [&](const Fill& f) {
    return f.field == &flag && static_cast<std::uint64_t>(f.number) == value &&
           (f.given == nullptr || is_given(layer_, *f.given));
  });
}

/// The fields that always are there tell how long the message is.
Result<> LayerWriter::reserve_message() {
  if (how_.least == nullptr || layer_.ends_early) return {};
  for (const Part& part : layer_.parts) {
    if (part.field == nullptr || part.field->parsed || !part.is_number) continue;
    if (auto done = number(*part.field, part.number, part.field->bit, own_width(*part.field)); !done)
      return done;
  }
  end_ = std::max<std::size_t>(end_, how_.least(out_.bytes().data()) * std::size_t{8});
  out_.grow(end_);
  return {};
}

void LayerWriter::reserve_announced() {
  for (const Fill& f : how_.fills) {
    if (f.announced == nullptr || is_set(layer_, *f.field) || !says(*f.announced, f.announces)) continue;
    if (contains(layer_.absent, f.field)) continue;
    announced_.emplace_back(f.field, end_);
    end_ += own_width(*f.field);
  }
  out_.grow(end_);
}

std::uint64_t LayerWriter::count_of(const Fill& f) const {
  std::uint64_t count = 0, less = 0;
  for (const Part& part : layer_.parts) count += contains(f.counted, part.field) ? 1 : 0;
  for (const Field* other : f.less) {
    less += bits_of(out_.bytes(), message_ * 8 + other->bit, other->width);
  }
  return count - std::min(count, less);
}

Result<> LayerWriter::fill(const Fill& f, bool lengths) {
  const bool is_length = f.with >= Fill::With::header;
  if (is_length != lengths || is_said(layer_, *f.field) || is_filled(*f.field)) return {};
  if (f.under != nullptr && f.under != around_.outside) return {};
  if (contains(layer_.absent, f.field)) return {};
  if (f.unless != nullptr && (is_set(layer_, *f.unless) || is_filled(*f.unless))) return {};
  if (f.given != nullptr && !is_given(layer_, *f.given)) return {};
  if (f.told != nullptr && says(*f.told, f.tells) == f.untold) return {};
  std::uint64_t shown = static_cast<std::uint64_t>(f.number);
  if (is_length) {
    const Result<std::int64_t> length = length_of(f);
    if (!length) return length.error();
    shown = static_cast<std::uint64_t>(*length);
  } else if (f.with == Fill::With::next) {
    if (around_.inside == nullptr) return {};
    const auto bound = std::find_if(around_.inside->parents.begin(), around_.inside->parents.end(),
                                    [&](const Binding& binding) { return binding.table == f.table; });
    if (bound == around_.inside->parents.end()) return {};
    shown = bound->value;
  } else if (f.with == Fill::With::count) {
    shown = count_of(f);
  }
  const bool in_message = f.field->parsed && f.field != front_;
  bool placed = f.field->width != 0 || f.field == front_;
  std::size_t at = placed ? (in_message ? message_ * 8 : 0) + f.field->bit : end_;
  if (f.announced != nullptr) {
    const auto reserved = std::find_if(announced_.begin(), announced_.end(),
                                       [&](const auto& place) { return place.first == f.field; });
    if (reserved == announced_.end()) return {};
    at = reserved->second;
    placed = true;
  }
  const std::size_t width = own_width(*f.field);
  if (auto done = number(*f.field, shown, at, width); !done) return done;
  if (!placed) end_ += width;
  filled_.push_back(f.field);
  return {};
}

Result<std::int64_t> LayerWriter::length_of(const Fill& f) const {
  using With = Fill::With;
  std::size_t size = f.with == With::header || f.with == With::whole ? out_.size() : 0;
  if (f.with != With::header) size += around_.payload;
  if (f.with == With::rest || f.with == With::whole) size += layer_.behind.size();
  const std::int64_t length = static_cast<std::int64_t>(size) + f.number;
  if (length < 0 || length % f.unit != 0)
    return wrong(*f.field, std::to_string(size) + " bytes cannot be told by it");
  return length / f.unit;
}

void LayerWriter::pad() {
  const std::size_t missing = (how_.align - out_.size() % how_.align) % how_.align;
  const std::size_t begin = out_.size();
  out_.grow((begin + missing) * 8);
  if (!how_.pads || missing < 2) return;  // RFC 8200 §4.2: Pad1 is a zero, PadN has a length
  out_.put_bytes(begin * 8, {1, static_cast<std::uint8_t>(missing - 2)});
}

Result<> LayerWriter::number(const Field& field, std::uint64_t shown, std::size_t at, std::size_t width) {
  if (auto done = out_.number(field, shown, at, width); !done) return done;
  if (contains(how_.little, &field)) out_.turn(at / 8, width / 8);
  return {};
}

std::size_t LayerWriter::size_of(const Part& part) const {
  if (part.bits != 0) return part.bits;
  const Field& field = *part.field;
  if (!part.is_number) return field.width != 0 && !part.appended ? field.width : part.bytes.size() * 8;
  const std::uint8_t bytes = how_.size == nullptr ? std::uint8_t{0} : how_.size(field, part.number);
  return bytes != 0 ? bytes * std::size_t{8} : own_width(field);
}

bool LayerWriter::is_filled(const Field& field) const { return contains(filled_, &field); }

}  // namespace flowloom::construct
