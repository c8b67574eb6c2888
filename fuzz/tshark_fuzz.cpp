// What tshark says, beside the tapes of packets: byte 0 is the size of what is read at once, byte 1 how many
// of the packets are asked for; the rest is what tshark prints, about fields of every type (a.none … a.text).
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "../tests/unit/support/tape_invariants.hpp"
#include "dissect/value_text.hpp"
#include "engine/tshark_answers.hpp"

namespace {

using namespace flowloom;

std::deque<Field> fields_of_all_types() {
  std::deque<Field> fields;
  const auto add = [&](std::string_view name, Kind kind) {
    Field& field = fields.emplace_back();
    field.name = name;
    field.title = "of this type";
    field.kind = kind;
    field.parsed = true;
  };
  add("a.none", Kind::none);
  add("a.flag", Kind::flag);
  add("a.uint", Kind::uint);
  add("a.sint", Kind::sint);
  add("a.real", Kind::real);
  add("a.duration", Kind::duration);
  add("a.bytes", Kind::bytes);
  add("a.text", Kind::text);
  return fields;
}

[[noreturn]] void wrong(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static const std::deque<Field> fields = fields_of_all_types();
  static const Wanted wanted = Wanted::all();
  static Dissector dissector(wanted);
  static const std::uint8_t frame[14 + kPadding] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xB5};
  const std::size_t at_once = data[0] + std::size_t{1};
  std::size_t at = 2;
  TsharkAnswers answers(fields, [&](char* out, std::size_t most) -> Result<std::size_t> {
    const std::size_t some = std::min({most, at_once, size - at});
    if (some != 0) std::memcpy(out, data + at, some);
    at += some;
    return some;
  });
  TsharkFrame said;
  std::uint64_t before = 0;
  for (unsigned i = 0; i < data[1] && answers.next(said); ++i) {
    if (said.offset <= before) wrong("offsets do not rise");
    before = said.offset;
    RawPacket packet;
    packet.bytes = PaddedBytes(frame, 14);
    packet.original_length = 14;
    packet.link_type = 1;
    packet.number = said.offset;
    const Tape& tape = dissector.dissect(packet);
    const std::size_t own = tape.values.size();
    attach(dissector, said.packed);
    if (const std::string fault = build::check_tape(tape, packet); !fault.empty()) wrong(fault);
    // Every value is 24 bytes and its text, which no escape makes longer.
    if (said.packed.size() > 32 * size) wrong("more values than were said");
    std::string text;
    for (std::size_t value = own; value < tape.values.size(); ++value)
      append_value_text(text, tape.values[value]);
    if (tape.values.size() - own > size) wrong("more values than bytes");
  }
  if (answers.next(said) && !answers.failed().empty()) wrong("goes on after a failure");
  return 0;
}
