// The short way of a dissection must say what the long way says.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>

#include "dissect/dissector.hpp"

namespace flowloom::build {

/// Ends dissections where they end anyway, behind data; for that, the long way is taken.
inline Until long_way() { return {.protocol = Registry::instance().find_protocol("data")}; }

/// What is wanted if somebody asks for these fields.
inline Wanted wanted_for(std::initializer_list<std::string_view> names) {
  Wanted wanted;
  for (const std::string_view name : names) wanted.add(*Registry::instance().find(name));
  return wanted;
}

/// The first thing that one tape of a packet says otherwise than another; empty: there is none. Where values
/// lie on the tape is not told, only their order in each layer.
inline std::string difference(const Tape& a, const Tape& b) {
  if (a.layers.size() != b.layers.size()) return "number of layers";
  for (std::size_t i = 0; i < a.layers.size(); ++i) {
    const auto of_layer = [](const Layer& l) {
      return std::tuple(l.protocol, l.data, l.offset, l.header, l.captured, l.wire, l.sound, l.by_ethertype,
                        l.of_fragment);
    };
    const Layer &x = a.layers[i], &y = b.layers[i];
    const std::string where = " of layer " + std::to_string(i);
    if (of_layer(x) != of_layer(y)) return "what is said" + where;
    std::uint32_t m = x.first_value, n = y.first_value;
    for (; m != kNoValue && n != kNoValue; m = a.values[m].next, n = b.values[n].next) {
      const auto of_value = [](const Value& v) {
        return std::tuple(v.field, v.number, v.size, v.offset, v.length, v.layer, v.depth);
      };
      const Value &v = a.values[m], &w = b.values[n];
      if (of_value(v) != of_value(w) || !std::equal(v.data, v.data + v.size, w.data))
        return "a value" + where + ": " + std::string(v.field->name);
    }
    if (m != n) return "number of values" + where;
  }
  const auto same = [](const Anomaly& x, const Anomaly& y) {
    return std::tie(x.name, x.layer, x.offset, x.needed, x.available) ==
           std::tie(y.name, y.layer, y.offset, y.needed, y.available);
  };
  return std::ranges::equal(a.anomalies, b.anomalies, same) ? "" : "anomalies";
}

/// Whether the layer tells of the field what its protocol's code put on the tape, of which all was wanted.
/// Pre: field.told != nullptr
inline bool tells_what_was_put(const Tape& tape, const Layer& layer, const Field& field) {
  Value told;
  const bool there = told_value(tape, field, layer, told);
  std::size_t put = 0;
  for (std::uint32_t i = layer.first_value; i != kNoValue; i = tape.values[i].next) {
    const Value& value = tape.values[i];
    if (value.field != &field) continue;
    ++put;
    if (std::tie(value.number, value.data, value.size) != std::tie(told.number, told.data, told.size))
      return false;
  }
  return put == (there ? 1U : 0U);
}

/// All values, also of told fields that are put only if they are asked for.
inline Wanted wanted_all_told() {
  Wanted wanted = Wanted::all();
  const Registry& registry = Registry::instance();
  for (const RegisteredProtocol& protocol : registry.protocols()) {
    for (const Field* field : protocol.definition->fields) {
      if (field->told != nullptr) wanted.add(*registry.find(field->name));
    }
  }
  return wanted;
}

}  // namespace flowloom::build
