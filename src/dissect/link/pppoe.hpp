#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::pppoe {
using namespace make;
inline constexpr Field version = bits("pppoe.version", 0, 4, "Version");
inline constexpr Field type = bits("pppoe.type", 4, 4, "Type");
inline constexpr Field code = make::uint("pppoe.code", 1, 1, "Code").hex();
inline constexpr Field session_id = make::uint("pppoe.session_id", 2, 2, "Session identifier").hex();
inline constexpr Field payload_length = make::uint("pppoe.payload_length", 4, 2, "Payload length, bytes");
inline constexpr const Field* fields[] = {&version, &type, &code, &session_id, &payload_length};
inline constexpr Binding parents[] = {{Table::ethertype, 0x8864}, {Table::link_type, 51}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::number(version, 1), fill::number(type, 1), fill::rest(payload_length)};
inline constexpr Construction construction{.fills = fills};
inline constexpr Protocol protocol =
    Protocol{
        "pppoes", "PPP over Ethernet, session", "RFC 2516", 6, fields, Level::tunnel, parents, dissect, {},
        "pppoe"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::pppoe

namespace flowloom::pppoed {
using namespace make;
// The header is the session's; the tags are the discovery's own (RFC 2516 §4, appendix A).
inline constexpr Field tag = value("pppoed.tag", Kind::uint, "Tag", 16).hex();
inline constexpr Field tag_length = value("pppoed.tag_length", Kind::uint, "Length of the tag, bytes", 16);
inline constexpr Field service_name = value("pppoed.tags.service_name", Kind::text, "Service name");
inline constexpr Field ac_name = value("pppoed.tags.ac_name", Kind::text, "Access concentrator's name");
inline constexpr Field host_uniq = value("pppoed.tags.host_uniq", Kind::bytes, "Host's own identifier");
inline constexpr Field ac_cookie =
    value("pppoed.tags.ac_cookie", Kind::bytes, "Access concentrator's cookie");
inline constexpr Field unknown = value("pppoed.tag.unknown_data", Kind::bytes, "Content of another tag");
inline constexpr const Field* fields[] = {&pppoe::version,
                                          &pppoe::type,
                                          &pppoe::code,
                                          &pppoe::session_id,
                                          &pppoe::payload_length,
                                          &tag,
                                          &tag_length,
                                          &service_name,
                                          &ac_name,
                                          &host_uniq,
                                          &ac_cookie,
                                          &unknown};
inline constexpr Binding parents[] = {{Table::ethertype, 0x8863}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::number(pppoe::version, 1), fill::number(pppoe::type, 1),
                                 fill::whole(pppoe::payload_length).plus(-6)};
/// Of a tag that has a name (Wireshark has none for its length).
inline constexpr Field known_length = value("pppoed.tag_length", Kind::uint, "Length of the tag, bytes", 16);
consteval Group known(std::uint16_t number, const Field& content) {
  return {.first = &content, .length = &known_length, .plus = -4, .tag_bits = 16, .tag = number};
}
inline constexpr Group groups[] = {{.first = &tag, .length = &tag_length, .plus = -4},
                                   known(0x0101, service_name),
                                   known(0x0102, ac_name),
                                   known(0x0103, host_uniq),
                                   known(0x0104, ac_cookie)};
inline constexpr Construction construction{.fills = fills, .groups = groups};
inline constexpr Protocol protocol =
    Protocol{
        "pppoed", "PPP over Ethernet, discovery", "RFC 2516", 6, fields, Level::link, parents, dissect, {},
        "pppoe"}
        .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::pppoed
