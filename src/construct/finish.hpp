// What is done to a packet whose headers are written: checksums, and a look at whether it says what was set.
#pragma once

#include <cstdint>
#include <vector>

#include "construct/layer.hpp"
#include "flowloom/error.hpp"
#include "flowloom/packet.hpp"

namespace flowloom::construct {

/// Adds a value; one of a fixed place takes the place of an earlier one. What stands behind the payload goes
/// there.
void put_part(Layer& layer, Part part);

/// Fills in the checksums that are not set, from the inside to the outside, and reads the packet.
/// Errors: usage, if a layer cannot carry the next, or a value is not read as it was set.
Result<> finish(const std::vector<Layer>& layers, LinkType link_type, std::vector<std::uint8_t>& packet);

}  // namespace flowloom::construct
