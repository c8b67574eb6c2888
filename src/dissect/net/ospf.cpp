#include "dissect/net/ospf.hpp"

#include <algorithm>

#include "base/checksum.hpp"
#include "dissect/checksums.hpp"
#include "dissect/ospf_reader.hpp"

namespace flowloom::ospf {
namespace {

constexpr std::size_t kCommon = 14, kHeader2 = 24, kHeader3 = 16;
enum Message : std::uint8_t { kHello = 1, kDescription, kRequest, kUpdate, kAcknowledgement };

/// Bytes of an authentication code behind the packet.
std::size_t authentication(Dissector& d) {
  constexpr std::size_t kAt = 16, kSize = 8;
  enum : std::uint16_t { kNone = 0, kPassword = 1, kCode = 2 };
  d.put(auth_type);
  switch (d.u16(14)) {
    case kNone:
      d.put(auth_none, kAt, kSize);
      return 0;
    case kPassword: {
      const Bytes password = d.bytes(kAt, kSize);
      const auto end = std::find(password.begin(), password.end(), 0);
      d.put(auth_simple, kAt, static_cast<std::size_t>(end - password.begin()));
      return 0;
    }
    case kCode:
      d.put_all({{&auth_key, &auth_length, &auth_sequence}}, 0, kHeader2);
      return d.u8(19);
    default:
      d.put(auth_unknown, kAt, kSize);
      return 0;
  }
}

void contents(Reader& reader, unsigned type, std::size_t at, std::size_t end) {
  switch (type) {
    case kHello:
      return reader.hello(at, end);
    case kDescription:
      return reader.description(at, end);
    case kRequest:
      return reader.requests(at, end);
    case kUpdate:
      return reader.update(at, end);
    default:
      return reader.heads(at, end);
  }
}

/// The second version's is not of the authentication, and there is none with a code (RFC 2328 §D.4).
void note_checksum(Dissector& d, unsigned number, std::size_t length) {
  constexpr std::size_t kAt = 12, kCode = 2;
  constexpr std::uint8_t kProtocol = 89;
  if (number == 3)
    return put_checksum(d, checksum_status, nullptr, pseudo_sum(d, kProtocol, length, length), kAt);
  if (number != 2 || d.u16(kCommon) == kCode || length < kHeader2 || length > d.captured()) return;
  const std::uint32_t sum = checksum_sum(d, kHeader3).value_or(0);
  put_checksum(d, checksum_status, nullptr, sum + sum_words(d.bytes(kHeader2, length - kHeader2)), kAt);
}

}  // namespace

std::uint16_t header_size(const std::uint8_t* first) { return first[0] == 3 ? kHeader3 : kHeader2; }

bool only_heads(const std::uint8_t* first) { return first[1] != kUpdate; }

Next dissect(Dissector& d) {
  static constexpr const Field* kKinds[] = {&is_hello, &is_description, &is_request, &is_update, &is_ack};
  const auto fixed = d.header<protocol>();
  const unsigned number = fixed.get<version>(), type = fixed.get<message>();
  const std::size_t size = number == 2 ? kHeader2 : number == 3 ? kHeader3 : kCommon;
  const bool known = type >= kHello && type <= kAcknowledgement;
  if (!d.set_header(size)) return Next::nothing();
  const std::size_t length = fixed.get<packet_length>();
  // A length that is less than the header's says nothing.
  const std::size_t end = length < size ? d.captured() : std::min(length, d.captured());
  if (d.wants_values()) {
    d.put_number(header, 0, 0, size);
    if (d.notes_checksums()) note_checksum(d, number, length);
    if (known) d.put_number(*kKinds[type - 1], 1, 1, 1);
    std::size_t code = 0;
    if (number == 2) {
      code = authentication(d);
    } else if (number == 3) {
      d.put(instance);
      d.put(reserved, 15, 1);
    }
    if (size == kCommon) {  // another version
      d.set_header(d.captured());
      return Next::nothing();
    }
    if (length < size || length > d.wire()) d.anomaly("packet_length", 2, length, d.captured());
    if (!known) return Next::data();
    // RFC 5838 §2.1
    Reader reader(d, number, number == 3 && d.u8(14) >= 64 && d.u8(14) < 128);
    contents(reader, type, size, end);
    std::size_t behind = end;
    if (code != 0) d.put(auth_data, behind, code);
    behind += code;
    if (reader.has_link_local() && behind < d.captured()) {
      reader.link_local(behind, d.captured());
      behind += d.u16(behind + 2) * 4U;
    }
    if (reader.has_trailer() && behind < d.captured()) reader.trailer(behind, d.captured());
  }
  if (!known && size != kCommon) return Next::data();
  d.set_header(d.captured());
  return Next::nothing();
}

void Reader::options(std::size_t at, std::size_t end) {
  if (version_ == 2) {
    return take_all({{&options2, &options2_dn, &options2_o, &options2_dc, &options2_l, &options2_n,
                      &options2_mc, &options2_e, &options2_mt}},
                    at, end);
  }
  take_all({{&options3, &options3_v6, &options3_e, &options3_mc, &options3_n, &options3_r, &options3_dc,
             &options3_af, &options3_l, &options3_at}},
           at, end);
}

void Reader::hello(std::size_t at, std::size_t end) {
  d_.put_number(ospf::hello, 0, at, end - at);
  if (version_ == 2) {
    take(hello_mask, at, 4, end);
    take(hello_interval, at + 4, 2, end);
    options(at + 6, end);
    take(hello_priority, at + 7, 1, end);
    take(hello_dead, at + 8, 4, end);
    has_link_local_ = (d_.u8(at + 6) & 0x10) != 0;
  } else {
    take(hello_interface, at, 4, end);
    take(hello_priority, at + 4, 1, end);
    options(at + 5, end);
    take(hello_interval, at + 8, 2, end);
    take(hello_dead, at + 10, 2, end);
    has_link_local_ = (d_.u8(at + 6) & 2) != 0;
    has_trailer_ = (d_.u8(at + 6) & 4) != 0;
  }
  take(hello_designated, at + 12, 4, end);
  take(hello_backup, at + 16, 4, end);
  take_each(hello_neighbor, at + 20, 4, end, end);
}

void Reader::description(std::size_t at, std::size_t end) {
  if (version_ == 2) {
    take(description_mtu, at, 2, end);
    options(at + 2, end);
    has_link_local_ = (d_.u8(at + 2) & 0x10) != 0;
  } else {
    take(reserved, at, 1, end);
    options(at + 1, end);
    has_link_local_ = (d_.u8(at + 2) & 2) != 0;
    has_trailer_ = (d_.u8(at + 2) & 4) != 0;
    take(description_mtu, at + 4, 2, end);
    take(reserved, at + 6, 1, end);
    at += 4;
  }
  take_all({{&ospf::description, &description_r, &description_i, &description_m, &description_ms}}, at + 3,
           end);
  take(description_sequence, at + 4, 4, end);
  heads(at + 8, end);
}

void Reader::requests(std::size_t at, std::size_t end) {
  for (; !stopped_ && at < end; at += 12) {
    if (version_ == 2) {
      take(request_type, at, 4, end);
    } else {
      take(reserved, at, 2, end);
      take_all({{&request3_type, &lsa3_u, &lsa3_scope, &lsa3_function}}, at, end);
    }
    take(state_id, at + 4, 4, end);
    take(advertiser, at + 8, 4, end);
  }
}

void Reader::link_local(std::size_t at, std::size_t end) {
  enum : std::uint16_t { kOptions = 1, kCode = 2 };
  take(lls_checksum, at, 2, end);
  if (stopped_ || at + 4 > end) return stop(at, 4, end);
  const std::size_t length = d_.u16(at + 2) * 4U;  // RFC 5613 §2.2
  d_.put_number(lls_length, length, at + 2, 2);
  end = std::min(end, at + length);
  at += 4;
  while (!stopped_ && at + 4 <= end) {
    d_.put(tlv_type, at, 2);
    const Dissector::Below below(d_);
    d_.put(tlv_length, at + 2, 2);
    const std::size_t size = d_.u16(at + 2), behind = at + 4 + size;
    if (d_.u16(at) == kOptions) {
      if (version_ == 2) {
        take_all({{&lls_options, &lls_rs, &lls_lr}}, at + 4, end);
      } else {
        take_all({{&lls3_options, &lls3_rs, &lls3_lr}}, at + 4, end);
      }
    } else if (d_.u16(at) == kCode && version_ == 2) {
      take(lls_sequence, at + 4, 4, end);
      take_rest(lls_code, at + 8, behind, end);
    }
    at = at + 4 + (size + 3) / 4 * 4;
  }
}

void Reader::trailer(std::size_t at, std::size_t end) {  // RFC 7166 §4.1
  const std::size_t length = d_.u16(at + 2);
  d_.put_number(ospf::trailer, 0, at, std::min(length, end - at));
  const Dissector::Below below(d_);
  take_all({{&trailer_type, &trailer_length, &trailer_reserved, &trailer_key, &trailer_sequence}}, at, end);
  take_rest(trailer_code, at + 16, at + length, end);
}

}  // namespace flowloom::ospf
