#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::igmp {
using namespace make;
inline constexpr Field version = value("igmp.version", Kind::uint, "Version", 8);
inline constexpr Field type = make::uint("igmp.type", 0, 1, "Type").hex();
inline constexpr Field reserved = value("igmp.reserved", Kind::bytes, "Reserved");
inline constexpr Field max_resp =
    make::uint("igmp.max_resp", 1, 1, "Longest time to answer, 0.1 s (code)").when_parsed();
inline constexpr Field exponent = bits("igmp.max_resp.exp", 9, 3, "Exponent of the code").hex().when_parsed();
inline constexpr Field mantissa =
    bits("igmp.max_resp.mant", 12, 4, "Mantissa of the code").hex().when_parsed();
inline constexpr Field checksum = make::uint("igmp.checksum", 2, 2, "Checksum").hex();
inline constexpr Field checksum_status =
    value("igmp.checksum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8);
inline constexpr Field group = make::ipv4("igmp.maddr", 4, "Multicast group").when_parsed();
inline constexpr Field suppress = flag("igmp.s", 68, "Routers shall not process the query").when_parsed();
inline constexpr Field robustness = bits("igmp.qrv", 69, 3, "Querier's robustness").when_parsed();
inline constexpr Field interval = make::uint("igmp.qqic", 9, 1, "Querier's interval (code)").when_parsed();
inline constexpr Field sources = make::uint("igmp.num_src", 10, 2, "Number of sources").when_parsed();
inline constexpr Field source = value("igmp.saddr", Kind::ipv4, "Source");
inline constexpr Field records =
    make::uint("igmp.num_grp_recs", 6, 2, "Number of group records").when_parsed();
inline constexpr Field record_type = value("igmp.record_type", Kind::uint, "Type of record", 8);
inline constexpr Field aux_len =
    value("igmp.aux_data_len", Kind::uint, "Auxiliary data, words of 4 bytes", 8);
inline constexpr Field record_sources = value("igmp.num_src", Kind::uint, "Number of sources", 16);
inline constexpr Field record_group = value("igmp.maddr", Kind::ipv4, "Multicast group");
inline constexpr Field record_source = value("igmp.saddr", Kind::ipv4, "Source");
inline constexpr Field aux = value("igmp.aux_data", Kind::bytes, "Auxiliary data");
inline constexpr Field group_type =
    value("igmp.group_type", Kind::uint, "Version 0: 1 for a private group", 8);
inline constexpr Field reply =
    value("igmp.reply", Kind::uint, "Version 0: 0 granted, or why the request was denied", 8);
inline constexpr Field reply_pending =
    value("igmp.reply.pending", Kind::uint, "Version 0: ask again after so many seconds", 8);
inline constexpr Field identifier =
    value("igmp.identifier", Kind::uint, "Version 0: number of the request", 32);
inline constexpr Field access_key =
    value("igmp.access_key", Kind::bytes, "Version 0: key of a private group");
inline constexpr Field data = value("igmp.data", Kind::bytes, "All behind the type, of a type not known");
inline constexpr const Field* fields[] = {&version,       &type,           &reserved,     &max_resp,
                                          &exponent,      &mantissa,       &checksum,     &checksum_status,
                                          &group,         &suppress,       &robustness,   &interval,
                                          &sources,       &source,         &records,      &record_type,
                                          &aux_len,       &record_sources, &record_group, &record_source,
                                          &aux,           &data,           &group_type,   &reply,
                                          &reply_pending, &identifier,     &access_key};
inline constexpr Binding parents[] = {{Table::ip_proto, 2}};
Next dissect(Dissector& d);
inline constexpr const Field *counted_records[] = {&record_type}, *counted_sources[] = {&source};
inline constexpr Fill fills[] = {fill::count(records, counted_records).when_given(record_type),
                                 fill::count(sources, counted_sources).when_given(source),
                                 fill::count(sources, counted_sources).when_given(interval),
                                 fill::count(sources, counted_sources).when_given(robustness)};
inline constexpr const Field* head[] = {&record_type, &aux_len, &record_sources, &record_group};
inline constexpr Group groups[] = {
    {.first = &source, .at_least = 12},
    {.first = &record_type, .head = head, .number = &record_sources, .each = &record_source}};
inline constexpr Construction construction{.fills = fills, .groups = groups, .begin = 8, .from_front = true};
inline constexpr Protocol protocol = Protocol{"igmp",
                                              "Internet Group Management Protocol",
                                              "RFC 1112, RFC 2236, RFC 3376",
                                              8,
                                              fields,
                                              Level::internet,
                                              parents,
                                              dissect,
                                              "IGMP"}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::igmp
