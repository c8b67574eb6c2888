// Packets as an Apple property list (XML 1.0): the same keys as in JSON. Bytes are <data> (Base64), times
// <real>. What XML 1.0 has no character for becomes U+FFFD.
#include <bit>
#include <cmath>
#include <string>

#include "dissect/dissector.hpp"
#include "dissect/value_text.hpp"
#include "write/field_groups.hpp"
#include "write/packet_document.hpp"
#include "write/writers.hpp"

namespace flowloom {
namespace {

void append_base64(TextBuffer& out, Bytes bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char* at = out.room((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = std::uint32_t{bytes[i]} << 16;
    if (count > 1) group |= std::uint32_t{bytes[i + 1]} << 8;
    if (count > 2) group |= bytes[i + 2];
    *at++ = kDigits[group >> 18];
    *at++ = kDigits[group >> 12 & 63];
    *at++ = count > 1 ? kDigits[group >> 6 & 63] : '=';
    *at++ = count > 2 ? kDigits[group & 63] : '=';
  }
  out.end_at(at);
}

class PacketPlist : public PacketDocument {
 public:
  void begin(TextBuffer& out) const override {
    out.append(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
        "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
        "<plist version=\"1.0\">\n<dict>\n<key>packets</key>\n<array>\n");
  }

  void end(TextBuffer& out, const Provenance& provenance) const override {
    out.append("</array>\n<key>provenance</key>\n<dict>\n");
    for (const auto& [name, value] : provenance) text(out, name, value);
    out.append("</dict>\n</dict>\n</plist>\n");
  }

  void packet(TextBuffer& out, const PacketView& view) override {
    const RawPacket& packet = view.packet;
    digits_ = view.time_digits;
    out.append("<dict>\n");
    if (!view.capture.empty()) text(out, "capture", view.capture);
    integer(out, "number", packet.number);
    out.append("<key>time</key>");
    seconds(out, packet.time.ns);
    integer(out, "length", packet.original_length);
    integer(out, "captured", packet.bytes.size());
    chain_.clear();
    write_chain(view.tape, chain_);
    text(out, "protocols", chain_);
    out.append("<key>layers</key>\n<array>\n");
    for (const Layer& layer : view.tape.layers) add_layer(out, view, layer);
    out.append("</array>\n<key>anomalies</key>\n<array>\n");
    for (const Anomaly& anomaly : view.tape.anomalies) {
      out.append("<dict>\n");
      text(out, "layer", view.tape.layers[anomaly.layer].protocol->definition->name);
      text(out, "name", anomaly.name);
      integer(out, "offset", anomaly.offset);
      integer(out, "needed", anomaly.needed);
      integer(out, "available", anomaly.available);
      out.append("</dict>\n");
    }
    out.append("</array>\n</dict>\n");
  }

 private:
  static void text(TextBuffer& out, std::string_view key, std::string_view value) {
    out.append("<key>");
    append_xml(out, key);
    out.append("</key><string>");
    append_xml(out, value);
    out.append("</string>\n");
  }
  static void integer(TextBuffer& out, std::uint64_t value) {
    out.append("<integer>");
    out.end_at(write_unsigned(out.room(kNumberRoom), value));
    out.append("</integer>\n");
  }
  static void integer(TextBuffer& out, std::string_view key, std::uint64_t value) {
    out.append("<key>");
    out.append(key);
    out.append("</key>");
    integer(out, value);
  }
  void seconds(TextBuffer& out, std::int64_t ns) const {
    out.append("<real>");
    out.end_at(write_time(out.room(kNumberRoom), ns, digits_));
    out.append("</real>\n");
  }
  static void data(TextBuffer& out, Bytes bytes) {
    out.append("<data>");
    append_base64(out, bytes);
    out.append("</data>\n");
  }

  void add_layer(TextBuffer& out, const PacketView& view, const Layer& layer) {
    out.append("<dict>\n");
    text(out, "name", layer.protocol->definition->name);
    integer(out, "offset", layer.offset);
    integer(out, "length", layer.header);
    out.append("<key>fields</key>\n<dict>\n");
    groups_.collect(view.tape, layer);
    for (const FieldGroups::Group& group : groups_.groups()) {
      out.append("<key>");
      out.append(group.field->name);
      out.append("</key><array>\n");
      groups_.each(group, [&](const Value& value) { add_value(out, value); });
      out.append("</array>\n");
    }
    out.append("</dict>\n<key>payload</key>");
    data(out, {layer.data + layer.header, layer.captured - layer.header});
    out.append("</dict>\n");
  }

  void add_value(TextBuffer& out, const Value& value) {
    switch (value.field->kind) {
      case Kind::none:
      case Kind::protocol:
        out.append("<true/>\n");
        break;
      case Kind::flag:
        out.append(value.number != 0 ? "<true/>\n" : "<false/>\n");
        break;
      case Kind::uint:
      case Kind::frame:
        integer(out, value.number);
        break;
      case Kind::sint:
        out.append("<integer>");
        out.end_at(write_signed(out.room(kNumberRoom), static_cast<std::int64_t>(value.number)));
        out.append("</integer>\n");
        break;
      case Kind::real:
        out.append("<real>");
        text_.clear();
        append_value_text(text_, value);
        out.append(text_);
        out.append("</real>\n");
        break;
      case Kind::time:
      case Kind::duration:
        seconds(out, static_cast<std::int64_t>(value.number));
        break;
      case Kind::bytes:
        data(out, {value.data, value.size});
        break;
      case Kind::text:
        string(out, {reinterpret_cast<const char*>(value.data), value.size});
        break;
      default:
        text_.clear();
        append_value_text(text_, value);
        string(out, text_);
    }
  }
  static void string(TextBuffer& out, std::string_view value) {
    out.append("<string>");
    append_xml(out, value);
    out.append("</string>\n");
  }

  FieldGroups groups_;
  std::string chain_, text_;
  std::uint8_t digits_ = 9;
};

}  // namespace

std::unique_ptr<PacketDocument> make_packet_plist() { return std::make_unique<PacketPlist>(); }

}  // namespace flowloom
