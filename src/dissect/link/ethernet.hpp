#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::eth {
using namespace make;
inline constexpr Field dst = mac("eth.dst", 0, "Destination");
inline constexpr Field dst_addr = mac("eth.addr", 0, "Source or destination").alias();
inline constexpr Field dst_lg = flag("eth.dst.lg", 6, "Destination is locally administered").in(24);
inline constexpr Field dst_lg_any =
    flag("eth.lg", 6, "Source or destination is locally administered").in(24).alias();
inline constexpr Field dst_ig = flag("eth.dst.ig", 7, "Destination is a group").in(24);
inline constexpr Field dst_ig_any = flag("eth.ig", 7, "Source or destination is a group").in(24).alias();
inline constexpr Field src = mac("eth.src", 6, "Source");
inline constexpr Field src_addr = mac("eth.addr", 6, "Source or destination").alias();
inline constexpr Field src_lg = flag("eth.src.lg", 54, "Source is locally administered").in(24);
inline constexpr Field src_lg_any =
    flag("eth.lg", 54, "Source or destination is locally administered").in(24).alias();
inline constexpr Field src_ig = flag("eth.src.ig", 55, "Source is a group").in(24);
inline constexpr Field src_ig_any = flag("eth.ig", 55, "Source or destination is a group").in(24).alias();
Told tell_type(const Tape& tape, const Layer& layer);
inline constexpr Field type =
    make::uint("eth.type", 12, 2, "EtherType").hex().when_parsed().told_by(tell_type);
inline constexpr Field len =
    make::uint("eth.len", 12, 2, "Length of an IEEE 802.3 frame, bytes").when_parsed();
inline constexpr Field invalid =
    make::uint("eth.invalid_lentype", 12, 2, "Neither an EtherType nor a length").hex().when_parsed();
inline constexpr Field padding = value("eth.padding", Kind::bytes, "Zeros that make the frame long enough");
inline constexpr Field trailer = value("eth.trailer", Kind::bytes, "Bytes behind the payload");
inline constexpr Field fcs = value("eth.fcs", Kind::uint, "Frame check sequence").hex();
inline constexpr const Field* fields[] = {&dst,  &dst_addr, &dst_lg,  &dst_lg_any, &dst_ig,  &dst_ig_any,
                                          &src,  &src_addr, &src_lg,  &src_lg_any, &src_ig,  &src_ig_any,
                                          &type, &len,      &invalid, &padding,    &trailer, &fcs};
inline constexpr Binding parents[] = {{Table::link_type, 1}, {Table::ethertype, 0x6558}};
Next dissect(Dissector& d);
/// Puts what lies behind the payload of the frame: `end` is the payload's end in it, known only when all
/// inside has been dissected.
void put_trailer(Dissector& d, std::size_t end);
inline constexpr Fill fills[] = {fill::next(type, Table::ethertype).without(len),
                                 fill::payload(len).without(type)};
inline constexpr const Field* behind[] = {&padding, &trailer, &fcs};
inline constexpr Construction construction{.fills = fills, .behind = behind};
inline constexpr Protocol protocol =
    Protocol{"eth", "Ethernet II", "IEEE 802.3", 14, fields, Level::link, parents, dissect, "Ethernet"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::eth
