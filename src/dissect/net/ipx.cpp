#include "dissect/net/ipx.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::ipx {

Next dissect(Dissector& d) {
  const std::uint16_t size = d.header<protocol>().get<len>();
  if (size >= protocol.min_length) d.limit(size);
  return Next::data();
}

}  // namespace flowloom::ipx
