// A packet's layers and values, without anything but their order to say where they stand.
#include <algorithm>

#include "construct/computed.hpp"
#include "construct/header_bits.hpp"
#include "construct/layer.hpp"
#include "construct/layer_reader.hpp"
#include "construct/layer_writer.hpp"
#include "construct/taken_apart.hpp"
#include "dissect/link/ethernet.hpp"
#include "flowloom/construct.hpp"

namespace flowloom {
namespace construct {
namespace {

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
