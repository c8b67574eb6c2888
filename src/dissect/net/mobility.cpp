#include "dissect/net/mobility.hpp"

#include <algorithm>

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"
#include "dissect/net/ipv6.hpp"

namespace flowloom::mipv6 {
namespace {

constexpr std::size_t kCommon = 6, kAddress = 16;

/// A message's fields at fixed places; options are behind `size` bytes.
struct Message {
  std::uint8_t type, size;
  std::span<const Field> fields;
};
constexpr Message kMessages[] = {
    {0, 8, refresh_request},
    {1, 16, home_test_init},
    {2, 16, care_of_test_init},
    {3, 24, home_test},
    {4, 24, care_of_test},
    {5, 12, binding_update},
    {6, 12, binding_acknowledgement},
    {7, 24, binding_error},
    {8, 12, fast_update},
    {9, 12, fast_acknowledgement},
    {10, 8, fast_advertisement},
    {12, 8, agent_switch},
    {13, 12, heartbeat},
    {14, 10, handover_initiate},
    {15, 10, handover_acknowledge},
    {16, 12, {}},
    {17, 12, routing_initiation},
    {18, 12, routing_acknowledgement},
};

/// Null: not known.
const Message* find_message(std::uint8_t kind) {
  const auto* const known = std::find_if(std::begin(kMessages), std::end(kMessages),
                                         [&](const Message& message) { return message.type == kind; });
  return known == std::end(kMessages) ? nullptr : known;
}

void put_message(Dissector& d, std::size_t end) {
  constexpr std::uint8_t kExperimental = 11, kSwitch = 12, kRevocation = 16;
  const std::uint8_t kind = d.u8(2);
  const Message* const known = find_message(kind);
  if (known == nullptr) {
    if (end > kCommon) d.put(kind == kExperimental ? experimental : unknown, kCommon, end - kCommon);
    return;
  }
  std::size_t at = known->size;
  d.put_part(known->fields, 0, end);
  if (kind == kRevocation && d.u8(6) == 1) d.put_part(revocation, 0, end);
  if (kind == kRevocation && d.u8(6) == 2) d.put_part(revocation_acknowledgement, 0, end);
  if (kind == kSwitch) {
    for (std::size_t count = d.u8(6); count != 0 && at + kAddress <= end && d.has(at + kAddress); --count) {
      d.put(agent_address, at, kAddress);
      at += kAddress;
    }
  }
  put_options(d, at, end);
}

/// RFC 6275 §6.1.1: of the header alone, without what a fast neighbour advertisement carries.
void note_checksum(Dissector& d, std::size_t size) {
  constexpr std::uint8_t kProtocol = 135;
  constexpr std::size_t kAt = 4;
  put_checksum(d, checksum_status, nullptr, pseudo_sum(d, kProtocol, size, size), kAt);
}

}  // namespace

std::uint16_t message_size(const std::uint8_t* header) {
  const Message* const known = find_message(header[2]);
  return known == nullptr ? std::uint16_t{kCommon} : known->size;
}

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::size_t size = (header.get<length>() + std::size_t{1}) * 8;
  if (d.wants_values()) {
    if (d.notes_checksums()) note_checksum(d, size);
    put_message(d, std::min<std::size_t>(size, d.wire()));
  }
  if (!d.set_header(size)) return Next::nothing();
  // Nothing follows but the packet that a fast neighbour advertisement carries.
  constexpr std::uint8_t kFastAdvertisement = 10, kIpv6 = 41;
  const bool carries = header.get<type>() == kFastAdvertisement && header.get<payload>() == kIpv6;
  return carries ? d.to(ipv6::protocol) : Next::nothing();
}

}  // namespace flowloom::mipv6
