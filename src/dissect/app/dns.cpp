#include "dissect/app/dns.hpp"

#include <algorithm>

#include "dissect/dissector.hpp"
#include "dissect/dns_reader.hpp"
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
  void put_service(const Name& owner, std::size_t owner_at);
  void data(unsigned type, std::size_t at, std::size_t end);
  Name name(std::size_t at) { return read_domain_name(d_, at, begin_); }

  Dissector& d_;
  Variant variant_;
  std::size_t begin_;  ///< of the message in the layer: TCP has a length before it
};

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
  constexpr unsigned kStateful = 6;
  const unsigned kind = (d_.u16(begin_ + 2) >> 11) & 0xF;
  const bool update = kind == kUpdate;
  const std::size_t counts = begin_ + 4;
  d_.put(update ? count_zones : count_queries, counts, 2);
  d_.put(update ? count_prerequisites : count_answers, counts + 2, 2);
  d_.put(update ? count_updates : count_auth, counts + 4, 2);
  d_.put(count_add, counts + 6, 2);
  if (!whole) return;
  std::size_t at = begin_ + 12;
  if (kind == kStateful && d_.u32(counts) == 0 && d_.u32(counts + 4) == 0) {
    read_stateful(d_, begin_, at, d_.captured());
    return;
  }
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
  d_.put_number(qry_name_len, asked.length, at, end - at);
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
  const bool shared = variant_ == Variant::mdns;
  if (type == kOpt) {
    d_.put_number(shared ? mdns_opt_size : opt_size, shared ? whole & 0x7FFFU : whole, end + 2, 2);
    if (shared) d_.put_number(cache_flush, whole >> 15, end + 2, 2);
    d_.put(ext_rcode, end + 4, 1);
    d_.put(edns_version, end + 5, 1);
    d_.put(resp_z, end + 6, 2);
    d_.put_number(resp_do, d_.u16(end + 6) >> 15, end + 6, 2);
    d_.put_number(resp_reserved, d_.u16(end + 6) & 0x7FFF, end + 6, 2);
  } else {
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
  if (type == kService) put_service(owner, at);
  // What the capture cuts off is another matter than what is in the next segment, or nowhere.
  if (d_.wire() >= end) data(type, content, end);
  return whole_content ? end : 0;
}

void Message::data(unsigned type, std::size_t at, std::size_t end) {
  constexpr unsigned kService = 33, kOpt = 41, kServiceBinding = 64, kHttps = 65;
  if (at == end) return;  // an update's
  RecordReader reader(d_, begin_, at, end);
  switch (type) {
    case kOpt:
      read_options(d_, begin_, at, end);
      return;
    case kServiceBinding:
    case kHttps:
      read_service_binding(d_, begin_, at, end);
      return;
    case kService:
      reader.run(srv);
      return;
    default:
      read_record(reader, type);
  }
}

/// RFC 2782: the owner is _service._protocol.name.
void Message::put_service(const Name& owner, std::size_t owner_at) {
  const std::size_t owner_size = owner.end - owner_at;
  std::string_view rest = owner.text();
  for (const Field* field : {&srv_service, &srv_proto}) {
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos || !rest.starts_with('_')) break;
    d_.put_made(*field, rest.substr(0, dot), owner_at, owner_size);
    rest.remove_prefix(dot + 1);
  }
  d_.put_made(srv_name, rest, owner_at, owner_size);
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
