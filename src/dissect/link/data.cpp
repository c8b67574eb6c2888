#include "dissect/link/data.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::data {

Next dissect(Dissector& d) {
  d.set_header(d.captured());
  if (d.wants_values()) {
    d.put(data, 0, d.captured());
    d.put_number(len, d.captured(), 0, d.captured());
  }
  return Next::nothing();
}

}  // namespace flowloom::data
