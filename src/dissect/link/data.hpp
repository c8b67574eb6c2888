#pragma once

#include "dissect/field.hpp"

namespace flowloom::data {
using namespace make;
inline constexpr Field data = value("data.data", Kind::bytes, "Bytes that no known protocol takes");
inline constexpr Field len = value("data.len", Kind::sint, "Their length, bytes");
inline constexpr const Field* fields[] = {&data, &len};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{"data", "Data", "none", 0, fields, Level::application, {}, dissect, "Raw"};
static_assert(well_formed(protocol));
}  // namespace flowloom::data
