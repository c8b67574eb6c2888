// Where a field's values are in a packet.
#pragma once

#include <algorithm>
#include "dissect/tape.hpp"
#include "filter/plan.hpp"

namespace flowloom::filter {

inline Item item_of(const Value& value) {
  Item item;
  item.number = value.number;
  item.data = value.data;
  item.size = value.size;
  item.prefix = value.field->kind == Kind::ipv4 ? 32 : 128;
  item.negative = value.field->kind == Kind::sint && static_cast<std::int64_t>(value.number) < 0;
  if (value.field->kind == Kind::flag) item.number = value.number != 0 ? 1 : 0;
  return item;
}

/// Whether a protocol's value is what it carries, too: so of the frame, and of those whose item Wireshark
/// makes of all that is there before it knows how long the header is.
bool with_payload(const Protocol& protocol);

/// A protocol's value: its header, or all, see with_payload().
Item item_of(const Tape& tape, const Layer& layer);

/// Whether layer `number` of `count`, from 1, is in one of the use's ranges.
bool counted_in(const FieldUse& use, std::int64_t number, std::int64_t count);

/// Whether the layer, counted among those of its protocol from 1, is in one of the use's ranges. As in
/// Wireshark 4.0, the last one (-1) is the last that has the field.
bool in_layers(const FieldUse& use, const Tape& tape, const Layer& layer);

/// Calls see(layer, value) for each occurrence, value null for the protocol itself, until it says true.
/// Whether it did.
template <class See>
bool each_occurrence(const FieldUse& use, const Tape& tape, See&& see) {
  const Named& named = *use.named;
  for (const Layer& layer : tape.layers) {
    const bool of = named.of(layer.protocol);
    if (!of && !named.parsed) continue;
    if (!use.layers.empty() && !in_layers(use, tape, layer)) continue;
    if (named.fields.empty()) {
      if (see(layer, nullptr)) return true;
      continue;
    }
    if (of) {
      for (const Field* field : named.fields) {
        Value value;
        const bool there = named.told != nullptr ? told_value(tape, *field, layer, value)
                                                 : fixed_value(*field, layer, value);
        if (there && see(layer, &value)) return true;
      }
    }
    if (!named.parsed) continue;
    for (std::uint32_t i = layer.first_value; i != kNoValue; i = tape.values[i].next) {
      const Value& value = tape.values[i];
      if (std::find(named.fields.begin(), named.fields.end(), value.field) == named.fields.end()) continue;
      if (see(layer, &value)) return true;
    }
  }
  return false;
}

}  // namespace flowloom::filter
