#pragma once

#include "dissect/field.hpp"

namespace flowloom::geneve {
using namespace make;
inline constexpr Field version = bits("geneve.version", 0, 2, "Version");
inline constexpr Field options_length = bits("geneve.option.length", 2, 6, "Length of all options, bytes", 4);
inline constexpr Field flags = make::uint("geneve.flags", 1, 1, "Flags").hex();
inline constexpr Field oam = flag("geneve.flags.oam", 8, "Control packet");
inline constexpr Field critical = flag("geneve.flags.critical", 9, "Critical options present");
inline constexpr Field proto_type = make::uint("geneve.proto_type", 2, 2, "Protocol type").hex();
inline constexpr Field vni = bits("geneve.vni", 32, 24, "Virtual network identifier").hex();
inline constexpr Field reserved = make::uint("geneve.reserved", 7, 1, "Reserved").hex();
inline constexpr Field options = value("geneve.options", Kind::bytes, "Options");
inline constexpr Field option_class = value("geneve.option.class", Kind::uint, "Option's class", 16).hex();
inline constexpr Field option_type = value("geneve.option.type", Kind::uint, "Option's type", 8).hex();
inline constexpr Field option_critical =
    value("geneve.option.type.critical", Kind::flag, "Option is critical", 8);
inline constexpr Field option_flags = value("geneve.option.flags", Kind::uint, "Option's flags", 8).hex();
inline constexpr Field option_length = value("geneve.option.length", Kind::uint, "Option's length, bytes", 8);
inline constexpr Field option_data = value("geneve.option.unknown.data", Kind::bytes, "Option's content");
inline constexpr const Field* fields[] = {&version,      &options_length, &flags,       &oam,
                                          &critical,     &proto_type,     &vni,         &reserved,
                                          &options,      &option_class,   &option_type, &option_critical,
                                          &option_flags, &option_length,  &option_data};
inline constexpr Binding parents[] = {{Table::udp_port, 6081}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "geneve", "Generic Network Virtualization Encapsulation", "RFC 8926", 8, fields, Level::tunnel, parents,
    dissect};
static_assert(well_formed(protocol));
}  // namespace flowloom::geneve
