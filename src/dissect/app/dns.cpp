#include "dissect/app/dns.hpp"

#include <algorithm>
#include <array>

#include "dissect/dissector.hpp"
#include "dissect/domain_name.hpp"
#include "dissect/transport/tcp.hpp"

namespace flowloom::dns {
namespace {

enum class Variant : std::uint8_t { dns, mdns, llmnr };

using Name = DomainName;

class Message {
 public:
  Message(Dissector& dissector, Variant variant, std::size_t begin)
      : d_(dissector), variant_(variant), begin_(begin) {}

  /// Not `whole`: of the header what is there.
  void put(bool whole);

 private:
  static constexpr unsigned kMaxRecords = 4096;

  void put_flags();
  std::size_t question(std::size_t at);
  std::size_t record(std::size_t at);
  void opt_record(std::size_t at, std::size_t end);
  void data(const Name& owner, std::size_t owner_at, unsigned type, std::size_t at, std::size_t end);
  void service(const Name& owner, std::size_t owner_at, std::size_t at);
  void types_that_exist(std::size_t at, std::size_t end);
  void start_of_authority(std::size_t at);
  void service_binding(std::size_t at, std::size_t end);
  void service_parameter(unsigned key, std::size_t at, std::size_t end);
  Name name(std::size_t at) { return read_domain_name(d_, at, begin_); }
  /// Puts the name there; returns its end, 0 if it is damaged.
  std::size_t put_name(const Field& field, std::size_t at);

  Dissector& d_;
  Variant variant_;
  std::size_t begin_;  ///< of the message in the layer: TCP has a length before it
};

std::size_t Message::put_name(const Field& field, std::size_t at) {
  const Name found = name(at);
  if (found.end != 0) d_.put_made(field, found.text(), at, found.end - at);
  return found.end;
}

void Message::put_flags() {
  const std::size_t at = begin_ + 2;
  const std::uint16_t bits = d_.u16(at);
  const bool answer = (bits & 0x8000) != 0, llmnr = variant_ == Variant::llmnr;
  d_.put(flags, at, 2);
  const Dissector::Below below(d_);
  const auto put_flag = [&](const Field& field, unsigned mask) {
    d_.put_number(field, (bits & mask) != 0 ? 1 : 0, at, 2);
  };
  put_flag(response, 0x8000);
  d_.put_number(opcode, (bits >> 11) & 0xF, at, 2);
  if (llmnr) {
    put_flag(conflict, 0x0400);
  } else if (answer) {
    put_flag(authoritative, 0x0400);
  }
  put_flag(truncated, 0x0200);
  put_flag(llmnr ? tentative : recdesired, 0x0100);
  if (!llmnr) {
    if (answer) put_flag(recavail, 0x0080);
    put_flag(z, 0x0040);
    if (answer || (bits & 0x0020) != 0) put_flag(authenticated, 0x0020);
    put_flag(checkdisable, 0x0010);
  }
  if (answer) d_.put_number(rcode, bits & 0xF, at, 2);
}

void Message::put(bool whole) {
  d_.put(id, begin_, 2);
  if (!d_.has(begin_ + 4)) return;
  put_flags();
  constexpr unsigned kUpdate = 5;
  const bool update = ((d_.u16(begin_ + 2) >> 11) & 0xF) == kUpdate;
  const std::size_t counts = begin_ + 4;
  d_.put(update ? count_zones : count_queries, counts, 2);
  d_.put(update ? count_prerequisites : count_answers, counts + 2, 2);
  d_.put(update ? count_updates : count_auth, counts + 4, 2);
  d_.put(count_add, counts + 6, 2);
  if (!whole) return;
  std::size_t at = begin_ + 12;
  unsigned left = kMaxRecords;
  for (unsigned i = 0; i < 4; ++i) {
    for (unsigned n = d_.u16(counts + 2 * i); n != 0; --n) {
      if (left-- == 0) {
        d_.anomaly("too_many_records", at);
        return;
      }
      at = i == 0 ? question(at) : record(at);
      if (at == 0) return;
    }
  }
}

/// Returns what is behind it; 0: it is damaged.
std::size_t Message::question(std::size_t at) {
  const Name asked = name(at);
  if (asked.end == 0) return 0;
  const std::size_t end = asked.end;
  if (!d_.has(end + 4)) {
    d_.anomaly("question", end, 4, d_.captured() - end);
    return 0;
  }
  d_.put_made(qry_name, asked.text(), at, end - at);
  d_.put_number(qry_name_len, asked.size, at, end - at);
  d_.put_number(count_labels, std::max(asked.labels, 1U), at, end - at);  // the root counts as one, too
  d_.put(qry_type, end, 2);
  const std::uint16_t whole = d_.u16(end + 2);
  if (variant_ == Variant::mdns) {
    d_.put_number(qry_class, whole & 0x7FFF, end + 2, 2);
    d_.put_number(qry_qu, whole >> 15, end + 2, 2);
  } else {
    d_.put(qry_class, end + 2, 2);
  }
  return end + 4;
}

std::size_t Message::record(std::size_t at) {
  constexpr unsigned kOpt = 41, kService = 33;
  const Name owner = name(at);
  if (owner.end == 0) return 0;
  std::size_t end = owner.end;
  if (!d_.has(end + 10)) d_.anomaly("record", end, 10, d_.captured() - end);
  if (!d_.has(end + 4)) return 0;
  // Of a service, the name is put in parts (as Wireshark does).
  if (d_.u16(end) != kService) d_.put_made(resp_name, owner.text(), at, end - at);
  const unsigned type = d_.u16(end);
  const std::size_t size = d_.u16(end + 8), content = end + 10;
  d_.put(resp_type, end, 2);
  const std::uint16_t whole = d_.u16(end + 2);
  if (type == kOpt) {
    const bool shared = variant_ == Variant::mdns;
    d_.put_number(shared ? mdns_opt_size : opt_size, shared ? whole & 0x7FFFU : whole, end + 2, 2);
    if (shared) d_.put_number(cache_flush, whole >> 15, end + 2, 2);
    d_.put(ext_rcode, end + 4, 1);
    d_.put(edns_version, end + 5, 1);
    d_.put(resp_z, end + 6, 2);
    d_.put_number(resp_do, d_.u16(end + 6) >> 15, end + 6, 2);
    d_.put_number(resp_reserved, d_.u16(end + 6) & 0x7FFF, end + 6, 2);
  } else {
    const bool shared = variant_ == Variant::mdns;
    d_.put_number(resp_class, shared ? whole & 0x7FFFU : whole, end + 2, 2);
    if (shared) d_.put_number(cache_flush, whole >> 15, end + 2, 2);
    d_.put(resp_ttl, end + 4, 4);
  }
  d_.put(resp_len, end + 8, 2);
  if (!d_.has(content)) return 0;
  end = content + size;
  const bool whole_content = d_.has(end);
  if (!whole_content) d_.anomaly("record_length", content, size, d_.captured() - content);
  const Dissector::Below below(d_);
  if (type == kOpt) {
    opt_record(content, end);
  } else {
    data(owner, at, type, content, end);
  }
  return whole_content ? end : 0;
}

void Message::opt_record(std::size_t at, std::size_t end) {
  while (at + 4 <= end && d_.has(at + 4)) {
    const std::size_t size = d_.u16(at + 2);
    d_.put_number(opt, 0, at, std::min(4 + size, end - at));
    d_.put(opt_code, at, 2);
    d_.put(opt_len, at + 2, 2);
    if (at + 4 + size > end) {
      d_.anomaly("option_length", at, 4 + size, end - at);
      return;
    }
    d_.put(opt_data, at + 4, size);
    at += 4 + size;
  }
}

/// The parts that are behind a name must lie before `end`, which put() does not know of.
void Message::data(const Name& owner, std::size_t owner_at, unsigned type, std::size_t at, std::size_t end) {
  const std::size_t size = end - at;
  switch (type) {
    case 1:
      if (size == 4) d_.put(a, at, 4);
      return;
    case 2:
      put_name(ns, at);
      return;
    case 5:
      put_name(cname, at);
      return;
    case 6:
      start_of_authority(at);
      return;
    case 12:
      put_name(ptr, at);
      return;
    case 15:
      d_.put(mx_preference, at, 2);
      put_name(mx_exchange, at + 2);
      return;
    case 16:
      while (at < end && d_.has(at + 1)) {
        const std::size_t text = d_.u8(at);
        d_.put(txt_length, at, 1);
        d_.put(txt, at + 1, std::min(text, end - at - 1));
        at += 1 + text;
      }
      return;
    case 28:
      if (size == 16) d_.put(aaaa, at, 16);
      return;
    case 33:
      service(owner, owner_at, at);
      return;
    case 39:
      put_name(dname, at);
      return;
    case 43:
      if (size < 4) return;
      d_.put(ds_key_id, at, 2);
      d_.put(ds_algorithm, at + 2, 1);
      d_.put(ds_digest_type, at + 3, 1);
      d_.put(ds_digest, at + 4, size - 4);
      return;
    case 47:
      types_that_exist(put_name(nsec_next, at), end);
      return;
    case 50: {  // RFC 5155 §3.2: the types are behind the salt and the hash
      const std::size_t hash = at + 5 + d_.u8(at + 4);
      if (at + 5 <= end && hash < end) types_that_exist(hash + 1 + d_.u8(hash), end);
      return;
    }
    case 64:
    case 65:
      service_binding(at, end);
      return;
    default:
      return;
  }
}

/// RFC 4034 §4.1.2: blocks of 256 types, a bit each.
void Message::types_that_exist(std::size_t at, std::size_t end) {
  while (at != 0 && at + 2 <= end && d_.has(at + 2)) {
    unsigned first = d_.u8(at) * 256U;
    const std::size_t next = std::min(at + 2 + d_.u8(at + 1), end);
    for (at += 2; at < next; ++at, first += 8) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        if ((d_.u8(at) & (0x80U >> bit)) != 0) d_.put_number(resp_type, first + bit, at, 1);
      }
    }
  }
}

void Message::start_of_authority(std::size_t at) {
  at = put_name(soa_mname, at);
  if (at != 0) at = put_name(soa_rname, at);
  if (at == 0) return;
  for (const Field* field : {&soa_serial, &soa_refresh, &soa_retry, &soa_expire, &soa_minimum}) {
    d_.put(*field, at, 4);
    at += 4;
  }
}

/// RFC 2782: the owner is _service._protocol.name.
void Message::service(const Name& owner, std::size_t owner_at, std::size_t at) {
  const std::size_t owner_size = owner.end - owner_at;
  std::string_view rest = owner.text();
  for (const Field* field : {&srv_service, &srv_proto}) {
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos || !rest.starts_with('_')) break;
    d_.put_made(*field, rest.substr(0, dot), owner_at, owner_size);
    rest.remove_prefix(dot + 1);
  }
  d_.put_made(srv_name, rest, owner_at, owner_size);
  d_.put(srv_priority, at, 2);
  d_.put(srv_weight, at + 2, 2);
  d_.put(srv_port, at + 4, 2);
  put_name(srv_target, at + 6);
}

/// RFC 9460 §2.2.
void Message::service_binding(std::size_t at, std::size_t end) {
  d_.put(svcb_priority, at, 2);
  at = put_name(svcb_target, at + 2);
  while (at != 0 && at + 4 <= end && d_.has(at + 4)) {
    const unsigned key = d_.u16(at);
    const std::size_t next = at + 4 + d_.u16(at + 2);
    d_.put_number(svcb_param, 0, at, std::min(next, end) - at);
    d_.put(svcb_key, at, 2);
    d_.put(svcb_length, at + 2, 2);
    if (next > end) {
      d_.anomaly("parameter_length", at, next - at, end - at);
      return;
    }
    service_parameter(key, at + 4, next);
    at = next;
  }
}

void Message::service_parameter(unsigned key, std::size_t at, std::size_t end) {
  constexpr unsigned kAlpn = 1, kPort = 3, kIpv4 = 4, kIpv6 = 6;
  if (key == kAlpn) {
    while (at < end && d_.has(at + 1)) {
      const std::size_t size = d_.u8(at);
      d_.put(svcb_alpn_length, at, 1);
      d_.put(svcb_alpn, at + 1, std::min(size, end - at - 1));
      at += 1 + size;
    }
  } else if (key == kPort && end - at == 2) {
    d_.put(svcb_port, at, 2);
  } else if (key == kIpv4) {
    for (; at + 4 <= end; at += 4) d_.put(svcb_ipv4, at, 4);
  } else if (key == kIpv6) {
    for (; at + 16 <= end; at += 16) d_.put(svcb_ipv6, at, 16);
  }
}

/// `cut`: less than a header is there.
Next message(Dissector& d, Variant variant, bool cut = false) {
  const bool stream = d.over(tcp::protocol);
  const std::size_t begin = stream ? 2 : 0;
  if (stream) {
    if (d.wants_values()) d.put(length, 0, 2);
    d.limit(std::uint64_t{2} + d.u16(0));
  }
  const bool whole = !cut && d.set_header(begin + 12);
  d.set_header(d.captured());
  if (!d.wants_values()) return Next::nothing();
  Message(d, variant, begin).put(whole);
  return Next::nothing();
}

}  // namespace

Next dissect(Dissector& d) { return message(d, Variant::dns); }
Next dissect_cut(Dissector& d) { return message(d, Variant::dns, true); }

}  // namespace flowloom::dns

namespace flowloom {

Next mdns::dissect(Dissector& d) { return dns::message(d, dns::Variant::mdns); }
Next mdns::dissect_cut(Dissector& d) { return dns::message(d, dns::Variant::mdns, true); }
Next llmnr::dissect(Dissector& d) { return dns::message(d, dns::Variant::llmnr); }
Next llmnr::dissect_cut(Dissector& d) { return dns::message(d, dns::Variant::llmnr, true); }

}  // namespace flowloom
