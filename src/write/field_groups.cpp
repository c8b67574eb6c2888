#include "write/field_groups.hpp"

#include <bit>
#include <unordered_map>

namespace flowloom {

FieldNames::FieldNames() {
  std::size_t fields = 0;
  const auto& protocols = Registry::instance().protocols();
  for (const RegisteredProtocol& protocol : protocols) fields += protocol.definition->fields.size();
  slots_.resize(std::bit_ceil(2 * fields + 1));
  mask_ = slots_.size() - 1;
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  for (const RegisteredProtocol& protocol : protocols) {
    for (const Field* field : protocol.definition->fields) {
      const auto next = static_cast<std::uint32_t>(numbers.size());
      const std::uint32_t number = numbers.try_emplace(field->name, next).first->second;
      std::size_t i = slot_of(field);
      while (slots_[i].field != nullptr && slots_[i].field != field) i = (i + 1) & mask_;
      slots_[i] = {field, number};
    }
  }
  count_ = numbers.size();
}

const FieldNames& FieldNames::instance() {
  static const FieldNames names;
  return names;
}

void FieldGroups::collect(const Tape& tape, const Layer& layer) {
  groups_.clear();
  entries_.clear();
  if (++now_ == 0) {  // after 2^32 layers
    stamp_.assign(stamp_.size(), 0);
    now_ = 1;
  }
  for (const Field* field : layer.protocol->definition->fields) {
    Value value;
    if (!field->hidden && fixed_value(*field, layer, value)) add(value);
  }
  for (std::uint32_t i = layer.first_value; i != kNoValue; i = tape.values[i].next) {
    if (!tape.values[i].field->hidden) add(tape.values[i]);
  }
}

void FieldGroups::add(const Value& value) {
  const std::uint32_t name = FieldNames::instance().number(*value.field);
  const auto entry = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({value, kNoValue});
  if (stamp_[name] == now_) {
    Group& group = groups_[group_of_[name]];
    entries_[group.last].next = entry;
    group.last = entry;
    return;
  }
  stamp_[name] = now_;
  group_of_[name] = static_cast<std::uint32_t>(groups_.size());
  groups_.push_back({value.field, name, entry, entry});
}

}  // namespace flowloom
