#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::gre {
using namespace make;
inline constexpr Field flags_and_version =
    make::uint("gre.flags_and_version", 0, 2, "Flags and version").hex();
inline constexpr Field checksum_present = flag("gre.flags.checksum", 0, "Checksum present").in(16);
inline constexpr Field routing_present = flag("gre.flags.routing", 1, "Routing present").in(16);
inline constexpr Field key_present = flag("gre.flags.key", 2, "Key present").in(16);
inline constexpr Field sequence_present =
    flag("gre.flags.sequence_number", 3, "Sequence number present").in(16);
inline constexpr Field strict_source_route =
    flag("gre.flags.strict_source_route", 4, "Strict source route").in(16);
inline constexpr Field recursion_control =
    bits("gre.flags.recursion_control", 5, 3, "Recursion control").in(16);
inline constexpr Field ack_present =
    flag("gre.flags.ack", 8, "Acknowledgment present (version 1)").in(16).when_parsed();
inline constexpr Field reserved =
    bits("gre.flags.reserved", 8, 5, "Reserved (version 0)").in(16).when_parsed();
inline constexpr Field reserved1 =
    bits("gre.flags.reserved", 9, 4, "Reserved (version 1)").in(16).when_parsed();
inline constexpr Field version = bits("gre.flags.version", 13, 3, "Version").in(16);
inline constexpr Field proto = make::uint("gre.proto", 2, 2, "Protocol type").hex();
inline constexpr Field checksum = value("gre.checksum", Kind::uint, "Checksum", 16).hex();
inline constexpr Field checksum_status =
    value("gre.checksum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8);
inline constexpr Field offset = value("gre.offset", Kind::uint, "Offset of the active source route", 16);
inline constexpr Field key = value("gre.key", Kind::uint, "Key").hex();
inline constexpr Field key_payload_length =
    value("gre.key.payload_length", Kind::uint, "Payload length, bytes (version 1)", 16);
inline constexpr Field key_call_id = value("gre.key.call_id", Kind::uint, "Call identifier (version 1)", 16);
inline constexpr Field sequence_number = value("gre.sequence_number", Kind::uint, "Sequence number");
inline constexpr Field ack_number = value("gre.ack_number", Kind::uint, "Acknowledgment number");
// Cisco's Web Cache Communication Protocol puts a header of its own in front of the packet.
inline constexpr Field redirect = value("gre.wccp.redirect_header", Kind::none, "WCCP redirect header");
inline constexpr Field redirect_valid =
    flag("gre.wccp.redirect_header_valid", 5, "The header is valid").in(8).when_parsed();
inline constexpr Field alternative_used =
    flag("gre.wccp.alternative_bucket_used", 6, "The alternative bucket was used").in(8).when_parsed();
inline constexpr Field dynamic_service =
    flag("gre.wccp.dynamic_service", 7, "Dynamic service").in(8).when_parsed();
inline constexpr Field service_id = make::uint("gre.wccp.service_id", 1, 1, "Service group").when_parsed();
inline constexpr Field alternative_bucket =
    make::uint("gre.wccp.alternative_bucket", 2, 1, "Alternative bucket").when_parsed();
inline constexpr Field primary_bucket =
    make::uint("gre.wccp.primary_bucket", 3, 1, "Primary bucket").when_parsed();
inline constexpr const Field* fields[] = {&flags_and_version,
                                          &checksum_present,
                                          &routing_present,
                                          &key_present,
                                          &sequence_present,
                                          &strict_source_route,
                                          &recursion_control,
                                          &ack_present,
                                          &reserved,
                                          &reserved1,
                                          &version,
                                          &proto,
                                          &checksum,
                                          &checksum_status,
                                          &offset,
                                          &key,
                                          &key_payload_length,
                                          &key_call_id,
                                          &sequence_number,
                                          &ack_number,
                                          &redirect,
                                          &redirect_valid,
                                          &alternative_used,
                                          &dynamic_service,
                                          &service_id,
                                          &alternative_bucket,
                                          &primary_bucket};
inline constexpr Binding parents[] = {{Table::ip_proto, 47}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::next(proto, Table::gre),
                                 fill::next(proto, Table::ethertype),
                                 fill::flag(checksum_present, checksum),
                                 fill::flag(key_present, key),
                                 fill::flag(key_present, key_payload_length),
                                 fill::flag(sequence_present, sequence_number),
                                 fill::flag(ack_present, ack_number),
                                 fill::number(checksum, 0).announced_by(checksum_present),
                                 fill::number(offset, 0).announced_by(checksum_present)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol = Protocol{"gre",
                                              "Generic Routing Encapsulation",
                                              "RFC 2784, RFC 2890, RFC 2637",
                                              4,
                                              fields,
                                              Level::tunnel,
                                              parents,
                                              dissect,
                                              "GRE"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::gre
