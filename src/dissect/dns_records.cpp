#include "dissect/dns_records.hpp"

#include <algorithm>
#include <array>

#include "dissect/dns_reader.hpp"

namespace flowloom::dns {
namespace {

/// RFC 1035 §3.4.2: ports, a bit each. Bytes without any are left out.
void ports(RecordReader& reader) {
  for (; reader.left() != 0 && reader.has(1); reader.skip(1)) {
    if (reader.dissector().u8(reader.at()) != 0) reader.dissector().put(wks_bits, reader.at(), 1);
  }
}

/// It may be left out.
void subaddress(RecordReader& reader) {
  if (reader.left() > 1) reader.run(isdn_subaddress);
}

void location(RecordReader& reader) {
  if (reader.number() == 0) {
    reader.run(loc);
  } else {
    reader.dissector().put(loc_unknown, reader.begin(), reader.end() - reader.begin());
  }
}

/// The length that it has as text is before it, as in Wireshark: the packet does not have it.
void replacement(RecordReader& reader) {
  if (!reader.has(1)) return;
  const DomainName found = reader.name();
  if (found.end == 0) return;
  reader.dissector().put_number(naptr_length, found.length & 0xFF, reader.at(), found.end - reader.at());
  reader.run(naptr_replacement);
}

/// RFC 2874 §3.1: the end of an address, and who has its begin.
void address_behind_prefix(RecordReader& reader) {
  constexpr std::size_t kBits = 128;
  const std::size_t prefix = reader.number();
  if (prefix > kBits) {
    reader.dissector().anomaly("record_prefix", reader.at());
    return;
  }
  const std::size_t size = (kBits - prefix + 7) / 8;
  if (!reader.has(size)) return;
  if (size != 0) {
    std::array<char, kBits / 8> address = {};
    const Bytes there = reader.dissector().bytes(reader.at(), size);
    std::copy(there.begin(), there.end(), address.end() - static_cast<std::ptrdiff_t>(size));
    reader.dissector().put_made(a6_suffix, {address.data(), address.size()}, reader.at(), size);
    reader.skip(size);
  }
  if (prefix != 0) reader.run(a6_prefix);
}

/// RFC 3123 §4: addresses without the zeros at their end.
void prefixes(RecordReader& reader) {
  Dissector& d = reader.dissector();
  while (reader.left() > 1 && reader.run(apl_family)) {
    const std::uint64_t family = reader.number();
    if (!reader.run(apl)) return;
    const std::size_t size = reader.number();
    if (!reader.has(size)) return;
    if (family == 1 && size <= 4) {
      std::array<char, 4> address = {};
      const Bytes there = d.bytes(reader.at(), size);
      std::copy(there.begin(), there.end(), address.begin());
      d.put_made(apl_ipv4, {address.data(), address.size()}, reader.at(), size);
    } else if (family == 2 && size <= 16) {
      d.put_prefix(apl_ipv6, reader.at(), size);
    } else {
      d.put(apl_other, reader.at(), size);
    }
    reader.skip(size);
  }
}

void proxied(RecordReader& reader) {
  const std::uint64_t version = reader.number();
  if (version != 4 && version != 6) return;
  if (reader.run(xpf_protocol) && reader.run(version == 4 ? xpf_ipv4 : xpf_ipv6)) reader.run(xpf_ports);
}

void wins_servers(RecordReader& reader) {
  for (std::uint64_t left = reader.number(); left != 0 && reader.left() != 0; --left) {
    if (!reader.run(wins_server)) return;
  }
}

void types_to_copy(RecordReader& reader) {
  reader.dissector().put(csync_types, reader.at(), reader.left());
  reader.types();
}

constexpr Form kForms[] = {
    {2, ns},
    {3, md},
    {4, mf},
    {5, cname},
    {6, soa},
    {7, mb},
    {8, mg},
    {9, mr},
    {10, null},
    {11, wks, ports},
    {12, ptr},
    {13, hinfo},
    {14, minfo},
    {15, mx},
    {16, txt, [](RecordReader& reader) { reader.repeat(txt); }},
    {17, rp},
    {18, afsdb},
    {19, x25},
    {20, isdn, subaddress},
    {21, rt},
    {22, nsap},
    {23, nsap_ptr},
    {26, px},
    {27, gpos},
    {29, loc_version, location},
    {35, naptr, replacement},
    {36, kx},
    {38, a6_length, address_behind_prefix},
    {39, dname},
    {42, {}, prefixes},
    {49, dhcid},
    {62, csync, types_to_copy},
    {63, zonemd},
    {99, spf, [](RecordReader& reader) { reader.repeat(spf); }},
    {104, nid},
    {105, l32},
    {106, l64},
    {107, lp},
    {108, eui48},
    {109, eui64},
    {65281, wins, wins_servers},
    {65282, winsr},
    {65422, xpf, proxied},
};

const Form* form_of(std::span<const Form> forms, unsigned type) {
  const auto found = std::lower_bound(forms.begin(), forms.end(), type,
                                      [](const Form& form, unsigned sought) { return form.type < sought; });
  return found != forms.end() && found->type == type ? &*found : nullptr;
}

}  // namespace

void read_record(RecordReader& reader, unsigned type) {
  Dissector& d = reader.dissector();
  if (type == 1 || type == 28) {
    const std::size_t size = type == 1 ? 4 : 16;
    if (reader.left() == size) d.put(type == 1 ? a : aaaa, reader.at(), size);
    return;
  }
  const Form* form = form_of(kForms, type);
  if (form == nullptr) form = form_of(security_forms(), type);
  if (form == nullptr) {
    d.put(unknown, reader.at(), reader.left());
  } else if (reader.run(form->steps) && form->behind != nullptr) {
    form->behind(reader);
  }
}

}  // namespace flowloom::dns
