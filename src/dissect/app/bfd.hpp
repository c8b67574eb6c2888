#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::bfd {
using namespace make;
inline constexpr Label kStates[] = {{0, "administratively down"}, {1, "down"}, {2, "init"}, {3, "up"}};
inline constexpr Label kDiagnostics[] = {{0, "none"},
                                         {1, "detection time expired"},
                                         {2, "echo failed"},
                                         {3, "neighbor says down"},
                                         {4, "forwarding plane reset"},
                                         {5, "path down"},
                                         {6, "concatenated path down"},
                                         {7, "administratively down"},
                                         {8, "reverse concatenated path down"}};
inline constexpr Label kAuthentications[] = {
    {1, "password"}, {2, "MD5"}, {3, "meticulous MD5"}, {4, "SHA-1"}, {5, "meticulous SHA-1"}};
inline constexpr Field version = bits("bfd.version", 0, 3, "Version");
inline constexpr Field diag = bits("bfd.diag", 3, 5, "Why the state changed last").hex().named(kDiagnostics);
inline constexpr Field state = bits("bfd.sta", 8, 2, "State").hex().named(kStates).when_parsed();
inline constexpr Field flags = make::uint("bfd.flags", 1, 1, "Flags (and state)").hex();
inline constexpr Field p = flag("bfd.flags.p", 10, "Poll").when_parsed();
inline constexpr Field f = flag("bfd.flags.f", 11, "Final").when_parsed();
inline constexpr Field c = flag("bfd.flags.c", 12, "Control plane independent").when_parsed();
inline constexpr Field a = flag("bfd.flags.a", 13, "Authentication present").when_parsed();
inline constexpr Field d = flag("bfd.flags.d", 14, "Demand").when_parsed();
inline constexpr Field m = flag("bfd.flags.m", 15, "Multipoint").when_parsed();
inline constexpr Field h0 = flag("bfd.flags.h", 8, "I hear you (version 0)").when_parsed();
inline constexpr Field d0 = flag("bfd.flags.d", 9, "Demand").when_parsed();
inline constexpr Field multiplier =
    make::uint("bfd.detect_time_multiplier", 2, 1, "Detection time multiplier");
inline constexpr Field length = make::uint("bfd.message_length", 3, 1, "Length, bytes");
inline constexpr Field my_discriminator =
    make::uint("bfd.my_discriminator", 4, 4, "Session, of the sender").hex();
inline constexpr Field your_discriminator =
    make::uint("bfd.your_discriminator", 8, 4, "Session, of the receiver").hex();
inline constexpr Field min_tx =
    make::uint("bfd.desired_min_tx_interval", 12, 4, "Least time between packets sent, µs");
inline constexpr Field min_rx =
    make::uint("bfd.required_min_rx_interval", 16, 4, "Least time between packets received, µs");
inline constexpr Field min_echo =
    make::uint("bfd.required_min_echo_interval", 20, 4, "Least time between echoes received, µs");
inline constexpr Field auth_type =
    make::uint("bfd.auth.type", 24, 1, "Authentication").named(kAuthentications).when_parsed();
inline constexpr Field auth_length =
    make::uint("bfd.auth.len", 25, 1, "Length of the authentication, bytes").when_parsed();
inline constexpr Field auth_key = make::uint("bfd.auth.key", 26, 1, "Key").when_parsed();
inline constexpr Field auth_password = value("bfd.auth.password", Kind::text, "Password");
inline constexpr Field auth_sequence =
    make::uint("bfd.auth.seq_num", 28, 4, "Sequence number").hex().when_parsed();
inline constexpr Field auth_code = value("bfd.checksum", Kind::bytes, "Authentication code");
inline constexpr const Field* fields[] = {&version,
                                          &diag,
                                          &state,
                                          &flags,
                                          &h0,
                                          &d0,
                                          &p,
                                          &f,
                                          &c,
                                          &a,
                                          &d,
                                          &m,
                                          &multiplier,
                                          &length,
                                          &my_discriminator,
                                          &your_discriminator,
                                          &min_tx,
                                          &min_rx,
                                          &min_echo,
                                          &auth_type,
                                          &auth_length,
                                          &auth_key,
                                          &auth_password,
                                          &auth_sequence,
                                          &auth_code};
inline constexpr Binding parents[] = {
    {Table::udp_port, 3784}, {Table::udp_port, 4784}, {Table::udp_port, 6784}, {Table::udp_port, 7784}};
Next dissect(Dissector& dissector);
inline constexpr Fill fills[] = {fill::number(version, 1), fill::flag(a, auth_type), fill::whole(length),
                                 fill::whole(auth_length).plus(-24).when_given(auth_type)};
inline constexpr Construction construction{.fills = fills, .from_front = true};
inline constexpr Protocol protocol = Protocol{"bfd",      "Bidirectional Forwarding Detection",
                                              "RFC 5880", 24,
                                              fields,     Level::application,
                                              parents,    dissect}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::bfd
