#pragma once

#include "dissect/field.hpp"

namespace flowloom::rawip {
// A capture without link-layer headers: LINKTYPE_RAW and the numbers that systems wrote before it was given.
inline constexpr Binding parents[] = {
    {Table::link_type, 12}, {Table::link_type, 14}, {Table::link_type, 101}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "raw", "Raw packet", "https://www.tcpdump.org/linktypes.html", 0, {}, Level::link, parents, dissect};
static_assert(well_formed(protocol));
}  // namespace flowloom::rawip
