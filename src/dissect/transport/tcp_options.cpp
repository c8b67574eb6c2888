// Options of TCP (https://www.iana.org/assignments/tcp-parameters).
#include <algorithm>

#include "dissect/dissector.hpp"
#include "dissect/transport/tcp.hpp"

namespace flowloom::tcp {
namespace {

/// An option: the place of its first byte, and its length.
struct Option {
  std::size_t at, size;
  [[nodiscard]] std::size_t end() const { return at + size; }
};

void put_tail(Dissector& d, const Field& field, Option o, std::size_t from) {
  if (o.size > from) d.put(field, o.at + from, o.size - from);
}

/// `size` bytes at a distance, if the option has them.
void put_part(Dissector& d, const Field& field, Option o, std::size_t from, std::size_t size) {
  if (from + size <= o.size) d.put(field, o.at + from, size);
}

/// RFC 2018; the first block may be of what came twice (RFC 2883).
void put_sack(Dissector& d, Option o) {
  const std::size_t blocks = (o.size - 2) / 8;
  const std::uint32_t acknowledged = d.u32(ack_raw.bit / 8);
  const auto before = [](std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; };
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::size_t at = o.at + 2 + i * 8;
    d.put(sack_left, at, 4);
    d.put(sack_right, at + 4, 4);
    if (i != 0) continue;
    const std::uint32_t left = d.u32(at), right = d.u32(at + 4);
    const bool old = before(left, acknowledged);
    const bool inside = blocks > 1 && !before(left, d.u32(at + 8)) && !before(d.u32(at + 12), right);
    if (!old && !inside) continue;
    d.put(dsack_left, at, 4);
    d.put(dsack_right, at + 4, 4);
  }
  d.put_number(sack_count, blocks, o.at + 1, 1);
}

/// RFC 8684 §3.1
void put_mp_capable(Dissector& d, Option o) {
  constexpr const Field* kFlags[] = {&mptcp_checksum_required, &mptcp_extensibility};
  const bool first_version = (d.u8(o.at + 2) & 0xF) == 0;
  d.put_all({{&mptcp_version}}, o.at, o.size);
  put_part(d, mptcp_flags, o, 3, 1);
  {
    const Dissector::Below below(d);
    d.put_all(kFlags, o.at, o.size);
    if (first_version) {
      d.put_all({{&mptcp_capable_reserved, &mptcp_sha1}}, o.at, o.size);
    } else {
      d.put_all({{&mptcp_no_more, &mptcp_capable_reserved1, &mptcp_sha256}}, o.at, o.size);
    }
  }
  put_part(d, mptcp_send_key, o, 4, 8);
  put_part(d, mptcp_recv_key, o, 12, 8);
  put_part(d, mptcp_data_len, o, 20, 2);
  put_part(d, mptcp_checksum, o, 22, 2);
}

/// RFC 8684 §3.2: the first, second and third packet of a subflow differ by their length.
void put_mp_join(Dissector& d, Option o) {
  if (o.size == 24) {
    d.put_bits(mptcp_reserved, o.at);
    return put_tail(d, mptcp_mac, o, 4);
  }
  put_part(d, mptcp_flags, o, 2, 1);
  d.put_all({{&mptcp_backup}}, o.at, o.size);
  put_part(d, mptcp_address_id, o, 3, 1);
  if (o.size == 12) {
    put_part(d, mptcp_token, o, 4, 4);
    put_part(d, mptcp_random, o, 8, 4);
  } else if (o.size == 16) {
    put_part(d, mptcp_short_mac, o, 4, 8);
    put_part(d, mptcp_random, o, 12, 4);
  }
}

/// RFC 8684 §3.3
void put_dss(Dissector& d, Option o) {
  constexpr const Field* kFlags[] = {&mptcp_data_fin, &mptcp_dsn8, &mptcp_dsn, &mptcp_ack8, &mptcp_ack};
  if (o.size < 4) return;
  const std::uint8_t bits = d.u8(o.at + 3);
  put_part(d, mptcp_flags, o, 3, 1);
  {
    const Dissector::Below below(d);
    d.put_all(kFlags, o.at, o.size);
  }
  std::size_t from = 4;
  if ((bits & 1) != 0) {
    const std::size_t size = (bits & 2) != 0 ? 8 : 4;
    put_part(d, mptcp_raw_ack, o, from, size);
    from += size;
  }
  if ((bits & 4) == 0) return;
  const std::size_t size = (bits & 8) != 0 ? 8 : 4;
  put_part(d, mptcp_raw_dsn, o, from, size);
  from += size;
  put_part(d, mptcp_subflow_seq, o, from, 4);
  put_part(d, mptcp_data_len, o, from + 4, 2);
  put_part(d, mptcp_checksum, o, from + 6, 2);
}

/// RFC 8684 §3.4.1, and RFC 6824's form, which has the IP version where the echo bit is now.
void put_add_address(Dissector& d, Option o) {
  const std::uint8_t low = d.u8(o.at + 2) & 0xF;
  const bool old = low == 4 || low == 6;
  d.put_all({{old ? &mptcp_ip_version : &mptcp_echo}}, o.at, o.size);
  put_part(d, mptcp_address_id, o, 3, 1);
  const bool v6 = old ? low == 6 : o.size >= 20;
  std::size_t from = v6 ? 20 : 8;
  put_part(d, v6 ? mptcp_ipv6 : mptcp_ipv4, o, 4, from - 4);
  if ((o.size - std::min(o.size, from)) % 8 == 2) {
    put_part(d, mptcp_port, o, from, 2);
    from += 2;
  }
  put_part(d, mptcp_add_mac, o, from, 8);
}

void put_mptcp(Dissector& d, Option o) {
  if (o.size < 3) return;
  d.put_bits(mptcp_subtype, o.at);
  switch (d.u8(o.at + 2) >> 4) {
    case 0:
      return put_mp_capable(d, o);
    case 1:
      return put_mp_join(d, o);
    case 2:
      return put_dss(d, o);
    case 3:
      return put_add_address(d, o);
    case 4:  // RFC 8684 §3.4.2
      for (std::size_t from = 3; from < o.size; ++from) put_part(d, mptcp_address_id, o, from, 1);
      return;
    case 5:  // §3.3.8
      d.put_all({{&mptcp_backup}}, o.at, o.size);
      return put_part(d, mptcp_address_id, o, 3, 1);
    case 6:  // §3.7
      d.put_all({{&mptcp_reserved}}, o.at, o.size);
      return put_part(d, mptcp_raw_dsn, o, 4, 8);
    case 7:  // §3.5
      d.put_all({{&mptcp_reserved}}, o.at, o.size);
      return put_part(d, mptcp_recv_key, o, 4, 8);
    case 8:  // §3.6
      return d.put_all({{&mptcp_u, &mptcp_v, &mptcp_w, &mptcp_transient, &mptcp_reason}}, o.at, o.size);
    default:
      return;
  }
}

/// RFC 7413 §4.1.1: without a cookie it asks for one.
void put_fast_open(Dissector& d, Option o, std::size_t from) {
  if (o.size == from) return d.put(fast_open_request, o.at, o.size);
  put_tail(d, fast_open_cookie, o, from);
}

/// RFC 6994
void put_experiment(Dissector& d, Option o) {
  constexpr std::uint16_t kFastOpen = 0xF989, kAckRate = 0x00AC;
  d.put_all({{&experiment}}, o.at, o.size);
  if (o.size < 4) return;
  switch (d.u16(o.at + 2)) {
    case kFastOpen:
      return put_fast_open(d, o, 4);
    case kAckRate:
      if (o.size < 5) return;
      d.put_bits(tarr_rate, o.at + 2);
      return d.put_bits(tarr_reserved, o.at + 2);
    default:
      return put_tail(d, experiment_data, o, 4);
  }
}

/// draft-ietf-tcpm-accurate-ecn §3.2.3: counters in one of two orders, the last ones may be missing.
void put_accurate_ecn(Dissector& d, Option o, bool zero_first) {
  put_part(d, zero_first ? ecn_ee0b : ecn_ee1b, o, 2, 3);
  put_part(d, ecn_eceb, o, 5, 3);
  put_part(d, zero_first ? ecn_ee1b : ecn_ee0b, o, 8, 3);
}

/// The only length that an option may have; 0: several.
std::size_t only_size(std::uint8_t kind) {
  switch (kind) {
    case 4:
      return 2;
    case 3:
      return 3;
    case 2:
    case 28:
      return 4;
    case 6:
    case 7:
    case 11:
    case 12:
    case 13:
      return 6;
    case 27:
      return 8;
    case 8:
      return 10;
    case 19:
      return 18;
    default:
      return 0;
  }
}

void put_body(Dissector& d, std::uint8_t kind, Option o) {
  const std::size_t only = only_size(kind);
  if (only != 0 && o.size != only) return d.anomaly("option_length", o.at, only, o.size);
  switch (kind) {
    case 2:
      return d.put_all({{&mss}}, o.at, o.size);
    case 3: {  // RFC 7323 §2.3: larger shifts count as 14
      d.put_bits(wscale, o.at);
      return d.put_number(wscale_factor, 1U << std::min<unsigned>(d.u8(o.at + 2), 14), o.at + 2, 1);
    }
    case 4:
      return;
    case 5:
      return put_sack(d, o);
    case 6:
    case 7:
      return d.put_all({{&echo}}, o.at, o.size);
    case 8:
      return d.put_all({{&tsval, &tsecr}}, o.at, o.size);
    case 11:
    case 12:
    case 13:  // RFC 1644
      return d.put_all({{&cc}}, o.at, o.size);
    case 19:  // RFC 2385
      return put_tail(d, md5, o, 2);
    case 27:  // RFC 4782
      return d.put_all({{&qs_rate, &qs_ttl_diff}}, o.at, o.size);
    case 28:  // RFC 5482
      return d.put_all({{&user_granularity, &user_timeout}}, o.at, o.size);
    case 29:  // RFC 5925
      d.put_all({{&ao_key, &ao_next}}, o.at, o.size);
      return put_tail(d, ao_mac, o, 4);
    case 30:
      return put_mptcp(d, o);
    case 34:
      return put_fast_open(d, o, 2);
    case 172:
      return put_accurate_ecn(d, o, true);
    case 174:
      return put_accurate_ecn(d, o, false);
    case 253:
    case 254:
      return put_experiment(d, o);
    default:
      return put_tail(d, unknown, o, 2);
  }
}

}  // namespace

void put_options(Dissector& d, std::size_t header_length) {
  constexpr std::uint8_t kEnd = 0, kNothing = 1;
  bool ended = false;
  for (std::size_t at = protocol.min_length; at < header_length && d.has(at + 1);) {
    const std::uint8_t kind = d.u8(at);
    const bool alone = kind <= kNothing;  // a kind without a length
    const std::size_t left = header_length - at, size = alone ? 1 : left >= 2 ? d.u8(at + 1) : 0;
    if (!alone && !d.has(at + 2)) return;  // cut by the snap length
    if (size < (alone ? 1U : 2U) || size > left) return d.anomaly("option_length", at, size, left);
    if (ended && kind != kEnd) return;  // what is behind the end is padding
    ended = kind == kEnd;
    d.put_bits(opt_kind, at);
    const Dissector::Below below(d);
    if (!alone) {
      d.put_bits(opt_len, at);
      put_body(d, kind, {at, size});
    }
    at += size;
  }
}

}  // namespace flowloom::tcp
