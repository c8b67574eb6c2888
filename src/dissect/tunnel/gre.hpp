#pragma once

#include "dissect/field.hpp"

namespace flowloom::gre {
using namespace make;
inline constexpr Field checksum_present = flag("gre.flags.checksum", 0, "Checksum present");
inline constexpr Field routing_present = flag("gre.flags.routing", 1, "Routing present");
inline constexpr Field key_present = flag("gre.flags.key", 2, "Key present");
inline constexpr Field sequence_present = flag("gre.flags.sequence_number", 3, "Sequence number present");
inline constexpr Field ack_present = flag("gre.flags.ack", 8, "Acknowledgment present (version 1)");
inline constexpr Field version = bits("gre.flags.version", 13, 3, "Version");
inline constexpr Field proto = make::uint("gre.proto", 2, 2, "Protocol type");
inline constexpr const Field* fields[] = {
    &checksum_present, &routing_present, &key_present, &sequence_present, &ack_present, &version, &proto};
inline constexpr Protocol protocol{"gre", "Generic Routing Encapsulation", "RFC 2784, RFC 2890, RFC 2637", 4,
                                   fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::gre
