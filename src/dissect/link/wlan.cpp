#include "dissect/link/wlan.hpp"

#include <initializer_list>

#include "dissect/dissector.hpp"
#include "dissect/link/llc.hpp"
#include "dissect/link/radiotap.hpp"

namespace flowloom::wlan {
namespace {

constexpr unsigned kManagement = 0, kControl = 1, kData = 2;
constexpr std::size_t kFirst = 4, kSecond = 10, kThird = 16, kSequence = 22, kFourth = 24;  // addresses

std::uint16_t little(const Dissector& d, std::size_t at) { return __builtin_bswap16(d.u16(at)); }

struct Address {
  const Field* field;
  std::size_t at;
};

void put_addresses(Dissector& d, std::initializer_list<Address> addresses) {
  for (const Address& address : addresses) d.put(*address.field, address.at, 6);
}

void put_any(Dissector& d, std::initializer_list<std::size_t> places) {
  for (const std::size_t at : places) d.put(addr, at, 6);
}

void put_duration(Dissector& d, bool polls) {
  constexpr unsigned kReserved = 0x8000, kIdentifier = 0xC000;
  const unsigned number = little(d, 2);
  if (number <= kReserved) {
    d.put_number(duration, number & 0x7FFF, 2, 2);
  } else if (polls && (number & kIdentifier) == kIdentifier) {
    d.put_number(aid, number & 0x3FFF, 2, 2);
  }
}

void put_sequence(Dissector& d) {
  d.put_number(frag, little(d, kSequence) & 0xF, kSequence, 2);
  d.put_number(seq, little(d, kSequence) >> 4, kSequence, 2);
}

/// IEEE 802.11 §9.3.2.1: what the addresses are, by the direction.
void put_data_addresses(Dissector& d, bool to, bool from) {
  if (to && from) {
    put_addresses(d, {{&ra, kFirst}, {&ta, kSecond}, {&da, kThird}, {&sa, kFourth}});
    put_any(d, {kFirst, kSecond, kFourth, kThird});
    return;
  }
  put_addresses(d, {{&ra, kFirst}, {&ta, kSecond}});
  if (to) {
    put_addresses(d, {{&da, kThird}, {&sa, kSecond}, {&bssid, kFirst}, {&staa, kSecond}});
  } else if (from) {
    put_addresses(d, {{&da, kFirst}, {&sa, kThird}, {&bssid, kSecond}, {&staa, kFirst}});
  } else {
    put_addresses(d, {{&da, kFirst}, {&sa, kSecond}, {&bssid, kThird}});
  }
  put_any(d, {kFirst, kSecond, kThird});
}

/// §9.2.4.5
void put_qos(Dissector& d, std::size_t at, bool from, bool without_data) {
  const unsigned control = little(d, at);
  d.put_number(qos, control, at, 2);
  const Dissector::Below below(d);
  d.put_number(qos_tid, control & 0xF, at, 2);
  d.put_number(qos_priority, control & 7, at, 2);
  d.put_number(from ? qos_eosp : qos_bit4, (control >> 4) & 1, at, 2);
  d.put_number(qos_ack, (control >> 5) & 3, at, 2);
  if (!without_data) d.put_number(qos_amsdu, (control >> 7) & 1, at, 2);
}

Next control(Dissector& d, unsigned kind) {
  constexpr unsigned kBlockRequest = 8, kBlock = 9, kPoll = 10, kRequest = 11, kClear = 12, kAck = 13,
                     kEnd = 14, kEndAck = 15;
  const bool two = kind == kBlockRequest || kind == kBlock || kind == kPoll || kind == kRequest ||
                   kind == kEnd || kind == kEndAck;
  if (!two && kind != kClear && kind != kAck) return Next::data();
  const bool whole = d.set_header(two ? kThird : kSecond);
  if (d.wants_values()) {
    put_duration(d, kind == kPoll);
    if (kind == kPoll) {
      put_addresses(d, {{&bssid, kFirst}, {&ta, kSecond}});
    } else if (kind == kEnd || kind == kEndAck) {
      put_addresses(d, {{&ra, kFirst}, {&bssid, kSecond}});
    } else {
      put_addresses(d, {{&ra, kFirst}});
      if (two) put_addresses(d, {{&ta, kSecond}});
    }
    put_any(d, {kFirst});
    if (two) put_any(d, {kSecond});
  }
  return whole ? Next::data() : Next::nothing();
}

Next management(Dissector& d, bool with_control) {
  const bool whole = d.set_header(with_control ? 28 : 24);
  if (d.wants_values()) {
    put_duration(d, false);
    put_addresses(d, {{&ra, kFirst}, {&da, kFirst}, {&ta, kSecond}, {&sa, kSecond}, {&bssid, kThird}});
    put_any(d, {kFirst, kSecond, kThird});
    put_sequence(d);
  }
  return whole ? Next::data() : Next::nothing();
}

Next data(Dissector& d, unsigned kind, bool padded) {
  constexpr unsigned kWithoutData = 4, kQos = 8;
  const auto header = d.header<protocol>();
  const bool to = header.get<to_ds>(), from = header.get<from_ds>(), with_qos = (kind & kQos) != 0,
             without_data = (kind & kWithoutData) != 0;
  std::size_t end = to && from ? 30 : 24;
  const std::size_t qos_at = end;
  if (with_qos) end += header.get<order>() ? 6 : 2;
  if (padded) end = (end + 3) & ~std::size_t{3};
  const bool whole = d.set_header(end);
  if (d.wants_values()) {
    put_duration(d, false);
    put_data_addresses(d, to, from);
    put_sequence(d);
    if (with_qos) put_qos(d, qos_at, from, without_data);
  }
  if (!whole || without_data) return Next::nothing();
  const bool aggregate = with_qos && (little(d, qos_at) & 0x80) != 0,
             later_fragment = (little(d, kSequence) & 0xF) != 0;
  if (header.get<is_protected>() || aggregate || later_fragment) return Next::data();
  return d.to(llc::protocol);
}

}  // namespace

Next dissect(Dissector& d) {
  constexpr std::size_t kCheck = 4;
  const auto header = d.header<protocol>();
  const unsigned what = header.get<type>(), kind = header.get<subtype>();
  const radiotap::Said said = radiotap::said(d);
  if (d.wants_values()) {
    d.put_number(type_subtype, what << 4 | kind, 0, 2);
    d.put(flags);
    d.put(ds);
  }
  if (said.checked && d.wire() >= protocol.min_length + kCheck) {
    const std::uint64_t end = d.wire() - kCheck;
    if (d.wants_values() && d.wire() == d.captured())
      d.put_little(fcs, static_cast<std::size_t>(end), kCheck);
    d.limit(end);
  }
  switch (what) {
    case kManagement:
      return management(d, header.get<order>());
    case kControl:
      return control(d, kind);
    case kData:
      return data(d, kind, said.padded);
    default:
      return Next::data();
  }
}

}  // namespace flowloom::wlan
