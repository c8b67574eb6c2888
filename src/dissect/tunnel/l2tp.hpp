#pragma once

#include "dissect/field.hpp"

namespace flowloom::l2tp {
using namespace make;
inline constexpr Field type = flag("l2tp.type", 0, "Type (1: control message)");
inline constexpr Field length_bit = flag("l2tp.length_bit", 1, "Length field present");
inline constexpr Field seq_bit = flag("l2tp.seq_bit", 4, "Sequence fields present");
inline constexpr Field offset_bit = flag("l2tp.offset_bit", 6, "Offset size present");
inline constexpr Field version = bits("l2tp.version", 12, 4, "Version");
inline constexpr const Field* fields[] = {&type, &length_bit, &seq_bit, &offset_bit, &version};
inline constexpr Protocol protocol{"l2tp", "Layer Two Tunneling Protocol", "RFC 2661", 2, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::l2tp
