#pragma once

#include "dissect/field.hpp"

namespace flowloom::pppoe {
using namespace make;
inline constexpr Field version = bits("pppoe.version", 0, 4, "Version");
inline constexpr Field type = bits("pppoe.type", 4, 4, "Type");
inline constexpr Field code = make::uint("pppoe.code", 1, 1, "Code");
inline constexpr Field session_id = make::uint("pppoe.session_id", 2, 2, "Session identifier");
inline constexpr Field payload_length = make::uint("pppoe.payload_length", 4, 2, "Payload length, bytes");
inline constexpr const Field* fields[] = {&version, &type, &code, &session_id, &payload_length};
inline constexpr Protocol protocol{"pppoe", "PPP over Ethernet", "RFC 2516", 6, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::pppoe
