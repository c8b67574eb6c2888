#include "dissect/dns_security.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "dissect/dns_reader.hpp"
#include "dissect/dns_records.hpp"

namespace flowloom::dns {
namespace {

/// RFC 4034 Appendix B, of the whole record's data. Nothing if that is not all there.
void put_key_tag(RecordReader& reader, const Field& field, std::uint64_t algorithm) {
  constexpr std::uint64_t kRsaMd5 = 1;
  Dissector& d = reader.dissector();
  const std::size_t size = reader.end() - reader.begin();
  const Bytes data = d.bytes(reader.begin(), size);
  if (data.size() != size || size < 4) return;
  std::uint64_t sum = 0;
  if (algorithm == kRsaMd5) {
    sum = load_be<2>(&data[size - 3]);
  } else {
    for (std::size_t i = 0; i < size; ++i) sum += (i & 1) != 0 ? data[i] : std::uint64_t{data[i]} << 8;
    sum += sum >> 16;
  }
  d.put_number(field, sum & 0xFFFF, reader.begin(), size);
}

void key_behind_flags(RecordReader& reader) {
  constexpr std::uint64_t kNone = 0xC000;
  if ((reader.number() & kNone) != kNone) reader.run(key_uses);
  if (!reader.run(key_kind)) return;
  put_key_tag(reader, key_tag, reader.number());
  reader.run(key_itself);
}

void zone_key(RecordReader& reader) {
  put_key_tag(reader, dnskey_tag, reader.number());
  reader.run(dnskey_itself);
}

/// RFC 2535 §5.2: a bit for each of the first types.
void first_types(RecordReader& reader) {
  Dissector& d = reader.dissector();
  for (unsigned type = 0; reader.left() != 0 && reader.has(1); reader.skip(1)) {
    for (unsigned bit = 0x80; bit != 0; bit >>= 1, ++type) {
      if ((d.u8(reader.at()) & bit) != 0) d.put_number(resp_type, type, reader.at(), 1);
    }
  }
}

/// RFC 4648 §7, in lower case and without padding.
void put_hash(RecordReader& reader, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
  std::array<char, (255 * 8 + 4) / 5> text;
  std::size_t digits = 0;
  unsigned bits = 0, waiting = 0;
  for (const std::uint8_t byte : reader.dissector().bytes(reader.at(), size)) {
    bits = bits << 8 | byte;
    for (waiting += 8; waiting >= 5; waiting -= 5) text[digits++] = kDigits[bits >> (waiting - 5) & 31];
    bits &= 31;
  }
  if (waiting != 0) text[digits++] = kDigits[bits << (5 - waiting) & 31];
  reader.dissector().put_made(nsec3_hash, {text.data(), digits}, reader.at(), size);
  reader.skip(size);
}

void hashed_types(RecordReader& reader) {
  if (!reader.run(nsec3_opt_out) || !reader.run(nsec3_salt) || !reader.run(nsec3_length)) return;
  const std::size_t size = reader.number();
  if (!reader.has(size)) return;
  put_hash(reader, size);
  reader.types();
}

void gateway(RecordReader& reader) {
  const unsigned kind = reader.dissector().u8(reader.begin() + 1);
  const bool known = kind == 1   ? reader.run(ipseckey_ipv4)
                     : kind == 2 ? reader.run(ipseckey_ipv6)
                     : kind == 3 ? reader.run(ipseckey_name)
                                 : true;
  if (known) reader.run(ipseckey_key);
}

void identity(RecordReader& reader) {
  const std::size_t tag = reader.dissector().u8(reader.begin()), key = reader.number();
  if (reader.take(hip_tag, tag) && reader.take(hip_key, key)) reader.repeat(hip_servers);
}

/// The value of a property has a name of its own if the property is known, and is put before its parts.
void property(RecordReader& reader) {
  Dissector& d = reader.dissector();
  const std::size_t at = reader.at(), tag = d.u8(at);
  if (!reader.has(1) || !reader.has(1 + tag)) return;
  const Bytes name = d.bytes(at + 1, tag), value = d.bytes(at + 1 + tag, reader.left() - 1 - tag);
  const auto is = [&](std::string_view sought) {
    return std::equal(name.begin(), name.end(), sought.begin(), sought.end());
  };
  const Field& whole = is("issue")       ? caa_issue
                       : is("issuewild") ? caa_issue_wild
                       : is("iodef")     ? caa_report
                                         : caa_unknown;
  d.put_made(whole, {reinterpret_cast<const char*>(value.data()), value.size()}, at, reader.left());
  const Dissector::Below below(d);
  reader.run(caa_property);
}

constexpr Form kForms[] = {
    {24, rrsig},
    {25, key, key_behind_flags},
    {30, nxt, first_types},
    {37, cert},
    {43, ds},
    {44, sshfp},
    {45, ipseckey, gateway},
    {46, rrsig},
    {47, nsec, [](RecordReader& reader) { reader.types(); }},
    {48, dnskey, zone_key},
    {50, nsec3, hashed_types},
    {51, nsec3, [](RecordReader& reader) { reader.run(nsec3_salt); }},
    {52, tlsa},
    {55, hip_lengths, identity},
    {59, ds},
    {60, dnskey, zone_key},
    {61, openpgpkey},
    {249, tkey},
    {250, tsig},
    {257, caa, property},
    {32769, ds},
};

}  // namespace

std::span<const Form> security_forms() { return kForms; }

}  // namespace flowloom::dns
