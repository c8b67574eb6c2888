#include "dissect/tunnel/l2tp.hpp"

#include "dissect/dissector.hpp"
#include "dissect/link/ppp.hpp"

namespace flowloom::l2tp {

namespace {

/// RFC 3931 §3.2.1, §4.1.2.1; what follows the session's number depends on what both ends have agreed on.
Next dissect_version3(Dissector& d) {
  const auto header = d.header<protocol>();
  const bool control = header.get<type>(), wanted = d.wants_values();
  std::size_t at = protocol.min_length;
  if (!control) {
    if (wanted) {
      d.put(reserved, at, 2);
      d.put(sid, at + 2, 4);
    }
    d.set_header(at + 6);
    return Next::data();
  }
  if (header.get<length_bit>()) {
    if (wanted) d.put(length, at, 2);
    d.limit(d.u16(at));
    at += 2;
  }
  if (wanted) d.put(ccid, at, 4);
  at += 4;
  if (header.get<seq_bit>()) {
    if (wanted) {
      d.put(ns, at, 2);
      d.put(nr, at + 2, 2);
    }
    at += 4;
  }
  d.set_header(at);
  return Next::data();
}

}  // namespace

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  if (header.get<version>() == 3) return dissect_version3(d);
  if (header.get<version>() != 2) return Next::reject();
  const bool control = header.get<type>(), wanted = d.wants_values();
  if (wanted) {
    d.put(offset_bit);
    d.put(priority);
  }
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
