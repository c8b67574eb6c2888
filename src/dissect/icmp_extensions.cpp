#include "dissect/icmp_extensions.hpp"

#include "base/checksum.hpp"
#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"

namespace flowloom::icmp_extensions {
namespace {

constexpr const Field* kHead[] = {&ext_version, &ext_reserved, &ext_checksum};
constexpr const Field* kObject[] = {&object_length, &object_class, &object_type};
constexpr const Field* kLabel[] = {&mpls_label, &mpls_exp, &mpls_bottom, &mpls_ttl};
constexpr const Field* kInterface[] = {&info_role,        &info_reserved, &info_has_index,
                                       &info_has_address, &info_has_name, &info_has_mtu};

/// An address with its family; returns the bytes read, 0: there is none.
std::size_t put_address(Dissector& d, std::size_t at, std::size_t end, const Field& family, const Field& v4,
                        const Field& v6) {
  if (end < at + 4) return 0;
  d.put(family, at, 2);
  d.put(reserved, at + 2, 2);
  const std::size_t size = d.u16(at) == 1 ? 4 : d.u16(at) == 2 ? 16 : 0;
  if (size == 0 || end < at + 4 + size) return 0;
  d.put(size == 4 ? v4 : v6, at + 4, size);
  return 4 + size;
}

/// RFC 5837 §4
void put_interface(Dissector& d, std::size_t object, std::size_t end) {
  const std::uint8_t has = d.u8(object + 3);
  d.put_all(kInterface, object, 4);
  std::size_t at = object + 4;
  if ((has & 8) != 0 && at + 4 <= end) {
    d.put(info_index, at, 4);
    at += 4;
  }
  if ((has & 4) != 0) {
    const std::size_t size = put_address(d, at, end, info_family, info_ipv4, info_ipv6);
    if (size == 0) return;
    at += size;
  }
  if ((has & 2) != 0 && at < end) {
    const std::size_t size = d.u8(at);  // with the length itself
    d.put(info_name_length, at, 1);
    if (size < 1 || at + size > end) return d.anomaly("object_length", at, size, end - at);
    if (size > 1) d.put(info_name, at + 1, size - 1);
    at += size;
  }
  if ((has & 1) != 0 && at + 4 <= end) d.put(info_mtu, at, 4);
}

/// RFC 8335 §2.1
void put_identification(Dissector& d, std::size_t object, std::size_t end) {
  const std::size_t at = object + 4;
  switch (d.u8(object + 3)) {
    case 1:
      if (end > at) d.put(ident_name, at, end - at);
      return;
    case 2:
      if (end >= at + 4) d.put(ident_index, at, 4);
      return;
    case 3: {
      if (end < at + 4) return;
      const std::size_t size = d.u8(at + 2);
      d.put(ident_family, at, 2);
      d.put(ident_length, at + 2, 1);
      d.put(ident_reserved, at + 3, 1);
      if (size == 0 || at + 4 + size > end) return;
      const std::uint16_t family = d.u16(at);
      d.put(family == 1 && size == 4    ? ident_ipv4
            : family == 2 && size == 16 ? ident_ipv6
                                        : ident_address,
            at + 4, size);
      return;
    }
    default:
      if (end > at) d.put(object_data, at, end - at);
  }
}

void put_object(Dissector& d, std::size_t object, std::size_t end) {
  constexpr std::uint8_t kLabels = 1, kInterfaceInformation = 2, kInterfaceIdentification = 3;
  const std::uint8_t kind = d.u8(object + 2);
  d.put_all(kObject, object, 4);
  const Dissector::Below below(d);
  if (kind == kLabels && d.u8(object + 3) == 1) {  // RFC 4950
    for (std::size_t at = object + 4; at + 4 <= end; at += 4) d.put_all(kLabel, at, 4);
  } else if (kind == kInterfaceInformation) {
    put_interface(d, object, end);
  } else if (kind == kInterfaceIdentification) {
    put_identification(d, object, end);
  } else if (end > object + 4) {
    d.put(object_data, object + 4, end - object - 4);
  }
}

}  // namespace

void put(Dissector& d, std::size_t at, std::size_t end) {
  constexpr unsigned kVersion = 2;
  if (end < at + 4 || !d.has(at + 4) || d.u8(at) >> 4 != kVersion) return;
  d.put(ext, at, end - at);
  const Dissector::Below below(d);
  d.put_all(kHead, at, 4);
  if (d.asked_for(ext_checksum_status)) {
    const ChecksumState state = d.u16(at + 2) == 0 ? ChecksumState::absent
                                : !d.has(end)      ? ChecksumState::unverified
                                : finish_sum(sum_words(d.bytes(at, end - at))) == 0 ? ChecksumState::good
                                                                                    : ChecksumState::bad;
    put_checksum_state(d, ext_checksum_status, state, at + 2);
  }
  for (at += 4; at + 4 <= end && d.has(at + 4);) {
    const std::size_t size = d.u16(at), left = end - at;
    if (size < 4 || size > left) {
      d.put_all(kObject, at, 4);
      if (left > 4) d.put(object_data, at + 4, left - 4);
      return d.anomaly("object_length", at, size, left);
    }
    put_object(d, at, at + size);
    at += size;
  }
}

}  // namespace flowloom::icmp_extensions
