#include "dissect/link/frame.hpp"

#include "base/time.hpp"
#include "dissect/dissector.hpp"
#include "dissect/encapsulations.hpp"

namespace flowloom::frame {
namespace {

Told told_time(std::int64_t ns) { return {true, static_cast<std::uint64_t>(ns)}; }

}  // namespace

Told tell_number(const Tape& tape, const Layer& /*layer*/) { return {true, tape.packet->number}; }

Told tell_time(const Tape& tape, const Layer& /*layer*/) { return told_time(tape.packet->time.ns); }

Told tell_delta(const Tape& tape, const Layer& /*layer*/) {
  return told_time(time_between(tape.context.previous_time, tape.packet->time.ns));
}

Told tell_relative(const Tape& tape, const Layer& /*layer*/) {
  return told_time(time_between(tape.context.first_time, tape.packet->time.ns));
}

Told tell_length(const Tape& tape, const Layer& /*layer*/) { return {true, tape.packet->original_length}; }

Told tell_captured(const Tape& /*tape*/, const Layer& layer) { return {true, layer.captured}; }

Told tell_interface(const Tape& tape, const Layer& /*layer*/) {
  return {tape.context.numbered_interfaces, tape.packet->interface};
}

Next dissect(Dissector& d) {
  if (d.wants_values()) {
    for (const Field* field :
         {&time, &time_epoch, &time_delta, &time_relative, &number, &len, &cap_len, &interface_id})
      d.put_told(*field, 0, 0);
    put_notes(d);
    if (d.asked_for(encap_type)) {
      const std::uint8_t encapsulation = encapsulation_of(d.packet().link_type);
      if (encapsulation != kNoEncapsulation) d.put_number(encap_type, encapsulation, 0, 0);
    }
    if (d.asked_for(len_lt_caplen) && d.packet().original_length < d.packet().bytes.size())
      d.put_number(len_lt_caplen, 0, 0, 0);
    for (const Field* field : {&marked, &ignored, &offset_shift})
      if (d.asked_for(*field)) d.put_number(*field, 0, 0, 0);
  }
  return d.to(Table::link_type, d.packet().link_type);
}

}  // namespace flowloom::frame
