#include "dissect/tunnel/geneve.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::geneve {
namespace {

/// RFC 8926 §3.5.
void put_options(Dissector& d, std::size_t begin, std::size_t end) {
  d.put(options, begin, end - begin);
  const Dissector::Below below(d);
  for (std::size_t at = begin; at + 4 <= end;) {
    const std::size_t size = (d.u8(at + 3) & 0x1FU) * 4;
    if (at + 4 + size > end) {
      d.anomaly("option_length", at, 4 + size, end - at);
      return;
    }
    d.put_all({{&option_class, &option_type, &option_critical, &option_flags}}, at, 4);
    d.put_number(option_length, 4 + size, at + 3, 1);
    d.put(option_data, at + 4, size);
    at += 4 + size;
  }
}

}  // namespace

Next dissect(Dissector& d) {
  const std::size_t end = protocol.min_length + d.header<protocol>().get<options_length>();
  if (!d.set_header(end)) return Next::nothing();
  if (d.wants_values() && end > protocol.min_length) put_options(d, protocol.min_length, end);
  return d.to(Table::ethertype, d.header<protocol>().get<proto_type>());
}

}  // namespace flowloom::geneve
