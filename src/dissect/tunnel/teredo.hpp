#pragma once

#include "dissect/field.hpp"

namespace flowloom::teredo {
using namespace make;
inline constexpr Field authentication = value("teredo.auth", Kind::none, "Authentication");
inline constexpr Field id_length =
    value("teredo.auth.idlen", Kind::uint, "Length of the client's identifier, bytes", 8);
inline constexpr Field value_length =
    value("teredo.auth.aulen", Kind::uint, "Length of the authentication value, bytes", 8);
inline constexpr Field id = value("teredo.auth.id", Kind::bytes, "Client's identifier");
inline constexpr Field authentication_value = value("teredo.auth.value", Kind::bytes, "Authentication value");
inline constexpr Field nonce = value("teredo.auth.nonce", Kind::bytes, "Nonce");
inline constexpr Field confirmation = value("teredo.auth.conf", Kind::bytes, "Confirmation");
inline constexpr Field origin = value("teredo.orig", Kind::none, "Origin");
inline constexpr Field origin_port = value("teredo.orig.port", Kind::uint, "Origin's UDP port", 16);
inline constexpr Field origin_address = value("teredo.orig.addr", Kind::ipv4, "Origin's address");
inline constexpr const Field* fields[] = {&authentication,       &id_length,     &value_length, &id,
                                          &authentication_value, &nonce,         &confirmation, &origin,
                                          &origin_port,          &origin_address};
inline constexpr Binding parents[] = {{Table::udp_port, 3544}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "teredo", "Teredo IPv6 over UDP tunneling", "RFC 4380 §5.1.1", 0, fields, Level::tunnel, parents,
    dissect};
static_assert(well_formed(protocol));
}  // namespace flowloom::teredo
