#include "dissect/transport/icmpv6.hpp"

#include <algorithm>
#include <array>

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"
#include "dissect/domain_name.hpp"
#include "dissect/net/ipv6.hpp"
#include "flowloom/address.hpp"

namespace flowloom::icmpv6 {
namespace {

constexpr std::size_t kCommon = 4, kHeader = 8, kAddress = 16;

/// A message, and its fields at fixed places; put_rest() has the others. Options may follow.
struct Message {
  std::uint8_t type;
  bool options;
  std::uint8_t size;  ///< bytes before the options
  std::span<const Field> fields;
};
constexpr Message kMessages[] = {
    {1, false, 4, {}},
    {2, false, 8, packet_too_big},
    {3, false, 4, {}},
    {4, false, 8, parameter_problem},
    {128, false, 8, echo},
    {129, false, 8, echo},
    {130, false, 4, {}},
    {131, false, 24, listener},
    {132, false, 24, listener},
    {133, true, 8, unused},
    {134, true, 16, router_advertisement},
    {135, true, 24, neighbour_solicitation},
    {136, true, 24, neighbour_advertisement},
    {137, true, 40, redirect},
    {138, false, 4, {}},
    {139, false, 4, {}},
    {140, false, 4, {}},
    {141, true, 8, unused},
    {142, true, 8, unused},
    {143, false, 4, {}},
    {144, false, 8, home_agents},
    {145, false, 8, home_agents},
    {146, false, 8, home_agents},
    {147, true, 8, mobile_prefix},
    {148, true, 8, path_solicitation},
    {149, true, 12, path_advertisement},
    {150, true, 8, handover},
    {151, false, 8, multicast_router},
    {152, false, 4, {}},
    {153, false, 4, {}},
    {154, true, 8, handover},
    {155, false, 4, {}},
    {156, false, 8, locators},
    {157, false, 32, duplicate_address},
    {158, false, 32, duplicate_address},
    {159, false, 4, {}},
    {160, false, 8, extended_request},
    {161, false, 8, extended_reply},
};

/// All the addresses between; returns where they end.
std::size_t put_addresses(Dissector& d, const Field& field, std::size_t at, std::size_t end,
                          std::size_t most) {
  for (; most != 0 && at + kAddress <= end && d.has(at + kAddress); --most, at += kAddress)
    d.put(field, at, kAddress);
  return at;
}

/// RFC 3810 §5.1.3, §5.1.9: codes with the first of `width` bits set have an exponent of three bits and a
/// mantissa.
unsigned decoded(unsigned code, unsigned width) {
  const unsigned mantissa = width - 4, first = 1U << (width - 1);
  if ((code & first) == 0) return code;
  const unsigned exponent = code >> mantissa & 7U;
  return ((code & ((1U << mantissa) - 1)) | 1U << mantissa) << (exponent + 3);
}

void put_listener_query(Dissector& d, std::size_t end) {
  constexpr std::size_t kSecondVersion = 28;
  if (d.wire() < kSecondVersion) return d.put_part(listener, 0, end);
  d.put_number(response_time, decoded(d.u16(4), 16), 4, 2);
  d.put_part(listener_query2, 0, end);
  d.put_number(query_interval, decoded(d.u8(25), 8), 25, 1);
  d.put(sources, 26, 2);
  put_addresses(d, source, kSecondVersion, end, d.u16(26));
}

/// RFC 3810 §5.2
void put_listener_report(Dissector& d, std::size_t end) {
  constexpr std::size_t kRecord = 20;
  d.put_part(listener_report2, 0, end);
  std::size_t at = kHeader;
  for (std::size_t count = d.u16(6); count != 0 && at + kRecord <= end && d.has(at + kRecord); --count) {
    const std::size_t aux = d.u8(at + 1) * std::size_t{4}, number = d.u16(at + 2);
    const std::size_t size = kRecord + number * kAddress + aux;
    d.put(record, at, std::min(size, end - at));
    const Dissector::Below below(d);
    d.put_part(record_head, at, end - at);
    const std::size_t last = put_addresses(d, record_source, at + kRecord, end, number);
    if (size > end - at) return d.anomaly("record_length", at, size, end - at);
    if (aux != 0) d.put(record_data, last, aux);
    at += size;
  }
}

/// RFC 2894 §3.2, §3.3
void put_renumbering(Dissector& d, std::size_t end) {
  constexpr std::size_t kMatch = 24, kUse = 32, kResult = 24;
  d.put_part(renumbering, 0, end);
  std::size_t at = 16;
  const auto put = [&](const Field& whole, std::span<const Field> fields, std::size_t size) {
    d.put(whole, at, size);
    const Dissector::Below below(d);
    d.put_part(fields, at, size);
    at += size;
  };
  if (d.u8(1) == 1) {
    while (at + kResult <= end && d.has(at + kResult)) put(result, result_part, kResult);
    return;
  }
  if (d.u8(1) != 0) return;
  while (at + kMatch <= end && d.has(at + kMatch)) {
    const std::size_t size = d.u8(at + 1) * std::size_t{8}, last = at + size;
    put(match, match_part, kMatch);
    if (size < kMatch || last > end)
      return d.anomaly("operation_length", last - size, size, end - (last - size));
    while (at + kUse <= last && d.has(at + kUse)) put(use, use_part, kUse);
    at = last;
  }
}

void put_names(Dissector& d, const Field& field, std::size_t at, std::size_t end) {
  while (at < end && d.has(at + 1)) {
    const DomainName name = read_domain_name(d, at, 0);
    if (name.end == 0 || name.end > end) return;
    d.put_made(field, name.text(), at, name.end - at);
    at = name.end;
  }
}

/// RFC 4620 §4 to §6
void put_node_information(Dissector& d, std::size_t end) {
  constexpr std::size_t kData = 16;
  enum Question : std::uint16_t { kName = 2, kIpv6 = 3, kIpv4 = 4 };
  d.put_part(node_information, 0, end);
  const std::uint16_t question = d.u16(4);
  std::size_t at = kData;
  if (at >= end) return;
  if (d.u8(0) == 139) {
    switch (d.u8(1)) {
      case 0:
        if (at + kAddress <= end) d.put(subject_ipv6, at, kAddress);
        return;
      case 1:
        return put_names(d, subject_name, at, end);
      case 2:
        if (at + 4 <= end) d.put(subject_ipv4, at, 4);
        return;
      default:
        return;
    }
  }
  if (question == kName && at + 4 <= end) {
    d.put(node_ttl, at, 4);
    return put_names(d, node_name, at + 4, end);
  }
  if (question != kIpv6 && question != kIpv4) return;
  const std::size_t size = question == kIpv6 ? kAddress : 4;
  for (; at + 4 + size <= end && d.has(at + 4 + size); at += 4 + size) {
    d.put(node_ttl, at, 4);
    d.put(question == kIpv6 ? node_ipv6 : node_ipv4, at + 4, size);
  }
}

/// RFC 5568 §6.2
void put_handover(Dissector& d, std::size_t end) {
  const std::uint8_t subtype = d.u8(4);
  if (subtype == 4) {
    d.put_part(handover_initiate, 0, end);
  } else if (subtype == 2 || subtype == 3 || subtype == 5) {
    d.put_part(handover_reserved, 0, end);
  }
  d.put_part(handover_identifier, 0, end);
}

/// RFC 7731 §9.2: a seed, and which messages of it are held, a bit each.
std::size_t put_seed(Dissector& d, std::size_t at, std::size_t end) {
  constexpr std::array<std::uint8_t, 4> kIdSizes = {0, 2, 8, 16};
  d.put_part(seed, at, end - at);
  const std::uint8_t least = d.u8(at);
  const std::size_t list = d.u8(at + 1) >> 2, id = kIdSizes[d.u8(at + 1) & 3];
  at += 2;
  if (id + list > end - at) {
    d.anomaly("record_length", at, id + list, end - at);
    return end;
  }
  std::array<char, kMaxAddressText> text;
  char* written = text.data();
  if (id == 16 && d.has(at + id)) {
    written = write_address(d.bytes(at, id).data(), 6, written);
  } else if (id == 0 && d.network().version == 6) {
    written = write_address(d.network().source, 6, written);
  } else {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const std::uint8_t byte : d.bytes(at, id)) {
      if (id == 8 && written != text.data()) *written++ = ':';
      *written++ = kDigits[byte >> 4];
      *written++ = kDigits[byte & 15];
    }
  }
  d.put_made(seed_id, {text.data(), static_cast<std::size_t>(written - text.data())}, at, id);
  at += id;
  for (std::size_t bit = 0; bit < list * 8; ++bit) {
    const std::size_t place = at + bit / 8;
    if ((d.u8(place) >> (7 - bit % 8) & 1) != 0)
      d.put_number(seed_sequence, static_cast<std::uint8_t>(least + bit), place, 1);
  }
  return at + list;
}

/// What is behind the fields at fixed places, or all of a message that has none.
void put_rest(Dissector& d, std::uint8_t kind, std::size_t end) {
  constexpr std::size_t kLocator = 12;
  switch (kind) {
    case 1:
    case 3:
      return d.put_part(d.u8(4) == 0 ? std::span<const Field>(unused) : length, 0, end);
    case 130:
      return put_listener_query(d, end);
    case 138:
      return put_renumbering(d, end);
    case 139:
    case 140:
      return put_node_information(d, end);
    case 143:
      return put_listener_report(d, end);
    case 145:
      put_addresses(d, home_agent, kHeader, end, end);
      return;
    case 150:
    case 154:
      return put_handover(d, end);
    case 155:
      return put_rpl(d, end);
    case 156: {
      std::size_t at = kHeader;
      for (std::size_t count = d.u8(4); count != 0 && at + kLocator <= end; --count, at += kLocator)
        d.put_part(locator, at, kLocator);
      return;
    }
    case 159:
      for (std::size_t at = kCommon; at + 2 <= end && d.has(at + 2);) at = put_seed(d, at, end);
      return;
    case 160:
      return icmp_extensions::put(d, kHeader, end);
    default:
      return;
  }
}

/// The packet that an error or a redirect quotes, `size` bytes of it.
Next quote(Dissector& d, std::size_t at, std::size_t size) {
  Dissector::Network network = d.network();
  network.quoted = true;
  d.set_network(network);
  d.limit(at + size);
  if (d.captured() < at || !d.set_header(at)) return Next::nothing();
  return d.captured() > at ? d.to(ipv6::protocol) : Next::nothing();
}

/// RFC 4884 §5: extensions are behind the quoted packet.
Next error(Dissector& d, std::size_t end) {
  constexpr std::uint8_t kUnreachable = 1, kTimeExceeded = 3;
  const std::uint8_t kind = d.u8(0);
  if (!d.set_header(kHeader)) return Next::nothing();
  std::size_t quoted = end - kHeader;
  const std::size_t told = kind == kUnreachable || kind == kTimeExceeded ? d.u8(4) * std::size_t{8} : 0;
  if (told != 0 && told < quoted) {
    quoted = told;
    if (d.wants_values()) icmp_extensions::put(d, kHeader + quoted, end);
  }
  return quote(d, kHeader, quoted);
}

const Message* message_of(std::uint8_t kind) {
  const auto* const known = std::find_if(std::begin(kMessages), std::end(kMessages),
                                         [&](const Message& message) { return message.type == kind; });
  return known == std::end(kMessages) ? nullptr : known;
}

}  // namespace

std::uint16_t message_size(const std::uint8_t* header) {
  const Message* const known = message_of(header[0]);
  return known == nullptr ? std::uint16_t{kCommon} : known->size;
}

Next dissect(Dissector& d) {
  constexpr std::uint8_t kLastError = 4, kEchoRequest = 128, kEchoReply = 129;
  const std::uint8_t kind = d.u8(0);
  const auto end = static_cast<std::size_t>(d.wire());
  if (d.wants_values() && d.asked_for(checksum_status))
    put_checksum(d, checksum_status, nullptr,
                 d.network().quoted ? std::nullopt : pseudo_sum(d, 58, d.wire(), d.wire()), 2);
  const Message* const known = message_of(kind);
  std::size_t redirected_at = 0;
  if (known != nullptr) {
    if (d.wants_values()) {
      d.put_part(known->fields, 0, end);
      put_rest(d, kind, end);
    }
    if (known->options) redirected_at = put_options(d, known->size, end);
  } else if (d.wants_values() && d.captured() > kCommon) {
    d.put(data, kCommon, d.captured() - kCommon);
  }
  if (kind >= 1 && kind <= kLastError) return error(d, end);
  if (redirected_at != 0) {
    const std::size_t size = d.u8(redirected_at + 1) * std::size_t{8};
    return quote(d, redirected_at + kHeader, size - kHeader);
  }
  if (kind != kEchoRequest && kind != kEchoReply) return Next::nothing();
  return d.set_header(kHeader) ? Next::data() : Next::nothing();
}

}  // namespace flowloom::icmpv6
