#include "dissect/tunnel/l2tp.hpp"

#include "dissect/dissector.hpp"
#include "dissect/link/ppp.hpp"

namespace flowloom::l2tp {

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  if (header.get<version>() != 2) return Next::data();
  const bool control = header.get<type>(), wanted = d.wants_values();
  std::size_t at = protocol.min_length;
  const auto next_field = [&](const Field& field) {
    if (wanted) d.put(field, at, 2);
    at += 2;
    return d.u16(at - 2);
  };
  std::size_t end = 0, padding = 0;
  if (header.get<length_bit>()) end = next_field(length);
  next_field(tunnel);
  next_field(session);
  if (header.get<seq_bit>()) {
    next_field(ns);
    next_field(nr);
  }
  if (header.get<offset_bit>()) padding = next_field(offset);
  if (end != 0) d.limit(end);
  if (!d.set_header(at + padding)) return Next::nothing();
  return control ? Next::data() : d.to(ppp::protocol);  // a control message's attributes are not looked into
}

}  // namespace flowloom::l2tp
