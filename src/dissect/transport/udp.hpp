// UDP, and UDP-Lite, which has its fields.
#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::udp {
using namespace make;
inline constexpr Field srcport = make::uint("udp.srcport", 0, 2, "Source port");
inline constexpr Field dstport = make::uint("udp.dstport", 2, 2, "Destination port");
inline constexpr Field src_any = make::uint("udp.port", 0, 2, "Source or destination port").alias();
inline constexpr Field dst_any = make::uint("udp.port", 2, 2, "Source or destination port").alias();
Told tell_length(const Tape& tape, const Layer& layer);
inline constexpr Field length =
    make::uint("udp.length", 4, 2, "Length with header, bytes").when_parsed().told_by(tell_length);
inline constexpr Field checksum = make::uint("udp.checksum", 6, 2, "Checksum").hex();
Told tell_checksum_status(const Tape& tape, const Layer& layer);
inline constexpr Field checksum_status =
    value("udp.checksum.status", Kind::uint,
          "Checksum: 0 wrong, 1 right, 2 not known, 3 none, 4 none where there must be one", 8)
        .told_by(tell_checksum_status);
inline constexpr Field checksum_calculated =
    value("udp.checksum_calculated", Kind::uint, "Checksum as it should be", 16).hex();
Told tell_payload(const Tape& tape, const Layer& layer);
inline constexpr Field payload = value("udp.payload", Kind::bytes, "Payload").told_by(tell_payload);
inline constexpr const Field* fields[] = {&srcport, &dstport,  &src_any,         &dst_any,
                                          &length,  &checksum, &checksum_status, &checksum_calculated,
                                          &payload};
inline constexpr Binding parents[] = {{Table::ip_proto, 17}};
Next dissect(Dissector& d);
/// Puts all that is wanted beside the length; the checksum covers so many bytes. Pre: the datagram is limited
/// to its length.
void put_values(Dissector& d, std::uint64_t covered);
Next dissect_cut(Dissector& d);
inline constexpr Fill fills[] = {fill::next(dstport, Table::udp_port), fill::checksum(checksum),
                                 fill::whole(length)};
inline constexpr Construction construction{.fills = fills, .begin = 8};
inline constexpr Protocol protocol =
    Protocol{"udp", "User Datagram Protocol", "RFC 768", 8, fields, Level::transport, parents, dissect, "UDP"}
        .made_by(construction)
        .cut_by(dissect_cut);
static_assert(well_formed(protocol));
}  // namespace flowloom::udp

namespace flowloom::udplite {
using namespace make;
inline constexpr Field coverage =
    make::uint("udp.checksum_coverage", 4, 2, "Bytes that the checksum covers; 0: all");
inline constexpr const Field* fields[] = {&udp::srcport,
                                          &udp::dstport,
                                          &udp::src_any,
                                          &udp::dst_any,
                                          &coverage,
                                          &udp::length,
                                          &udp::checksum,
                                          &udp::checksum_status,
                                          &udp::checksum_calculated,
                                          &udp::payload};
inline constexpr Binding parents[] = {{Table::ip_proto, 136}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::checksum(udp::checksum)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol =
    Protocol{"udplite", "UDP-Lite", "RFC 3828", 8, fields, Level::transport, parents, dissect, {}, "udp"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::udplite
