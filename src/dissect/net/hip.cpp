#include "dissect/net/hip.hpp"

#include <algorithm>

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"

namespace flowloom::hip {
namespace {

constexpr std::size_t kHead = 4, kAddress = 16;

/// A parameter: the place of its first byte, and its length with type and length.
struct Parameter {
  std::size_t at, size;
  [[nodiscard]] std::size_t end() const { return at + size; }
};

/// A parameter's fields at fixed places, in so many bytes; behind them a last one of any length, or as many
/// of `each` bytes as there are.
struct Shape {
  std::uint16_t type;
  std::uint8_t size;
  std::span<const Field> fields;
  const Field* rest;
  std::uint8_t each;
};
constexpr Shape kShapes[] = {
    {65, 16, esp_info, nullptr, 0},
    {128, 16, r1_counter, nullptr, 0},
    {257, 8, puzzle, &puzzle_random, 0},
    {385, 8, sequence, nullptr, 0},
    {449, 4, {}, &acknowledged, 4},
    {577, 4, {}, &transform, 2},
    {579, 4, {}, &cipher, 2},
    {608, 6, transform_head, &nat_mode, 2},
    {610, 8, pacing, nullptr, 0},
    {641, 8, encrypted, &encrypted_data, 0},
    {768, 8, certificate_head, &certificate, 0},
    {832, 8, notification, &notification_data, 0},
    {897, 4, {}, &opaque, 0},
    {930, 6, services_info, &service, 1},
    {932, 5, services, &service, 1},
    {934, 5, services, &service, 1},
    {936, 5, services_failed, &service, 1},
    {950, 24, registered_from, nullptr, 0},
    {961, 4, {}, &opaque, 0},
    {4095, 6, transform_head, &transform, 2},
    {61505, 4, {}, &mac, 0},
    {61569, 4, {}, &mac, 0},
    {61633, 5, signature_head, &signature, 0},
    {61697, 5, signature_head, &signature, 0},
    {63425, 4, {}, &opaque, 0},
    {63661, 4, {}, &opaque, 0},
    {63998, 24, relay_from, nullptr, 0},
    {64002, 24, relay_to, nullptr, 0},
    {65498, 20, from, nullptr, 0},
    {65500, 4, {}, &mac, 0},
    {65502, 4, {}, &rendezvous, kAddress},
    {65520, 4, {}, &mac, 0},
};

/// The value after which the next one begins; false if it is not in the parameter.
bool take(Dissector& d, const Field& field, std::size_t& at, std::size_t size, std::size_t end) {
  if (size > end - at) return false;
  d.put(field, at, size);
  at += size;
  return true;
}

/// RFC 3110 §2: the exponent's length is one byte, or zero and two more.
void put_rsa(Dissector& d, std::size_t at, std::size_t end) {
  if (end - at < 3) return;
  std::size_t size = d.u8(at);
  d.put(exponent_length, at, 1);
  ++at;
  if (size == 0) {
    size = d.u16(at);
    at += 2;
  }
  if (take(d, exponent, at, size, end) && at < end) d.put(modulus, at, end - at);
}

/// RFC 2536 §2
void put_dsa(Dissector& d, std::size_t at, std::size_t end) {
  if (at == end) return;
  const std::size_t size = 64 + std::size_t{d.u8(at)} * 8;
  if (!take(d, dsa_t, at, 1, end) || !take(d, dsa_q, at, 20, end)) return;
  for (const Field* field : {&dsa_p, &dsa_g, &dsa_y}) {
    if (!take(d, *field, at, size, end)) return;
  }
}

/// RFC 7401 §5.2.9
void put_host_id(Dissector& d, Parameter p) {
  constexpr std::size_t kKey = 12, kAlgorithmHead = 4;
  d.put_part(host_id, p.at, p.size);
  if (p.size < kKey) return;
  const std::size_t identity = d.u16(p.at + 4), domain = d.u16(p.at + 6) & 0xFFFU;
  const std::size_t left = p.size - (kKey - kAlgorithmHead);
  if (identity < kAlgorithmHead || identity + domain > left)
    return d.anomaly("parameter_length", p.at + 4, identity + domain, left);
  std::size_t at = p.at + kKey;
  const std::size_t end = at + identity - kAlgorithmHead;
  if (d.u8(p.at + 11) == 5) put_rsa(d, at, end);
  if (d.u8(p.at + 11) == 3) put_dsa(d, at, end);
  const unsigned kind = d.u8(p.at + 6) >> 4;
  if (domain != 0 && (kind == 1 || kind == 2)) d.put(kind == 1 ? fqdn : nai, end, domain);
}

void put_locators(Dissector& d, Parameter p) {
  constexpr std::size_t kLocator = 8;
  for (std::size_t at = p.at + kHead; at + kLocator <= p.end() && d.has(at + kLocator);) {
    const std::uint8_t kind = d.u8(at + 1);
    const std::size_t size = kLocator + d.u8(at + 2) * std::size_t{4}, left = p.end() - at;
    const std::size_t address = kind == 0 ? 8 : kind == 1 ? 12 : 20;
    if (size > left) return d.anomaly("locator_length", at + 2, size, left);
    const bool whole = kind <= 2 && size >= address + kAddress;
    if (whole) d.put(locator_address, at + address, kAddress);
    const Dissector::Below below(d);
    d.put_part(locator, at, size);
    if (kind == 1) d.put_part(locator_spi, at, size);
    if (kind == 2) d.put_part(locator_transport, at, size);
    if (whole) d.put(locator_address, at + address, kAddress);
    at += size;
  }
}

void put_parameter(Dissector& d, Parameter p) {
  const std::uint16_t kind = d.u16(p.at);
  switch (kind) {
    case 193:
      return put_locators(d, p);
    case 321: {  // I and J are of the same length
      constexpr std::size_t kSolution = 8;
      d.put_part(solution, p.at, p.size);
      if (p.size < kSolution) return;
      const std::size_t half = (p.size - kSolution) / 2;
      d.put(solution_random, p.at + kSolution, half);
      return d.put(solution_found, p.at + kSolution + half, half);
    }
    case 513: {
      constexpr std::size_t kValue = 7;
      d.put_part(diffie_hellman, p.at, p.size);
      if (p.size < kValue) return;
      const std::size_t size = d.u16(p.at + 5), left = p.size - kValue;
      if (size > left) return d.anomaly("parameter_length", p.at + 5, size, left);
      return d.put(public_value, p.at + kValue, size);
    }
    case 705:
      return put_host_id(d, p);
    default:
      break;
  }
  const auto* const shape =
      std::find_if(std::begin(kShapes), std::end(kShapes), [&](const Shape& x) { return x.type == kind; });
  if (shape == std::end(kShapes)) return;
  d.put_part(shape->fields, p.at, p.size);
  if (p.size < shape->size) return d.anomaly("parameter_length", p.at, shape->size, p.size);
  if (shape->rest == nullptr) return;
  std::size_t at = p.at + shape->size;
  if (shape->each == 0) return d.put(*shape->rest, at, p.end() - at);
  for (; at + shape->each <= p.end(); at += shape->each) d.put(*shape->rest, at, shape->each);
}

/// RFC 7401 §5.2.1: each is filled up to eight bytes, which its length does not count.
void put_parameters(Dissector& d, std::size_t end) {
  for (std::size_t at = protocol.min_length; at + kHead <= end && d.has(at + kHead);) {
    const std::size_t size = kHead + d.u16(at + 2), left = end - at;
    d.put_number(parameter, d.u16(at), at, std::min({size, left, d.captured() - at}));
    if (size > left) return d.anomaly("parameter_length", at, size, left);
    const Dissector::Below below(d);
    put_parameter(d, {at, size});
    at += (size + 7) / 8 * 8;
  }
}

}  // namespace

Next dissect(Dissector& d) {
  constexpr std::uint8_t kProtocol = 139;
  const auto header = d.header<protocol>();
  const std::size_t size = (header.get<length>() + std::size_t{1}) * 8;
  if (size < protocol.min_length) d.anomaly("header_length", 1, protocol.min_length, size);
  if (d.wants_values()) {
    if (d.asked_for(checksum_status))
      put_checksum(d, checksum_status, nullptr, pseudo_sum(d, kProtocol, size, size), 4);
    put_parameters(d, std::min<std::size_t>(size, d.wire()));
  }
  d.set_header(std::max<std::size_t>(size, protocol.min_length));
  return Next::nothing();
}

}  // namespace flowloom::hip
