// What holds of every tape, whatever the packet.
#pragma once

#include <string>
#include <vector>

#include "dissect/dissector.hpp"

namespace flowloom::build {

/// What is wrong with the tape of this packet; empty: nothing.
inline std::string check_tape(const Tape& tape, const RawPacket& packet) {
  const auto inside = [&](std::uint64_t offset, std::uint64_t length) {
    return offset + length <= packet.bytes.size();
  };
  if (tape.layers.empty()) return "no layer";
  std::vector<unsigned> reached(tape.values.size());
  for (std::size_t i = 0; i < tape.layers.size(); ++i) {
    const Layer& layer = tape.layers[i];
    const std::string where = " of layer " + std::to_string(i);
    if (layer.protocol == nullptr) return "no protocol" + where;
    if (!inside(layer.offset, layer.captured)) return "bytes outside the packet" + where;
    if (layer.data != packet.bytes.data() + layer.offset) return "other bytes" + where;
    if (layer.header > layer.captured) return "header longer than what was captured" + where;
    if (layer.captured > layer.wire) return "more captured than on the wire" + where;
    if (i != 0 && layer.offset < tape.layers[i - 1].offset) return "layers in disorder" + where;
    if ((layer.first_value == kNoValue) != (layer.last_value == kNoValue)) return "half a list" + where;
    std::uint32_t last = kNoValue;
    for (std::uint32_t at = layer.first_value; at != kNoValue; at = tape.values[at].next) {
      if (at >= tape.values.size()) return "a link to nowhere" + where;
      if (++reached[at] > 1) return "a value twice" + where;
      if (tape.values[at].layer != i) return "a value of another layer" + where;
      last = at;
    }
    if (last != layer.last_value) return "the list ends elsewhere" + where;
  }
  for (std::size_t i = 0; i < tape.values.size(); ++i) {
    const Value& value = tape.values[i];
    if (value.field == nullptr) return "a value of no field";
    const std::string where = " of a value of " + std::string(value.field->name);
    if (reached[i] != 1) return "no layer leads to it:" + where;
    if (!inside(value.offset, value.length)) return "bytes outside the packet" + where;
    if (value.data == nullptr && value.size != 0) return "no bytes" + where;
    unsigned sum = 0;  // they can be read: the sanitizers see to it
    for (std::uint32_t k = 0; k < value.size; ++k) sum += value.data[k];
    if (sum > 255U * value.size) return "impossible";
  }
  for (const Anomaly& anomaly : tape.anomalies) {
    if (anomaly.name.empty()) return "an anomaly without a name";
    if (anomaly.layer >= tape.layers.size()) return "an anomaly of no layer";
  }
  return {};
}

}  // namespace flowloom::build
