// Packets as text for people: a line a layer, below it a line a value.
#include <algorithm>
#include <string>

#include "dissect/dissector.hpp"
#include "dissect/value_text.hpp"
#include "write/packet_document.hpp"

namespace flowloom {
namespace {

class PacketTree : public PacketDocument {
 public:
  [[nodiscard]] std::string_view separator() const override { return "\n"; }

  void packet(TextBuffer& out, const PacketView& view) override {
    if (!view.capture.empty()) {
      append_printable(out, view.capture);
      out.append(", ");
    }
    line_ = "Frame " + std::to_string(view.packet.number) + ": ";
    write_chain(view.tape, line_);
    line_ += '\n';
    out.append(line_);
    for (std::size_t i = 0; i < view.tape.layers.size(); ++i) add_layer(out, view.tape, i);
  }

 private:
  void add_layer(TextBuffer& out, const Tape& tape, std::size_t index) {
    const Layer& layer = tape.layers[index];
    const Protocol& protocol = *layer.protocol->definition;
    line_ = "  " + std::string(protocol.title);
    if (layer.header != 0)
      line_ += ", bytes " + std::to_string(layer.offset) + " to " +
               std::to_string(std::uint64_t{layer.offset} + layer.header - 1);
    line_ += '\n';
    out.append(line_);
    for (const Field* field : protocol.fields) {
      Value value;
      if (!field->hidden && fixed_value(*field, layer, value)) add_value(out, value);
    }
    for (std::uint32_t i = layer.first_value; i != kNoValue; i = tape.values[i].next) {
      if (!tape.values[i].field->hidden) add_value(out, tape.values[i]);
    }
    for (const Anomaly& anomaly : tape.anomalies) {
      if (anomaly.layer != index) continue;
      line_ = "    ! " + std::string(anomaly.name) + " at " + std::to_string(anomaly.offset);
      if (anomaly.needed != 0)
        line_ += ": " + std::to_string(anomaly.needed) + " bytes needed, " +
                 std::to_string(anomaly.available) + " there";
      line_ += '\n';
      out.append(line_);
    }
  }

  void add_value(TextBuffer& out, const Value& value) {
    const Field& field = *value.field;
    line_.assign(4 + std::size_t{2} * value.depth, ' ');
    line_ += field.title;
    if (field.kind != Kind::none) line_ += ": ";
    out.append(line_);
    line_.clear();
    if (field.kind != Kind::none) append_value_text(line_, value);
    append_printable(out, line_);
    const auto label = std::ranges::lower_bound(field.labels, value.number, {}, &Label::value);
    if (label != field.labels.end() && label->value == value.number) {
      out.append(" (");
      out.append(label->text);
      out.push(')');
    }
    out.push('\n');
  }

  std::string line_;
};

}  // namespace

std::unique_ptr<PacketDocument> make_packet_tree() { return std::make_unique<PacketTree>(); }

}  // namespace flowloom
