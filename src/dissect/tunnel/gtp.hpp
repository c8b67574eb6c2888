#pragma once

#include "dissect/field.hpp"

namespace flowloom::gtp {
using namespace make;
inline constexpr Field version = bits("gtp.flags.version", 0, 3, "Version");
inline constexpr Field payload = flag("gtp.flags.payload", 3, "Protocol type (1: GTP)");
inline constexpr Field e = flag("gtp.flags.e", 5, "Extension header present");
inline constexpr Field s = flag("gtp.flags.s", 6, "Sequence number present");
inline constexpr Field pn = flag("gtp.flags.pn", 7, "N-PDU number present");
inline constexpr Field message = make::uint("gtp.message", 1, 1, "Message type");
inline constexpr Field length = make::uint("gtp.length", 2, 2, "Length after the first 8 bytes, bytes");
inline constexpr Field teid = make::uint("gtp.teid", 4, 4, "Tunnel endpoint identifier");
inline constexpr const Field* fields[] = {&version, &payload, &e, &s, &pn, &message, &length, &teid};
inline constexpr Protocol protocol{"gtp", "GPRS Tunnelling Protocol, user plane", "3GPP TS 29.281", 8,
                                   fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::gtp
