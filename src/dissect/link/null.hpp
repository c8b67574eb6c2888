#pragma once

#include "dissect/field.hpp"

namespace flowloom::null {
using namespace make;
inline constexpr Field family = value("null.family", Kind::uint, "Protocol family of the capturing system");
inline constexpr Field type = value("null.type", Kind::uint, "EtherType", 16).hex();
inline constexpr const Field* fields[] = {&family, &type};
inline constexpr Binding parents[] = {{Table::link_type, 0},
                                      {Table::link_type, 108}};  // LINKTYPE_NULL, _LOOP
Next dissect(Dissector& d);
inline constexpr Protocol protocol{"null",  "BSD loopback", "https://www.tcpdump.org/linktypes.html",
                                   4,       fields,         Level::link,
                                   parents, dissect};
static_assert(well_formed(protocol));
}  // namespace flowloom::null
