#include "dissect/icmpv6_options.hpp"

#include <algorithm>

#include "dissect/dissector.hpp"
#include "dissect/domain_name.hpp"

namespace flowloom::icmpv6 {
namespace {

constexpr std::size_t kHead = 2, kAddress = 16;

/// An option: the place of its first byte, and its length with type and length.
struct Option {
  std::size_t at, size;
  [[nodiscard]] std::size_t end() const { return at + size; }
};

/// An option whose fields are at fixed places, in so many bytes.
struct Fixed {
  std::uint8_t type, size;
  std::span<const Field> fields;
};
constexpr Fixed kFixed[] = {
    {3, 32, prefix_information},
    {5, 8, mtu},
    {6, 8, shortcut_limit},
    {7, 8, advertisement_interval},
    {8, 8, home_agent_information},
    {17, 24, ip_address},
    {18, 24, new_prefix},
    {20, 24, acknowledgement},
    {23, 24, anchor_point},
    {26, 8, expanded_flags},
    {33, 16, registration},
    {35, 24, border_router},
    {36, 8, capability},
};

/// Bytes from `from` on, if there are any.
void put_tail(Dissector& d, const Field& field, Option o, std::size_t from) {
  if (from < o.size) d.put(field, o.at + from, o.size - from);
}

/// RFC 4861 §4.6.1. Addresses of 8 bytes are told by the zeros that fill up the option.
void put_link_address(Dissector& d, Option o, bool of_source) {
  constexpr std::size_t kMac = 6, kEui64 = 8, kFilled = 16;
  const Bytes rest = d.bytes(o.at + kHead + kEui64, kFilled - kHead - kEui64);
  const bool eui64 =
      o.size == kFilled && std::all_of(rest.begin(), rest.end(), [](auto x) { return x == 0; });
  const std::size_t at = o.at + kHead, size = eui64 ? kEui64 : o.size - kHead;
  if (eui64) {
    d.put(link_eui64, at, size);
    d.put(of_source ? source_link_eui64 : target_link_eui64, at, size);
  }
  if (!eui64 || of_source) {
    const auto put = [&](const LinkAddress& link) { d.put(size == kMac ? link.six : link.other, at, size); };
    put(any_link);
    put(of_source ? source_link : target_link);
  }
  if (eui64) put_tail(d, padding, o, kHead + kEui64);
}

/// Addresses from `from` on.
void put_list(Dissector& d, const Field& field, Option o, std::size_t from) {
  for (; from + kAddress <= o.size; from += kAddress) d.put(field, o.at + from, kAddress);
}

/// The length of a DER value, with tag and length; 0 if it is damaged or longer than `most`.
std::size_t der_size(const Dissector& d, std::size_t at, std::size_t most) {
  if (most < 2) return 0;
  std::size_t size = d.u8(at + 1), head = 2;
  if (size >= 0x80) {
    const std::size_t count = size & 0x7FU;
    if (count == 0 || count > 3 || most < 2 + count) return 0;
    size = 0;
    for (std::size_t i = 0; i < count; ++i) size = size << 8 | d.u8(at + 2 + i);
    head += count;
  }
  return size <= most - head ? head + size : 0;
}

/// RFC 3972 §3
void put_parameters(Dissector& d, std::size_t at, std::size_t end) {
  constexpr std::size_t kParameters = 25, kExtension = 4;
  const Dissector::Below below(d);
  d.put_part(cga_head, at, end - at);
  if (end - at < kParameters) return;
  at += kParameters;
  const std::size_t key = der_size(d, at, end - at);
  if (key == 0) return d.anomaly("der_length", at, 0, end - at);
  d.put(public_key, at, key);
  for (at += key; at + kExtension <= end;) {
    const std::size_t size = d.u16(at + 2);
    d.put_part(cga_extension, at, end - at);
    at += kExtension;
    if (size > end - at) return d.anomaly("option_length", at - 2, size, end - at);
    d.put(cga_extension_data, at, size);
    at += size;
  }
}

/// Bytes before the padding, whose length the option tells; the padding itself is put by the caller.
std::size_t padded_end(Dissector& d, Option o, std::size_t from) {
  const std::size_t pad = d.u8(o.at + 2);
  if (from + pad <= o.size) return o.end() - pad;
  d.anomaly("padding_length", o.at + 2, pad, o.size - from);
  return o.end();
}

/// RFC 3971 §5.1
void put_cga(Dissector& d, Option o) {
  constexpr std::size_t kFrom = 4;
  const std::size_t from = o.at + kFrom;
  d.put(pad_length, o.at + 2, 1);
  d.put(option_reserved, o.at + 3, 1);
  const std::size_t end = padded_end(d, o, kFrom);
  d.put(cga, from, end - from);
  put_parameters(d, from, end);
  if (end < o.end()) d.put(padding, end, o.end() - end);
}

/// RFC 3971 §5.2, RFC 6496 §4
void put_signature(Dissector& d, Option o, const Field& hash) {
  constexpr std::size_t kHash = 4, kSignature = 20;
  d.put(option_reserved, o.at + 2, 2);
  if (o.size < kSignature) return;
  d.put(hash, o.at + kHash, kSignature - kHash);
  put_tail(d, signature, o, kSignature);
}

/// RFC 3971 §5.3.1: seconds of 48 bits, and their fraction of 16.
void put_timestamp(Dissector& d, Option o) {
  constexpr std::size_t kTime = 8;
  d.put(option_reserved, o.at + 2, 6);
  if (o.size < kTime + 8 || !d.has(o.end())) return;
  const std::uint64_t seconds = std::uint64_t{d.u32(o.at + kTime)} << 16 | d.u16(o.at + kTime + 4);
  const std::uint64_t part = (std::uint64_t{d.u16(o.at + kTime + 6)} * 1'000'000'000) >> 16;
  d.put_number(timestamp, seconds * 1'000'000'000 + part, o.at + kTime, 8);
}

/// RFC 3971 §6.4.3
void put_trust_anchor(Dissector& d, Option o) {
  constexpr std::size_t kName = 4;
  const std::uint8_t kind = d.u8(o.at + 2);
  d.put(name_type, o.at + 2, 1);
  d.put(pad_length, o.at + 3, 1);
  const std::size_t pad = d.u8(o.at + 3);
  if (kName + pad > o.size) return d.anomaly("padding_length", o.at + 3, pad, o.size - kName);
  if (kind == 1 || kind == 2) d.put(kind == 1 ? name_x501 : name_fqdn, o.at + kName, o.size - kName - pad);
  if (pad != 0) d.put(padding, o.end() - pad, pad);
}

/// RFC 3971 §6.4.4
void put_certificate(Dissector& d, Option o) {
  d.put(name_type, o.at + 2, 1);
  d.put(option_reserved, o.at + 3, 1);
  put_tail(d, certificate, o, 4);
}

/// RFC 5568 §6.4.4, RFC 5271 §6: code, length, value, padding.
void put_counted(Dissector& d, Option o, std::span<const Field> head, const Field& content) {
  constexpr std::size_t kFrom = 4;
  const std::size_t size = d.u8(o.at + 3);
  d.put_part(head, o.at, o.size);
  if (size > o.size - kFrom) return d.anomaly("option_length", o.at + 3, size, o.size - kFrom);
  d.put(content, o.at + kFrom, size);
  put_tail(d, padding, o, kFrom + size);
}

/// RFC 5269 §4.1, §4.2
void put_handover_key(Dissector& d, Option o, bool reply) {
  const std::size_t from = reply ? 6 : 4;
  d.put_part(handover_key, o.at, o.size);
  if (reply) d.put(handover_key_lifetime, o.at + 4, 2);
  const std::size_t end = padded_end(d, o, from);
  d.put(reply ? handover_encrypted_key : handover_public_key, o.at + from, end - o.at - from);
  if (end < o.end()) d.put(handover_padding, end, o.end() - end);
}

/// RFC 4191 §2.3
void put_route(Dissector& d, Option o) {
  constexpr std::size_t kPrefix = 8;
  constexpr unsigned kPreferenceBits = 0x18;
  d.put_part(route_information, o.at, o.size);
  {
    const Dissector::Below below(d);
    d.put_number(route_reserved, d.u8(o.at + 3) & ~kPreferenceBits, o.at + 3, 1);
  }
  d.put(route_lifetime, o.at + 4, 4);
  if (o.size > kPrefix) d.put_prefix(route_prefix, o.at + kPrefix, std::min(o.size - kPrefix, kAddress));
}

/// RFC 8106 §5.2
void put_search_list(Dissector& d, Option o) {
  d.put_part(dns_search_head, o.at, o.size);
  std::size_t at = o.at + 8;
  while (at < o.end() && d.has(at + 1) && d.u8(at) != 0) {
    const DomainName name = read_domain_name(d, at, 0);
    if (name.end == 0 || name.end > o.end()) return;
    d.put_made(dns_search, name.text(), at, name.end - at);
    at = name.end;
  }
  put_tail(d, padding, o, at - o.at);
}

/// RFC 8781 §4
void put_pref64(Dissector& d, Option o) {
  constexpr std::size_t kPrefix = 4;
  constexpr std::uint8_t kSizes[] = {12, 8, 7, 6, 5, 4, 0, 0};
  d.put_part(pref64, o.at, o.size);
  const std::size_t size = kSizes[d.u8(o.at + 3) & 7];
  if (size == 0 || kPrefix + size > o.size)
    return d.anomaly("prefix_length", o.at + 3, size, o.size - kPrefix);
  d.put_prefix(pref64_prefix, o.at + kPrefix, size);
}

void put_content(Dissector& d, std::uint8_t kind, Option o) {
  switch (kind) {
    case 1:
    case 2:
      return put_link_address(d, o, kind == 1);
    case 4:
      d.put(option_reserved, o.at + 2, 6);
      return put_tail(d, redirected, o, 8);
    case 9:
    case 10:
      d.put(option_reserved, o.at + 2, 6);
      return put_list(d, list_address, o, 8);
    case 11:
      return put_cga(d, o);
    case 12:
      return put_signature(d, o, key_hash);
    case 13:
      return put_timestamp(d, o);
    case 14:
      return put_tail(d, nonce, o, kHead);
    case 15:
      return put_trust_anchor(d, o);
    case 16:
      return put_certificate(d, o);
    case 19:
      d.put(handover_link_code, o.at + 2, 1);
      return put_tail(d, handover_link, o, 3);
    case 24:
      return put_route(d, o);
    case 25:
      d.put_part(dns_server_head, o.at, o.size);
      return put_list(d, dns_server, o, 8);
    case 27:
    case 28:
      return put_handover_key(d, o, kind == 28);
    case 29:
      return put_counted(d, o, assist, assist_value);
    case 30:
      return put_counted(d, o, mobile_node, mobile_node_value);
    case 31:
      return put_search_list(d, o);
    case 32:
      return put_signature(d, o, proxy_key_hash);
    case 34: {
      constexpr std::size_t kContext = 8;
      d.put_part(context, o.at, o.size);
      if (o.size > kContext)
        d.put_prefix(context_prefix, o.at + kContext, std::min(o.size - kContext, kAddress));
      return;
    }
    case 37:
      return put_tail(d, captive_portal, o, kHead);
    case 38:
      return put_pref64(d, o);
    default:
      return put_tail(d, data, o, kHead);
  }
}

void put_option(Dissector& d, std::uint8_t kind, Option o) {
  const auto* const fixed =
      std::find_if(std::begin(kFixed), std::end(kFixed), [&](const Fixed& x) { return x.type == kind; });
  if (fixed == std::end(kFixed)) return put_content(d, kind, o);
  d.put_part(fixed->fields, o.at, o.size);
  put_tail(d, unknown_data, o, fixed->size);
}

}  // namespace

std::size_t put_options(Dissector& d, std::size_t at, std::size_t end) {
  constexpr std::uint8_t kRedirected = 4;
  std::size_t redirected_at = 0;
  while (at + kHead <= end && d.has(at + kHead)) {
    const std::uint8_t kind = d.u8(at);
    const std::size_t size = d.u8(at + 1) * std::size_t{8}, left = end - at;
    const bool sound = size != 0 && size <= left;
    if (kind == kRedirected && sound && redirected_at == 0) redirected_at = at;
    if (d.wants_values()) {
      d.put(option, at, std::min({size, left, d.captured() - at}));
      const Dissector::Below below(d);
      d.put_part(option_head, at, left);
      if (sound) put_option(d, kind, {at, size});
    }
    if (!sound) {
      d.anomaly("option_length", at, size, left);
      break;
    }
    at += size;
  }
  return redirected_at;
}

}  // namespace flowloom::icmpv6
