#include "dissect/mobility_options.hpp"

#include <algorithm>

#include "dissect/dissector.hpp"

namespace flowloom::mipv6 {
namespace {

/// An option: the place of its first byte, and its length with type and length.
struct Option {
  std::size_t at, size;
};

/// An option's fields at fixed places, in so many bytes; behind them its last one, of any length.
struct Shape {
  std::uint8_t type, size;
  std::span<const Field> fields;
  const Field* rest;
};
constexpr Shape kShapes[] = {
    {1, 2, {}, &padding},
    {2, 4, refresh_advice, nullptr},
    {3, 18, alternate_address, nullptr},
    {4, 6, nonce_indices, nullptr},
    {5, 2, {}, &authorization},
    {6, 20, network_prefix, nullptr},
    {7, 3, link_address_code, &link_address},
    {8, 3, node_kind, &node_identifier},
    {9, 7, authentication, &authentication_data},
    {10, 10, {}, nullptr},
    {11, 2, {}, nullptr},
    {12, 2, {}, &cga_parameters},
    {13, 2, {}, &signature},
    {14, 2, {}, &permanent_token},
    {15, 2, {}, nullptr},
    {16, 2, {}, &care_of_token},
    {17, 4, dns_update, &dns_identity},
    {19, 7, vendor, &vendor_data},
    {20, 2, {}, &service},
    {21, 6, foreign_authorization, &foreign_authorization_data},
    {22, 20, network_prefix, nullptr},
    {23, 4, handoff, nullptr},
    {24, 4, technology, nullptr},
    {25, 4, link_identifier, &link_identifier_data},
    {26, 18, link_local, nullptr},
    {27, 10, {}, nullptr},
    {28, 6, restart_counter, nullptr},
    {29, 8, home_ipv4, nullptr},
    {30, 8, home_ipv4_answer, nullptr},
    {31, 8, nat_detection, nullptr},
    {32, 8, care_of_ipv4, nullptr},
    {33, 8, gre, nullptr},
    {35, 6, binding, nullptr},
    {36, 8, home_ipv4_request, nullptr},
    {37, 8, home_ipv4_answer, nullptr},
    {38, 8, default_router, nullptr},
    {39, 4, dhcp_support, nullptr},
    {41, 4, anchor_address, nullptr},
    {46, 4, redirect_capability, nullptr},
    {47, 4, redirect, nullptr},
    {48, 20, load, nullptr},
    {49, 6, alternate_ipv4, nullptr},
    {50, 8, node_group, nullptr},
    {51, 20, gateway, nullptr},
    {55, 4, delegated_prefix, nullptr},
};

/// An address of either version, told by what is left of the option.
void put_address(Dissector& d, Option o, std::size_t from, const Field& ipv4, const Field& ipv6) {
  const std::size_t left = o.size - from;
  if (left == 4) d.put(ipv4, o.at + from, 4);
  if (left == 16) d.put(ipv6, o.at + from, 16);
}

/// Seconds before the point, which is `bits` from the end of the eight bytes; `epoch`: in seconds from 1970.
void put_time(Dissector& d, const Field& field, std::size_t at, unsigned bits, std::int64_t epoch) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  if (!d.has(at + 8)) return;
  const std::uint64_t raw = std::uint64_t{d.u32(at)} << 32 | d.u32(at + 4);
  const std::uint64_t part = raw & ((std::uint64_t{1} << bits) - 1);
  const std::uint64_t seconds = (raw >> bits) + static_cast<std::uint64_t>(epoch);
  d.put_number(field, seconds * kSecond + (part * kSecond >> bits), at, 8);
}

void put_more(Dissector& d, std::uint8_t kind, Option o) {
  constexpr std::int64_t kNtp = -2'208'988'800;  // 1900
  switch (kind) {
    case 10:  // RFC 4285 §6
      return put_time(d, message_time, o.at + 2, 32, kNtp);
    case 27:  // RFC 5213 §8.8
      return put_time(d, timestamp, o.at + 2, 16, 0);
    case 35:
      return put_address(d, o, 6, binding_ipv4, binding_ipv6);
    case 41:
      return put_address(d, o, 4, anchor_ipv4, anchor_ipv6);
    case 47:
      return put_address(d, o, 4, redirect_ipv4, redirect_ipv6);
    case 55:
      return put_address(d, o, 4, delegated_ipv4, delegated_ipv6);
    default:
      return;
  }
}

void put_option(Dissector& d, Option o) {
  const std::uint8_t kind = d.u8(o.at);
  const auto* const shape =
      std::find_if(std::begin(kShapes), std::end(kShapes), [&](const Shape& x) { return x.type == kind; });
  if (shape == std::end(kShapes)) {
    d.put(option_type, o.at, 1);
    return d.put(option_length, o.at + 1, 1);
  }
  d.put(option_length, o.at + 1, 1);
  const Dissector::Below below(d);
  if (o.size < shape->size) d.anomaly("option_length", o.at, shape->size, o.size);
  d.put_part(shape->fields, o.at, o.size);
  if (o.size < shape->size) return;
  if (shape->rest != nullptr && o.size > shape->size)
    d.put(*shape->rest, o.at + shape->size, o.size - shape->size);
  put_more(d, kind, o);
}

}  // namespace

void put_options(Dissector& d, std::size_t at, std::size_t end) {
  constexpr std::size_t kHead = 2;
  while (at < end && d.has(at + 1)) {
    if (d.u8(at) == 0) {
      ++at;
      continue;
    }
    if (at + kHead > end || !d.has(at + kHead)) break;
    const std::size_t size = kHead + d.u8(at + 1), left = end - at;
    if (size > left) return d.anomaly("option_length", at, size, left);
    put_option(d, {at, size});
    at += size;
  }
}

}  // namespace flowloom::mipv6
