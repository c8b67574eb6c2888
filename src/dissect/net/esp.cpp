#include "dissect/net/esp.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::esp {

Next dissect(Dissector&) { return Next::nothing(); }

}  // namespace flowloom::esp
