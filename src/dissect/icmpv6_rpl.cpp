#include "dissect/icmpv6_rpl.hpp"

#include <algorithm>
#include <array>

#include "dissect/dissector.hpp"
#include "dissect/icmpv6_options.hpp"

namespace flowloom::icmpv6 {
namespace {

constexpr std::size_t kAddress = 16;

/// An option or a metric: the place of its first byte, and its length with its head.
struct Part {
  std::size_t at, size;
  [[nodiscard]] std::size_t end() const { return at + size; }
};

void put_tail(Dissector& d, const Field& field, Part o, std::size_t from) {
  if (from < o.size) d.put(field, o.at + from, o.size - from);
}

/// RFC 6551 §3.1, with options of its own.
void put_node_state(Dissector& d, Part o) {
  constexpr std::size_t kOptions = 6, kOptionHead = 2;
  d.put_part(rpl_node_state, o.at, o.size);
  for (std::size_t at = o.at + kOptions; at + kOptionHead <= o.end();) {
    const std::size_t size = d.u8(at + 1), left = o.end() - at - kOptionHead;
    if (size > left) return d.anomaly("option_length", at, size, left);
    d.put_number(rpl_node_option, d.u8(at), at, kOptionHead + size);
    const Dissector::Below below(d);
    d.put_part(rpl_node_option_head, at, kOptionHead);
    d.put(rpl_node_option_data, at + kOptionHead, size);
    at += kOptionHead + size;
  }
}

/// RFC 6551 §2.1. `o` has the head of four bytes.
void put_metric(Dissector& d, Part o) {
  constexpr std::size_t kHead = 4;
  const bool constraint = (d.u8(o.at + 1) & 2) != 0;
  d.put_number(rpl_metric, d.u8(o.at), o.at, o.size);
  const Dissector::Below below(d);
  d.put_part(rpl_metric_head, o.at, o.size);
  std::size_t at = o.at + kHead;
  switch (d.u8(o.at)) {
    case 1:
      return put_node_state(d, o);
    case 2:
      return d.put_part(rpl_energy, o.at, o.size);
    case 3:
      return d.put_part(rpl_hop_count, o.at, o.size);
    case 4:
    case 5:
      for (; at + 4 <= o.end(); at += 4) d.put(d.u8(o.at) == 4 ? rpl_throughput : rpl_latency, at, 4);
      return;
    case 6:
      if (at < o.end()) d.put(rpl_quality_reserved, at++, 1);
      for (; at < o.end(); ++at) d.put_part(rpl_quality, at, 1);
      return;
    case 7:
      for (; at + 2 <= o.end(); at += 2) d.put(rpl_transmissions, at, 2);
      return;
    case 8:
      if (at < o.end()) d.put(rpl_colour_reserved, at++, 1);
      for (; at + 2 <= o.end(); at += 2) {
        d.put_part(rpl_colour, at, 2);
        const Dissector::Below inside(d);
        if (constraint) d.put_part(rpl_colour_constraint, at, 2);
      }
      return;
    default:
      return put_tail(d, unknown_data, o, kHead);
  }
}

void put_metrics(Dissector& d, Part o) {
  constexpr std::size_t kHead = 4;
  for (std::size_t at = o.at + 2; at + kHead <= o.end();) {
    const std::size_t size = kHead + d.u8(at + 3), left = o.end() - at;
    put_metric(d, {at, std::min(size, left)});
    if (size > left) return d.anomaly("metric_length", at, size, left);
    at += size;
  }
}

/// RFC 6997 §7: addresses without the bytes that they have in common with the graph's identifier, which is at
/// `graph`.
void put_discovery(Dissector& d, Part o, bool reply, std::size_t graph) {
  constexpr std::size_t kHead = 4;
  d.put_part(rpl_discovery, o.at, o.size);
  if (o.size < kHead) return;
  d.put_bits(reply ? rpl_next_hop : rpl_max_rank, o.at);
  const std::size_t common = d.u8(o.at + 2) & 15U, size = kAddress - common;
  std::size_t at = o.at + kHead;
  const auto put_address = [&](const Field& field) {
    std::array<char, kAddress> address = {};
    const Bytes first = d.bytes(graph, common), rest = d.bytes(at, size);
    std::copy(rest.begin(), rest.end(), std::copy(first.begin(), first.end(), address.begin()));
    d.put_made(field, {address.data(), address.size()}, at, size);
    at += size;
  };
  if (at + size > o.end()) return;
  put_address(rpl_target_address);
  d.put(rpl_addresses, at, o.end() - at);
  const Dissector::Below below(d);
  while (at + size <= o.end()) put_address(rpl_address);
}

void put_route(Dissector& d, Part o) {
  constexpr std::size_t kPrefix = 8;
  constexpr unsigned kPreferenceBits = 0x18;
  d.put_part(rpl_route, o.at, o.size);
  if (o.size < kPrefix) return;
  {
    const Dissector::Below below(d);
    d.put_number(rpl_route_reserved, d.u8(o.at + 3) & ~kPreferenceBits, o.at + 3, 1);
  }
  d.put(rpl_route_lifetime, o.at + 4, 4);
  if (o.size > kPrefix) d.put_prefix(rpl_route_prefix, o.at + kPrefix, std::min(o.size - kPrefix, kAddress));
}

void put_target(Dissector& d, Part o) {
  constexpr std::size_t kPrefix = 4;
  d.put_part(rpl_target, o.at, o.size);
  if (o.size > kPrefix + kAddress) return put_tail(d, unknown_data, o, kPrefix);
  if (o.size > kPrefix) d.put_prefix(rpl_target_prefix, o.at + kPrefix, o.size - kPrefix);
}

/// `skip`: bytes by which the message's places are later.
void put_content(Dissector& d, std::size_t skip, Part o) {
  constexpr std::uint8_t kReply = 4;
  const bool reply = (d.u8(1) & 0x7F) == kReply;
  switch (d.u8(o.at)) {
    case 1:
      return d.put(rpl_padding, o.at + 2, o.size - 2);
    case 2:
      return put_metrics(d, o);
    case 3:
      return put_route(d, o);
    case 4:
      return d.put_part(rpl_configuration, o.at, o.size);
    case 5:
      return put_target(d, o);
    case 6:
      return d.put_part(rpl_transit, o.at, o.size);
    case 7:
      return d.put_part(rpl_solicited, o.at, o.size);
    case 8:
      return d.put_part(rpl_prefix, o.at, o.size);
    case 9:
      return d.put_part(rpl_descriptor, o.at, o.size);
    case 10:
      return put_discovery(d, o, reply, skip + (reply ? 8U : 12U));
    default:
      return put_tail(d, data, o, 2);
  }
}

/// RFC 6550 §6.7
void put_rpl_options(Dissector& d, std::size_t at, std::size_t end, std::size_t skip) {
  while (at < end && d.has(at + 1)) {
    const bool single = d.u8(at) == 0;
    const std::size_t size = single ? 1 : 2 + std::size_t{d.u8(at + 1)}, left = end - at;
    d.put(option, at, std::min({size, left, d.captured() - at}));
    const Dissector::Below below(d);
    d.put(rpl_option_type, at, 1);
    if (!single) d.put(rpl_option_length, at + 1, 1);
    if (size > left) return d.anomaly("option_length", at, size, left);
    if (!single) put_content(d, skip, {at, size});
    at += size;
  }
}

/// RFC 6550 §6.1: how a secured message begins; returns its length, 0 if there is less.
std::size_t put_security(Dissector& d, std::size_t end) {
  constexpr std::size_t kAt = 4, kSource = 8;
  d.put_part(rpl_secure, 0, end);
  const unsigned mode = d.u8(6) >> 6, level = d.u8(6) & 7U;
  const bool source = mode == 2 || (mode == 3 && (level & 1) != 0), index = mode == 0 || source;
  std::size_t at = 3 * kAt;
  if (at + (source ? kSource : 0) + (index ? 1 : 0) > end) return 0;
  if (source) {
    d.put(rpl_key_source, at, kSource);
    at += kSource;
  }
  if (index) d.put(rpl_key_index, at++, 1);
  return at - kAt;
}

}  // namespace

void put_rpl(Dissector& d, std::size_t end) {
  constexpr std::uint8_t kSecured = 0x80, kConsistency = 0x8A;
  const std::uint8_t code = d.u8(1);
  std::size_t skip = 0;  // places in the message are that much later
  if ((code & kSecured) != 0) {
    skip = put_security(d, end);
    if (skip == 0) return;
  }
  if (skip + 4 >= end) return;
  const std::size_t left = end - skip;
  std::size_t at = 0;
  const auto put = [&](std::span<const Field> fields, std::size_t size) {
    d.put_part(fields, skip, left);
    at = size;
  };
  const bool graph = (d.u8(skip + 5) & 0x40) != 0;
  switch (code == kConsistency ? code : code & ~kSecured) {
    case 0:
      put(rpl_solicitation, 6);
      break;
    case 1:
      put(rpl_information, 28);
      break;
    case 2:
      put(rpl_destination, 8);
      if (graph) put(rpl_destination_graph, 24);
      break;
    case 3:
      put(rpl_acknowledgement, 8);
      if ((d.u8(skip + 5) & 0x80) != 0) put(rpl_acknowledgement_graph, 24);
      break;
    case 4:
      put(rpl_reply, 24);
      break;
    case 5:
      put(rpl_reply_acknowledgement, 24);
      break;
    case kConsistency:
      put(rpl_consistency, 28);
      break;
    default:
      return;
  }
  put_rpl_options(d, skip + at, end, skip);
}

}  // namespace flowloom::icmpv6
