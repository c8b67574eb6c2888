// Packets as JSON: an object each, on a line of its own. Valid JSON whatever the packet's bytes are.
#include <bit>
#include <cmath>

#include "dissect/dissector.hpp"
#include "dissect/value_text.hpp"
#include "flowloom/address.hpp"
#include "write/field_groups.hpp"
#include "write/packet_document.hpp"
#include "write/writers.hpp"

namespace flowloom {
namespace {

std::string_view bytes_of(const Value& value) {
  return {reinterpret_cast<const char*>(value.data), value.size};
}

class PacketJson : public PacketDocument {
 public:
  explicit PacketJson(bool lines) : lines_(lines) {
    keys_.resize(FieldNames::instance().count());
    for (const RegisteredProtocol& protocol : Registry::instance().protocols()) {
      for (const Field* field : protocol.definition->fields) {
        std::string& key = keys_[FieldNames::instance().number(*field)];
        if (key.empty()) key = "\"" + std::string(field->name) + "\":[";
      }
    }
  }

  void begin(TextBuffer& out) const override {
    if (!lines_) out.append("{\"packets\":[\n");
  }
  [[nodiscard]] std::string_view separator() const override { return lines_ ? "" : ",\n"; }
  void end(TextBuffer& out, const Provenance& provenance) const override {
    if (!lines_) append_provenance(out, provenance);
  }

  void packet(TextBuffer& out, const PacketView& view) override {
    const RawPacket& packet = view.packet;
    digits_ = view.time_digits;
    hex_.clear();
    append_hex(hex_, {reinterpret_cast<const char*>(packet.bytes.data()), packet.bytes.size()});
    out.push('{');
    if (!view.capture.empty()) {
      out.append("\"capture\":");
      append_json_string(out, view.capture);
      out.push(',');
    }
    number(out, "\"number\":", packet.number);
    out.append(",\"time\":");
    out.end_at(write_time(out.room(kNumberRoom), packet.time.ns, digits_));
    number(out, ",\"length\":", packet.original_length);
    number(out, ",\"captured\":", packet.bytes.size());
    out.append(",\"protocols\":\"");
    chain_.clear();
    write_chain(view.tape, chain_);
    out.append(chain_);
    out.append("\",\"layers\":[");
    for (const Layer& layer : view.tape.layers) {
      if (&layer != view.tape.layers.data()) out.push(',');
      add_layer(out, view.tape, layer);
    }
    out.append("],\"anomalies\":[");
    for (const Anomaly& anomaly : view.tape.anomalies) {
      if (&anomaly != view.tape.anomalies.data()) out.push(',');
      out.append("{\"layer\":\"");
      out.append(view.tape.layers[anomaly.layer].protocol->definition->name);
      out.append("\",\"name\":\"");
      out.append(anomaly.name);
      number(out, "\",\"offset\":", anomaly.offset);
      number(out, ",\"needed\":", anomaly.needed);
      number(out, ",\"available\":", anomaly.available);
      out.push('}');
    }
    out.append(lines_ ? "]}\n" : "]}");
  }

 private:
  static void number(TextBuffer& out, std::string_view key, std::uint64_t value) {
    out.append(key);
    out.end_at(write_unsigned(out.room(kNumberRoom), value));
  }

  void add_layer(TextBuffer& out, const Tape& tape, const Layer& layer) {
    out.append("{\"name\":\"");
    out.append(layer.protocol->definition->name);
    number(out, "\",\"offset\":", layer.offset);
    number(out, ",\"length\":", layer.header);
    out.append(",\"fields\":{");
    groups_.collect(tape, layer);
    for (const FieldGroups::Group& group : groups_.groups()) {
      if (&group != groups_.groups().data()) out.push(',');
      out.append(keys_[group.name]);
      groups_.each(group, [&](const Value& value) {
        add_value(out, value);
        out.push(',');
      });
      out.end_at(out.data() + out.size() - 1);
      out.push(']');
    }
    out.append("},\"payload\":\"");
    const std::size_t begin = std::size_t{layer.offset} + layer.header;
    out.append(hex_.view().substr(2 * begin, 2 * (std::size_t{layer.captured} - layer.header)));
    out.append("\"}");
  }

  void add_value(TextBuffer& out, const Value& value) const {
    switch (value.field->kind) {
      case Kind::none:
      case Kind::protocol:
        out.append("true");
        break;
      case Kind::flag:
        out.append(value.number != 0 ? "true" : "false");
        break;
      case Kind::uint:
      case Kind::frame:
        number(out, {}, value.number);
        break;
      case Kind::sint:
        out.end_at(write_signed(out.room(kNumberRoom), static_cast<std::int64_t>(value.number)));
        break;
      case Kind::real:
        if (const auto real = std::bit_cast<double>(value.number); std::isfinite(real)) {
          out.end_at(write_float(out.room(kNumberRoom), real));
        } else {
          out.append("null");
        }
        break;
      case Kind::time:
      case Kind::duration:
        out.end_at(write_time(out.room(kNumberRoom), static_cast<std::int64_t>(value.number), digits_));
        break;
      case Kind::text:
        append_json_string(out, bytes_of(value));
        break;
      case Kind::bytes:
        out.push('"');
        append_hex(out, bytes_of(value));
        out.push('"');
        break;
      default:
        out.push('"');
        append_address(out, value);
        out.push('"');
    }
  }

  /// Plain letters only, so that nothing is to be escaped.
  void append_address(TextBuffer& out, const Value& value) const {
    const bool ipv4 = value.field->kind == Kind::ipv4 && value.size == 4;
    if (ipv4 || (value.field->kind == Kind::ipv6 && value.size == 16)) {
      out.end_at(write_address(value.data, ipv4 ? 4 : 6, out.room(kMaxAddressText)));
      return;
    }
    std::string text;
    append_value_text(text, value);
    out.append(text);
  }

  bool lines_;
  std::vector<std::string> keys_;  ///< by name: with quotes, colon and bracket
  FieldGroups groups_;
  TextBuffer hex_;  ///< of the whole packet: layers' payloads are parts of it
  std::string chain_;
  std::uint8_t digits_ = 9;
};

}  // namespace

std::unique_ptr<PacketDocument> make_packet_json(bool lines) { return std::make_unique<PacketJson>(lines); }

}  // namespace flowloom
