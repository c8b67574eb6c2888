#include "dissect/dns_options.hpp"

#include <algorithm>
#include <array>

#include "dissect/dns_reader.hpp"

namespace flowloom::dns {
namespace {

/// RFC 7871 §6: as much of the address as the prefix needs.
void put_client(RecordReader& reader) {
  if (!reader.run(opt_client)) return;
  Dissector& d = reader.dissector();
  const unsigned family = d.u16(reader.begin());
  const std::size_t size = reader.left();
  if (family == 1) {
    std::array<char, 4> address = {};
    const Bytes there = d.bytes(reader.at(), std::min(size, address.size()));
    std::copy(there.begin(), there.end(), address.begin());
    d.put_made(opt_client_ipv4, {address.data(), address.size()}, reader.at(), size);
  } else if (family == 2) {
    d.put_prefix(opt_client_ipv6, reader.at(), std::min<std::size_t>(size, 16));
  } else {
    d.put(opt_client_other, reader.at(), size);
  }
}

void put_cookies(RecordReader& reader) {
  constexpr std::size_t kClients = 8;
  if (reader.take(opt_client_cookie, kClients)) reader.take(opt_server_cookie, reader.left());
}

void put_option(RecordReader& reader, unsigned code) {
  Dissector& d = reader.dissector();
  const std::size_t size = reader.left();
  switch (code) {
    case 5:
    case 6:
    case 7:
      for (; reader.left() != 0; reader.skip(1)) {
        d.put(code == 5 ? opt_dau : code == 6 ? opt_dhu : opt_n3u, reader.at(), 1);
      }
      return;
    case 8:
      put_client(reader);
      return;
    case 10:
      put_cookies(reader);
      return;
    case 11:
      if (size == 2) d.put(opt_keepalive, reader.at(), size);
      return;
    case 12:
      d.put(opt_padding, reader.at(), size);
      return;
    case 13:
      if (size != 0) d.put(opt_chain, reader.at(), size);
      return;
    case 15:
      reader.run(opt_error);
      return;
    default:
      return;
  }
}

void put_parameter(RecordReader& reader, unsigned key) {
  constexpr unsigned kMandatory = 0, kAlpn = 1, kNoDefaultAlpn = 2, kPort = 3, kIpv4 = 4, kEch = 5, kIpv6 = 6,
                     kOdoh = 32769;
  Dissector& d = reader.dissector();
  const auto each = [&](const Field& field, std::size_t size) {
    while (reader.left() != 0 && reader.take(field, size)) {
    }
  };
  switch (key) {
    case kMandatory:
      each(svcb_mandatory, 2);
      return;
    case kAlpn:
      reader.repeat(svcb_alpn);
      return;
    case kNoDefaultAlpn:
      return;
    case kPort:
      if (reader.left() == 2) d.put(svcb_port, reader.at(), 2);
      return;
    case kIpv4:
      each(svcb_ipv4, 4);
      return;
    case kIpv6:
      each(svcb_ipv6, 16);
      return;
    case kEch:
      d.put(svcb_ech, reader.at(), reader.left());
      return;
    case kOdoh:
      d.put(svcb_odoh, reader.at(), reader.left());
      return;
    default:
      d.put(svcb_value, reader.at(), reader.left());
      return;
  }
}

std::span<const Step> steps_of_stateful(unsigned type) {
  switch (type) {
    case 1:
      return dso_keepalive;
    case 2:
      return dso_retry;
    case 3:
      return dso_padding;
    default:
      return dso_other;
  }
}

}  // namespace

void read_options(Dissector& d, std::size_t message, std::size_t at, std::size_t end) {
  while (at + 4 <= end && d.has(at + 4)) {
    const std::size_t next = at + 4 + d.u16(at + 2);
    d.put_number(opt, 0, at, std::min(next, end) - at);
    const Dissector::Below below(d);
    d.put(opt_code, at, 2);
    d.put(opt_len, at + 2, 2);
    if (next > end) {
      d.anomaly("option_length", at, next - at, end - at);
      return;
    }
    d.put(opt_data, at + 4, next - at - 4);
    if (d.has(next)) {
      RecordReader reader(d, message, at + 4, next);
      put_option(reader, d.u16(at));
    }
    at = next;
  }
}

void read_service_binding(Dissector& d, std::size_t message, std::size_t at, std::size_t end) {
  RecordReader reader(d, message, at, end);
  if (!reader.run(svcb)) return;
  for (at = reader.at(); at + 4 <= end && d.has(at + 4);) {
    const std::size_t next = at + 4 + d.u16(at + 2);
    d.put_number(svcb_param, 0, at, std::min(next, end) - at);
    const Dissector::Below below(d);
    d.put(svcb_key, at, 2);
    d.put(svcb_length, at + 2, 2);
    if (next > end) {
      d.anomaly("parameter_length", at, next - at, end - at);
      return;
    }
    RecordReader value(d, message, at + 4, next);
    put_parameter(value, d.u16(at));
    at = next;
  }
  if (at >= end || !d.has(end)) return;
  d.anomaly("parameter_length", at, 4, end - at);
  if (end - at < 2) return;
  d.put_number(svcb_param, 0, at, end - at);
  const Dissector::Below below(d);
  d.put(svcb_key, at, 2);
}

void read_stateful(Dissector& d, std::size_t message, std::size_t at, std::size_t end) {
  d.put_number(dso, 0, at, end - at);
  const Dissector::Below in_message(d);
  while (at + 4 <= end && d.has(at + 4)) {
    const std::size_t next = at + 4 + d.u16(at + 2);
    d.put_number(dso_tlv, 0, at, std::min(next, end) - at);
    const Dissector::Below in_part(d);
    d.put(dso_type, at, 2);
    d.put(dso_length, at + 2, 2);
    if (next > end) {
      d.anomaly("part_length", at, next - at, end - at);
      return;
    }
    RecordReader reader(d, message, at + 4, next);
    reader.run(steps_of_stateful(d.u16(at)));
    at = next;
  }
}

}  // namespace flowloom::dns
