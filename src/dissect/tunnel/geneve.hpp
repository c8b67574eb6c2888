#pragma once

#include "dissect/construction.hpp"
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
inline constexpr Field option_class =
    make::uint("geneve.option.class", 0, 2, "Option's class").hex().when_parsed();
inline constexpr Field option_type =
    make::uint("geneve.option.type", 2, 1, "Option's type").hex().when_parsed();
inline constexpr Field option_critical =
    flag("geneve.option.type.critical", 16, "Option is critical").when_parsed();
inline constexpr Field option_flags =
    bits("geneve.option.flags", 24, 3, "Option's flags").hex().when_parsed();
inline constexpr Field option_length =
    bits("geneve.option.length", 27, 5, "Option's length, bytes").when_parsed();
inline constexpr Field option_data = value("geneve.option.unknown.data", Kind::bytes, "Option's content");
inline constexpr const Field* fields[] = {&version,      &options_length, &flags,       &oam,
                                          &critical,     &proto_type,     &vni,         &reserved,
                                          &options,      &option_class,   &option_type, &option_critical,
                                          &option_flags, &option_length,  &option_data};
inline constexpr Binding parents[] = {{Table::udp_port, 6081}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(proto_type, Table::ethertype),
                                 fill::header(options_length).plus(-8)};
inline constexpr Group groups[] = {{.first = &option_class, .length = &option_length, .plus = -4, .unit = 4}};
inline constexpr Construction construction{.fills = fills, .groups = groups};
inline constexpr Protocol protocol = Protocol{"geneve",   "Generic Network Virtualization Encapsulation",
                                              "RFC 8926", 8,
                                              fields,     Level::tunnel,
                                              parents,    dissect}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::geneve
