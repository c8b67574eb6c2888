#include "dissect/net/ipv6_options.hpp"

#include <algorithm>
#include <bit>

#include "dissect/dissector.hpp"
#include "dissect/net/ipv6.hpp"
#include "dissect/source_route.hpp"

namespace flowloom::ipv6_options {
namespace {

/// An option: the place of its first byte, and its length with type and length.
struct Option {
  std::size_t at, size;
  [[nodiscard]] std::size_t end() const { return at + size; }
};

constexpr const Field* kType[] = {&action, &change, &rest};
constexpr const Field* kCalipso[] = {&calipso_doi, &calipso_size, &calipso_level, &calipso_checksum};
constexpr const Field* kPdm[] = {&pdm_scale_recv, &pdm_scale_sent, &pdm_this,
                                 &pdm_last,       &pdm_recv,       &pdm_sent};
constexpr const Field* kRplFlags[] = {&rpl_down, &rpl_rank_error, &rpl_forwarding_error, &rpl_reserved};
constexpr const Field* kRpl[] = {&rpl_instance, &rpl_rank};
constexpr const Field* kMplFlags[] = {&mpl_size, &mpl_largest, &mpl_version, &mpl_reserved};
constexpr const Field* kDffFlags[] = {&dff_version, &dff_duplicate, &dff_returned, &dff_reserved};
constexpr const Field* kIoamFlags[] = {&ioam_overflow, &ioam_loopback, &ioam_active, &ioam_flag_reserved};

/// Bytes from `from` on.
void put_tail(Dissector& d, const Field& field, Option o, std::size_t from) {
  if (o.size > from) d.put(field, o.at + from, o.size - from);
}

void put_flags(Dissector& d, const Field& whole, std::span<const Field* const> parts, Option o) {
  d.put_all({{&whole}}, o.at, o.size);
  const Dissector::Below below(d);
  d.put_all(parts, o.at, o.size);
}

/// RFC 4782 §3.2
void put_quick_start(Dissector& d, Option o) {
  const unsigned function = d.u8(o.at + 2) >> 4;
  d.put_all({{&qs_func}}, o.at, o.size);
  if (function != 0 && function != 8) return;
  d.put_all({{&qs_rate, function == 0 ? &qs_ttl : &qs_unused}}, o.at, o.size);
  if (function == 0 && d.network().version == 6) {
    const std::uint8_t hops = *(d.network().header + ipv6::hlim.bit / 8);
    d.put_number(qs_ttl_diff, static_cast<std::uint8_t>(hops - d.u8(o.at + 3)), o.at + 3, 1);
  }
  d.put_all({{&qs_nonce, &qs_reserved}}, o.at, o.size);
}

/// RFC 6621 §6.1.1
void put_smf(Dissector& d, Option o) {
  if (o.size < 3) return;
  d.put_bits(smf_hash, o.at);
  const std::uint8_t first = d.u8(o.at + 2);
  if ((first & 0x80) != 0) return put_tail(d, smf_hav, o, 2);
  d.put_all({{&smf_kind, &smf_size}}, o.at, o.size);
  std::size_t from = 3;
  if ((first >> 4) != 0) {
    const std::size_t size = (first & 0xFU) + 1;
    if (from + size > o.size) return d.anomaly("option_length", o.at + 2, size, o.size - from);
    d.put(smf_tagger, o.at + from, size);
    from += size;
  }
  put_tail(d, smf_ident, o, from);
}

/// One node's data of an IOAM trace, in the order of the bits; returns where it ends.
std::size_t put_node(Dissector& d, std::uint32_t kind, std::size_t at, std::size_t end) {
  struct Part {
    const Field* field;
    std::uint8_t size;
  };
  static constexpr Part kParts[12][2] = {
      {{&node_hlim, 1}, {&node_id, 3}},
      {{&node_in, 2}, {&node_out, 2}},
      {{&node_seconds, 4}, {}},
      {{&node_fraction, 4}, {}},
      {{&node_delay, 4}, {}},
      {{&node_data, 4}, {}},
      {{&node_queue, 4}, {}},
      {{&node_checksum, 4}, {}},
      {{&node_hlim, 1}, {&node_id_wide, 7}},
      {{&node_in_wide, 4}, {&node_out_wide, 4}},
      {{&node_data_wide, 8}, {}},
      {{&node_buffer, 4}, {}},
  };
  for (unsigned bit = 0; bit < 22; ++bit) {
    if ((kind >> (23 - bit) & 1) == 0) continue;
    if (bit >= 12) {
      if (at + 4 <= end) d.put(node_undefined, at, 4);
      at += 4;
      continue;
    }
    for (const Part& part : kParts[bit]) {
      if (part.field != nullptr && at + part.size <= end) d.put(*part.field, at, part.size);
      at += part.size;
    }
  }
  if ((kind & 2) != 0 && at + 4 <= end) {  // a snapshot of its own length
    const std::size_t size = d.u8(at) * std::size_t{4};
    d.put(node_oss_size, at, 1);
    d.put(node_oss_schema, at + 1, 3);
    if (size != 0 && at + 4 + size <= end) d.put(node_oss, at + 4, size);
    at += 4 + size;
  }
  return at;
}

/// RFC 9486 §3, RFC 9197 §4.4
void put_ioam(Dissector& d, Option o) {
  d.put_all({{&ioam_reserved, &ioam_kind}}, o.at, o.size);
  constexpr std::size_t kTraceHeader = 12;
  const bool trace = o.size >= kTraceHeader && d.u8(o.at + 3) <= 1;
  if (!trace) return;
  d.put_all({{&ioam_namespace, &ioam_node_size}}, o.at, o.size);
  put_flags(d, ioam_flags, kIoamFlags, o);
  d.put_all({{&ioam_left, &ioam_type}}, o.at, o.size);
  const std::uint32_t kind = d.u32(o.at + 8) >> 8;
  {
    const Dissector::Below below(d);
    for (const Field& bit : ioam_bits) {
      if (&bit == &ioam_bits[12]) d.put_number(ioam_undefined, (kind >> 2 & 0x3FF) != 0 ? 1 : 0, o.at + 8, 3);
      d.put_bits(bit, o.at);
    }
  }
  d.put_bits(ioam_trace_reserved, o.at);
  const std::size_t left = (d.u8(o.at + 7) & 0x7FU) * 4, node = (d.u8(o.at + 6) >> 3) * std::size_t{4};
  std::size_t at = o.at + kTraceHeader;
  if (left > o.end() - at) return d.anomaly("option_length", o.at + 7, left, o.end() - at);
  if (left != 0) d.put(ioam_free, at, left);
  const unsigned told = static_cast<unsigned>(std::popcount(kind >> 2)) +
                        static_cast<unsigned>(std::popcount(kind >> 13 & 7));  // three are twice as long
  if (told * 4 != node || node == 0) return;  // what follows cannot be told apart
  for (at += left; at + node <= o.end();) at = put_node(d, kind, at, o.end());
}

void put_body(Dissector& d, std::uint8_t code, Option o) {
  switch (code) {
    case 0x01:
      return d.put(padn, o.at + 2, o.size - 2);
    case 0x04:  // RFC 2473 §4.1.1
      return d.put_all({{&tunnel_limit}}, o.at, o.size);
    case 0x05:  // RFC 2711
      return d.put_all({{&router_alert}}, o.at, o.size);
    case 0x07:  // RFC 5570
      d.put_all(kCalipso, o.at, o.size);
      return put_tail(d, calipso_bitmap, o, 10);
    case 0x08:
      return put_smf(d, o);
    case 0x0F:  // RFC 8250
      return d.put_all(kPdm, o.at, o.size);
    case 0x26:
      return put_quick_start(d, o);
    case 0x30:  // RFC 9268: the last bit is a flag
      d.put_all({{&pmtu_min}}, o.at, o.size);
      if (o.size < 6) return;
      d.put_number(pmtu_return, d.u16(o.at + 4) & 0xFFFEU, o.at + 4, 2);
      return d.put_number(pmtu_flag, d.u8(o.at + 5) & 1U, o.at + 5, 1);
    case 0x31:
      return put_ioam(d, o);
    case 0x63:  // RFC 6553
      put_flags(d, rpl_flags, kRplFlags, o);
      return d.put_all(kRpl, o.at, o.size);
    case 0x6D:  // RFC 7731 §6.1
      put_flags(d, mpl_flags, kMplFlags, o);
      d.put_all({{&mpl_sequence}}, o.at, o.size);
      return put_tail(d, mpl_seed, o, 4);
    case 0x8B:  // RFC 6744
      return put_tail(d, ilnp_nonce, o, 2);
    case 0x8C:  // RFC 6788
      d.put_all({{&line_size}}, o.at, o.size);
      if (o.size >= 3u + d.u8(o.at + 2)) d.put(line, o.at + 3, d.u8(o.at + 2));
      return;
    case 0xC2:  // RFC 2675
      return d.put_all({{&jumbo}}, o.at, o.size);
    case 0xC9:  // RFC 6275 §6.3
      return d.put_all({{&home_address}}, o.at, o.size);
    case 0xEE:  // RFC 6971
      put_flags(d, dff_flags, kDffFlags, o);
      return d.put_all({{&dff_sequence}}, o.at, o.size);
    default:
      // RFC 4727: experiments, whatever their first three bits say
      if ((code & 0x1F) == 0x1E) return d.put(experimental, o.at + 2, o.size - 2);
      return put_tail(d, unknown, o, 2);
  }
}

void put_options(Dissector& d, std::size_t header) {
  for (std::size_t at = 2; at < header && d.has(at + 1);) {
    const std::uint8_t code = d.u8(at);
    const std::size_t left = header - at;
    const std::size_t size = code == 0 ? 1 : left >= 2 ? d.u8(at + 1) + std::size_t{2} : 2;
    const std::size_t there = std::min(size, left);
    d.put(opt, at, std::min(size, d.captured() - at));
    const Dissector::Below below(d);
    d.put_bits(type, at);
    if (code == 0) {
      d.put(pad1, at, 1);
    } else {
      {
        const Dissector::Below type_bits(d);
        d.put_all(kType, at, 1);
      }
      if (left >= 2) {
        d.put_bits(length, at);
        put_body(d, code, {at, there});
      }
    }
    if (size > left) return d.anomaly("option_length", at, size, left);
    at += size;
  }
}

Next dissect(Dissector& d, const Field& length_in_bytes) {
  const std::size_t header = (d.u8(1) + std::size_t{1}) * 8;
  const bool whole = d.set_header(header);
  if (d.wants_values()) {
    d.put_number(length_in_bytes, header, 1, 1);
    put_options(d, header);
  }
  if (!whole) return Next::nothing();
  if (d.network().version == 6) d.set_ends(flowloom::home_address(d.bytes(0, header)), nullptr);
  return d.to(Table::ip_proto, d.u8(0));
}

}  // namespace
}  // namespace flowloom::ipv6_options

namespace flowloom {
Next ipv6_hopopts::dissect(Dissector& d) { return ipv6_options::dissect(d, len_oct); }
Next ipv6_dstopts::dissect(Dissector& d) { return ipv6_options::dissect(d, len_oct); }
}  // namespace flowloom
