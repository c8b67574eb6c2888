#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::ieee8021ad {
using namespace make;
inline constexpr Field priority = bits("ieee8021ad.priority", 0, 3, "Priority code point").in(16);
inline constexpr Field dei = bits("ieee8021ad.dei", 3, 1, "Drop eligible indicator").in(16);
inline constexpr Field id = bits("ieee8021ad.id", 4, 12, "Service VLAN identifier").when_parsed();
// Two such tags in a row are one header, service's and customer's.
inline constexpr Field svid = bits("ieee8021ad.svid", 4, 12, "Service VLAN identifier, of two").when_parsed();
inline constexpr Field customer_priority =
    bits("ieee8021ad.priority", 32, 3, "Priority code point of the customer's tag").in(16).when_parsed();
inline constexpr Field customer_dei =
    bits("ieee8021ad.dei", 35, 1, "Drop eligible indicator of the customer's tag").in(16).when_parsed();
inline constexpr Field cvid = bits("ieee8021ad.cvid", 36, 12, "Customer VLAN identifier").when_parsed();
inline constexpr const Field* fields[] = {&priority,          &dei,          &id,  &svid,
                                          &customer_priority, &customer_dei, &cvid};
inline constexpr Binding parents[] = {{Table::ethertype, 0x88A8}};
Next dissect(Dissector& d);
// EtherTypes behind the tags, which have no name.
inline constexpr Field type = make::uint("ieee8021ad.type", 2, 2, "EtherType behind the first tag");
inline constexpr Field inner_type =
    make::uint("ieee8021ad.inner_type", 6, 2, "EtherType behind the second tag");
inline constexpr Fill fills[] = {fill::number(type, 0x88A8).when_given(cvid),
                                 fill::next(inner_type, Table::ethertype).when_given(cvid),
                                 fill::next(type, Table::ethertype).without(cvid)};
inline constexpr Construction construction{.fills = fills, .begin = 4};
inline constexpr Protocol protocol =
    Protocol{
        "ieee8021ad", "IEEE 802.1ad service tag", "IEEE 802.1ad", 4, fields, Level::link, parents, dissect,
        "802.1ad"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::ieee8021ad
