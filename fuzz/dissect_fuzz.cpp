// The dissector on one packet of any link type, every value wanted: byte 0 chooses the link type, bytes 1 and
// 2 how much longer the packet was than what is captured, the rest is the packet. And with less wanted, where
// the short way must say what the long way says.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "../tests/unit/support/same_tape.hpp"
#include "../tests/unit/support/tape_invariants.hpp"
#include "dissect/value_text.hpp"

namespace {

using namespace flowloom;

/// Everything that the tape says, as text.
std::string text_of(const Tape& tape) {
  std::string text;
  write_chain(tape, text);
  for (const Layer& layer : tape.layers) {
    for (const Field* field : layer.protocol->definition->fields) {
      Value value;
      if (!fixed_value(*field, layer, value)) continue;
      text += '\n';
      append_value_text(text, value);
    }
  }
  for (const Value& value : tape.values) {
    text += '\n';
    append_value_text(text, value);
  }
  for (const Anomaly& anomaly : tape.anomalies) text += anomaly.name;
  return text;
}

/// A field of which a layer tells something else than is on the tape.
std::string wrongly_told(const Tape& tape) {
  if (std::ranges::any_of(tape.anomalies, [](const Anomaly& a) { return a.name == "too_many_values"; }))
    return {};
  for (const Layer& layer : tape.layers) {
    for (const Field* field : layer.protocol->definition->fields) {
      if (field->told != nullptr && !build::tells_what_was_put(tape, layer, *field))
        return "told: " + std::string(field->name);
    }
  }
  return {};
}

/// What the short way says otherwise than the long way.
std::string difference(const RawPacket& packet) {
  static const Wanted wanted[] = {
      build::wanted_for({"tcp.port", "udp.port", "ip.ttl"}),
      build::wanted_for({"frame.len", "eth.type", "eth.trailer", "tcp.len", "udp.length"}),
      build::wanted_for({"frame.protocols", "dns.qry.name", "udp.checksum.status"})};
  for (const Wanted& asked : wanted) {
    Dissector shorter(asked), longer(asked, build::long_way());
    if (std::string found = build::difference(shorter.dissect(packet), longer.dissect(packet));
        !found.empty())
      return "the short way: " + found;
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr LinkType kLinkTypes[] = {1,   0,   9,   12,  14,  50,  51,  101, 104, 105, 107, 108,
                                            113, 127, 100, 166, 204, 219, 228, 229, 239, 276, 147};
  if (size < 3) return 0;
  RawPacket packet;
  packet.link_type = kLinkTypes[data[0] % std::size(kLinkTypes)];
  packet.number = 7;
  packet.time = {1'000'000'000};
  packet.original_length = static_cast<std::uint32_t>(size - 3) + data[1] + 256U * data[2];
  static const Wanted wanted = build::wanted_all_told();
  static Dissector dissector(wanted);

  // What lies behind the packet must not matter.
  std::string texts[2];
  for (unsigned i = 0; i < 2; ++i) {
    std::vector<std::uint8_t> bytes(data + 3, data + size);
    bytes.insert(bytes.end(), kPadding, i == 0 ? 0x00 : 0xFF);
    packet.bytes = PaddedBytes(bytes.data(), size - 3);
    const Tape& tape = dissector.dissect(packet);
    std::string wrong = build::check_tape(tape, packet);
    texts[i] = text_of(tape);
    if (wrong.empty()) wrong = wrongly_told(tape);
    if (wrong.empty() && texts[0] != texts[i]) wrong = "padding was read";
    if (wrong.empty()) wrong = difference(packet);
    if (wrong.empty()) continue;
    std::fprintf(stderr, "%s\n%s\n", wrong.c_str(), texts[i].c_str());
    std::abort();
  }
  return 0;
}
