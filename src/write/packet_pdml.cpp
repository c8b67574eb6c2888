// Packets as Wireshark's PDML (packet details markup language, doc/README.xml-output of Wireshark): a <proto>
// a layer, in it a <field> a value, with its place in the packet and the bytes there. Names, `pos`, `size`,
// `show` and `value` are Wireshark's; `showname` is for people, in our words. Well-formed whatever the
// packet's bytes are.
#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "base/build_info.hpp"
#include "base/decimal.hpp"
#include "dissect/dissector.hpp"
#include "dissect/value_text.hpp"
#include "write/packet_document.hpp"
#include "write/writers.hpp"

namespace flowloom {
namespace {

/// A part of a byte, or of bytes that also say something else: its value is a number, not bytes.
bool is_masked(const Field& field) {
  if (field.kind == Kind::flag) return true;
  return field.width != 0 && (field.width % 8 != 0 || field.bit % 8 != 0) && field.scale == 1;
}

void append_number(std::string& to, std::uint64_t number) {
  char text[kNumberRoom];
  to.append(text, write_unsigned(text, number));
}

class PacketPdml : public PacketDocument {
 public:
  void begin(TextBuffer& out) const override {
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<pdml version=\"0\" creator=\"flowloom/");
    out.append(kVersion);
    out.append("\">\n");
  }
  void end(TextBuffer& out, const Provenance& /*provenance*/) const override { out.append("</pdml>\n"); }

  void packet(TextBuffer& out, const PacketView& view) override {
    packet_ = view.packet.bytes.view();
    out.append("<packet>\n");
    add_general(out, view);
    for (std::size_t i = 0; i < view.tape.layers.size(); ++i) add_layer(out, view.tape, i);
    out.append("</packet>\n");
  }

 private:
  static void attribute(TextBuffer& out, std::string_view name, std::string_view value) {
    out.push(' ');
    out.append(name);
    out.append("=\"");
    append_xml(out, value);
    out.push('"');
  }
  static void attribute(TextBuffer& out, std::string_view name, std::uint64_t value) {
    out.push(' ');
    out.append(name);
    out.append("=\"");
    out.end_at(write_unsigned(out.room(kNumberRoom), value));
    out.push('"');
  }

  void begin_field(TextBuffer& out, std::string_view name, std::string_view showname, bool hidden,
                   std::uint64_t size, std::uint64_t at) {
    indent(out);
    out.append("<field");
    attribute(out, "name", name);
    attribute(out, "showname", showname);
    if (hidden) attribute(out, "hide", "yes");
    attribute(out, "size", size);
    attribute(out, "pos", at);
  }
  void indent(TextBuffer& out) const {
    for (std::size_t i = 0; i < open_ + 2; ++i) out.append("  ");
  }

  /// What Wireshark says of every packet before its layers.
  void add_general(TextBuffer& out, const PacketView& view) {
    const std::uint64_t size = view.packet.bytes.size();
    out.append("  <proto name=\"geninfo\" pos=\"0\" showname=\"General information\"");
    attribute(out, "size", size);
    out.append(">\n");
    const auto add = [&](std::string_view name, std::string_view showname, std::string_view show) {
      begin_field(out, name, showname, false, size, 0);
      attribute(out, "show", show);
      out.append("/>\n");
    };
    text_.clear();
    if (!view.capture.empty()) add("capture", "Capture", view.capture);
    append_number(text_, view.packet.number);
    add("num", "Number", text_);
    text_.clear();
    append_number(text_, view.packet.original_length);
    add("len", "Frame length", text_);
    text_.clear();
    append_number(text_, size);
    add("caplen", "Captured length", text_);
    text_.clear();
    append_seconds(text_, view.packet.time.ns);
    add("timestamp", "Captured time", text_);
    out.append("  </proto>\n");
  }

  void add_layer(TextBuffer& out, const Tape& tape, std::size_t index) {
    const Layer& layer = tape.layers[index];
    const Protocol& protocol = *layer.protocol->definition;
    out.append("  <proto");
    attribute(out, "name", protocol.name);
    attribute(out, "showname", protocol.title);
    attribute(out, "size", index == 0 ? layer.captured : layer.header);
    attribute(out, "pos", layer.offset);
    out.append(">\n");
    for (const Field* field : protocol.fields) {
      Value value;
      if (fixed_value(*field, layer, value)) add_value(out, value);
    }
    for (std::uint32_t i = layer.first_value; i != kNoValue; i = tape.values[i].next)
      add_value(out, tape.values[i]);
    close_to(out, 0);
    for (const Anomaly& anomaly : tape.anomalies) {
      if (anomaly.layer != index) continue;
      begin_field(out, "flowloom.anomaly", anomaly.name, false, 0, anomaly.offset);
      attribute(out, "show", anomaly.name);
      out.append("/>\n");
    }
    out.append("  </proto>\n");
  }

  /// Ends fields until so many are open; the last value has none below it.
  void close_to(TextBuffer& out, std::size_t count) {
    if (has_last_ && open_ >= count) out.append("/>\n");
    if (has_last_ && open_ < count) {
      out.append(">\n");
      ++open_;
    }
    has_last_ = false;
    while (open_ > count) {
      --open_;
      indent(out);
      out.append("</field>\n");
    }
  }

  void add_value(TextBuffer& out, const Value& value) {
    close_to(out, std::min<std::size_t>(value.depth, open_ + (has_last_ ? 1 : 0)));
    const Field& field = *value.field;
    text_ = field.title;
    show_.clear();
    if (field.kind == Kind::bytes) {
      append_colons(value);
    } else if (field.kind == Kind::text) {
      for (std::uint32_t i = 0; i < value.size && value.data[i] != 0; ++i)
        show_ += static_cast<char>(value.data[i]);
    } else if (field.kind != Kind::none) {
      append_value_text(show_, value);
    }
    escape_controls();
    if (field.kind != Kind::none) text_ += ": " + show_;
    const auto label = std::ranges::lower_bound(field.labels, value.number, {}, &Label::value);
    if (label != field.labels.end() && label->value == value.number)
      text_ += " (" + std::string(label->text) + ")";
    begin_field(out, field.name, text_, field.hidden, value.length, value.offset);
    attribute(out, "show", show_);
    const bool inside = value.offset <= packet_.size() && value.length <= packet_.size() - value.offset;
    if (field.kind == Kind::none) {
      attribute(out, "value", std::string_view());
    } else if (inside && value.length != 0) {
      const bool masked = is_masked(field);
      if (masked) {
        char digits[kNumberRoom];
        const int size =
            std::snprintf(digits, sizeof digits, "%llX", static_cast<unsigned long long>(value.number));
        attribute(out, "value", {digits, static_cast<std::size_t>(size)});
      }
      out.append(masked ? " unmaskedvalue=\"" : " value=\"");
      append_hex(out, {reinterpret_cast<const char*>(packet_.data()) + value.offset, value.length});
      out.push('"');
    }
    has_last_ = true;
  }

  /// As Wireshark writes characters that XML does not have.
  void escape_controls() {
    const auto is_control = [](unsigned char c) { return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F; };
    if (std::ranges::none_of(show_, is_control)) return;
    escaped_.clear();
    for (const char c : show_) {
      const auto byte = static_cast<unsigned char>(c);
      if (!is_control(byte)) {
        escaped_ += c;
        continue;
      }
      escaped_ += "\\x";
      escaped_.append(kHexDigits[byte].data() + (byte < 16 ? 1 : 0), byte < 16 ? 1 : 2);
    }
    std::swap(show_, escaped_);
  }

  /// Bytes as the display of PDML has them.
  void append_colons(const Value& value) {
    for (std::uint32_t i = 0; i < value.size; ++i) {
      if (i != 0) show_ += ':';
      append_hex_byte(show_, value.data[i]);
    }
  }

  Bytes packet_;
  std::size_t open_ = 0;   ///< fields that have others below them
  bool has_last_ = false;  ///< a field whose tag has not been ended
  std::string text_, show_, escaped_;
};

}  // namespace

std::unique_ptr<PacketDocument> make_packet_pdml() { return std::make_unique<PacketPdml>(); }

}  // namespace flowloom
