#include "dissect/link/radiotap.hpp"

#include <bit>
#include <span>

#include "dissect/dissector.hpp"
#include "dissect/link/wlan.hpp"

namespace flowloom::radiotap {
namespace {

constexpr unsigned kFlagsBit = 1, kRetries = 16, kEmpty = 26, kTypeLength = 28, kNamespace = 29, kVendor = 30,
                   kMore = 31;
constexpr unsigned kS1g = 32;  ///< a type that no bit has
constexpr std::size_t kVendorHead = 6, kS1gSize = 6;
constexpr std::uint8_t kChecked = 0x10, kPadded = 0x20;

/// Places of fields whose length is known (https://www.radiotap.org/fields/defined), by bit.
struct Shape {
  std::uint8_t align = 0, size = 0;
};
constexpr Shape kShapes[] = {{8, 8},  {1, 1},  {1, 1},  {2, 4},  {2, 2}, {1, 1}, {1, 1},
                             {2, 2},  {2, 2},  {2, 2},  {1, 1},  {1, 1}, {1, 1}, {1, 1},
                             {2, 2},  {2, 2},  {1, 1},  {1, 1},  {4, 8}, {1, 3}, {4, 8},
                             {2, 12}, {8, 12}, {2, 12}, {2, 12}, {2, 6}, {1, 1}, {2, 4}};

constexpr std::size_t aligned(std::size_t at, std::size_t to) { return (at + to - 1) / to * to; }

/// How many words say what is present; the last one may say that more follow, behind the header's end.
/// Pre: 8 bytes are there.
std::size_t words_of(Bytes header) {
  std::size_t words = 1;
  while ((little32(header.data() + 4 * words) >> kMore) != 0 && 4 * (words + 2) <= header.size()) ++words;
  return words;
}

bool has_all_words(Bytes header) { return (little32(header.data() + 4 * words_of(header)) >> kMore) == 0; }

/// The same as below of what is said by type and length.
template <class Use>
void for_each_by_type(Bytes header, std::size_t at, Use use) {
  for (at = aligned(at, 4); at + 4 <= header.size();) {
    const unsigned type = little16(header.data() + at);
    const std::size_t size = little16(header.data() + at + 2), data = at + 4;
    if (size > header.size() - data) return;
    const bool shaped = type < std::size(kShapes) && type != kRetries;
    if (!shaped && type != kS1g && type != kVendor) return;  // as Wireshark: nothing is known of the rest
    const std::size_t needed = shaped ? kShapes[type].size : type == kS1g ? kS1gSize : 0;
    if (size >= needed && needed != 0) use(type, data, needed);
    at = aligned(data + size, 4);
  }
}

/// Calls `use(bit, at, size)` for each field in the header until one is of unknown length; a vendor's are
/// one. Pre: the header's 8 bytes are there.
template <class Use>
void for_each_field(Bytes header, Use use) {
  if (!has_all_words(header)) return;
  const std::size_t words = words_of(header);
  const auto word = [&](std::size_t i) { return little32(header.data() + 4 + 4 * i); };
  const auto has_bit = [&](std::size_t i, unsigned bit) { return (word(i) >> bit & 1) != 0; };
  for (std::size_t i = 0; i < words; ++i) {
    if (has_bit(i, kNamespace) && has_bit(i, kVendor)) return;  // contradicts itself: as Wireshark
  }
  std::size_t at = 4 + 4 * words;
  bool vendors = false;  // the word's bits are
  for (std::size_t i = 0; i < words; ++i) {
    for (unsigned bit = 0; !vendors && bit < std::size(kShapes); ++bit) {
      if (!has_bit(i, bit)) continue;
      const Shape shape = kShapes[bit];
      at = aligned(at, shape.align);
      if (at + shape.size > header.size()) return;
      use(bit, at, std::size_t{shape.size});
      at += shape.size;
    }
    if (!vendors && has_bit(i, kTypeLength)) return for_each_by_type(header, at, use);
    if (has_bit(i, kVendor)) {
      at = aligned(at, 2);
      if (at + kVendorHead > header.size()) return;
      const std::size_t size = kVendorHead + little16(header.data() + at + 4);
      if (size > header.size() - at) return;
      use(kVendor, at, size);
      at += size;
      vendors = true;
    } else if (has_bit(i, kNamespace)) {
      vendors = false;
    } else if (!vendors) {
      return;  // the next word's bits would go on counting: nobody has given them a meaning
    }
  }
}

void put_bits_of(Dissector& d, std::span<const Field* const> fields, std::uint32_t bits, std::size_t at,
                 std::size_t size) {
  const Dissector::Below below(d);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i] != nullptr) d.put_number(*fields[i], bits >> i & 1, at, size);
  }
}

void put_present(Dissector& d, Bytes header) {
  const std::size_t words = words_of(header);
  d.put_number(present, 0, 4, 4 * words);
  const Dissector::Below below(d);
  bool ours = true;  // else only the last bits mean what they mean in the first word
  for (std::size_t at = 4; at < 4 + 4 * words; at += 4) {
    const std::uint32_t bits = little32(header.data() + at);
    const bool standard = (bits >> kNamespace & 1) != 0, vendors = (bits >> kVendor & 1) != 0;
    d.put_little(present_word, at, 4);
    if (standard && vendors) continue;  // contradicts itself
    const std::span<const Field* const> all = kPresent;
    const std::size_t first = ours ? 0 : kNamespace;
    put_bits_of(d, all.subspan(first), bits >> first, at, 4);
    ours = standard;
  }
}

void put_vendor(Dissector& d, std::size_t at, std::size_t size) {
  d.put(vendor_namespace, at, size);
  const Dissector::Below below(d);
  d.put(vendor_oui, at, 3);
  d.put(vendor_part, at + 3, 1);
  d.put_little(vendor_length, at + 4, 2);
  d.put_number(vendor_data, 0, at + kVendorHead, size - kVendorHead);
}

void put_field(Dissector& d, Bytes header, unsigned bit, std::size_t at, std::size_t size) {
  const std::uint8_t* const data = header.data() + at;
  switch (bit) {
    case 0:
      d.put_little(mactime, at, size);
      return;
    case kFlagsBit:
      d.put(flags, at, size);
      put_bits_of(d, kFlags, *data, at, size);
      return;
    case 2: {
      const double rate = *data * 0.5;  // units of 500 kbit/s
      d.put_number(datarate, std::bit_cast<std::uint64_t>(rate), at, size);
      return;
    }
    case 3:
      d.put_little(channel_freq, at, 2);
      d.put_little(channel_flags, at + 2, 2);
      put_bits_of(d, kChannelFlags, little16(data + 2), at + 2, 2);
      return;
    case 4:
      d.put(hopset, at, 1);
      d.put(pattern, at + 1, 1);
      return;
    case 8:
      d.put_little(attenuation, at, size);
      return;
    case 14:
      d.put_little(rxflags, at, size);
      d.put_number(bad_plcp, data[0] >> 1 & 1, at, size);
      return;
    case 15:
      d.put_little(txflags, at, size);
      put_bits_of(d, kTxFlags, little16(data), at, size);
      return;
    case kRetries:  // of RTS; Wireshark does not know it
      d.put(unknown_data, at, size);
      return;
    case 17:
      d.put(data_retries, at, size);
      return;
    case 18:
      put_xchannel(d, at);
      return;
    case 19:
      put_mcs(d, datarate, at);
      return;
    case 20:
      put_ampdu(d, at);
      return;
    case 21:
      put_vht(d, at);
      return;
    case 22:
      put_timestamp(d, at);
      return;
    case 23:
      put_he(d, at);
      return;
    case 24:
      put_he_mu(d, at);
      return;
    case kEmpty:
      d.put(psdu_type, at, size);
      return;
    case 27:
      put_l_sig(d, at);
      return;
    case kVendor:
      put_vendor(d, at, size);
      return;
    case kS1g:
      d.put_little(tlv_type, at - 4, 2);
      d.put_little(tlv_length, at - 2, 2);
      put_s1g(d, at);
      return;
    case 5:
    case 6:
    case 7:
    case 9:
    case 10:
    case 11:
    case 12:
    case 13: {
      static constexpr const Field* kFields[] = {&dbm_signal, &dbm_noise,      &quality,
                                                 nullptr,     &db_attenuation, &txpower,
                                                 &antenna,    &db_signal,      &db_noise};
      const Field& field = *kFields[bit - 5];
      if (size == 1) {
        d.put(field, at, size);
      } else {
        d.put_little(field, at, size);
      }
      return;
    }
    default:
      return;
  }
}

}  // namespace

Next dissect(Dissector& d) {
  const std::uint16_t size = __builtin_bswap16(d.u16(2));
  if (d.wants_values()) d.put_little(length, 2, 2);
  if (size < protocol.min_length) {
    d.anomaly("header_length", 2, protocol.min_length, size);
    return Next::nothing();
  }
  const bool whole = d.set_header(size);
  if (d.wants_values()) {
    const Bytes header = d.bytes(0, size);
    if (!whole || has_all_words(header)) {
      put_present(d, header);
    } else {
      d.anomaly("header_length", 2, size + 4U, size);
    }
    for_each_field(header, [&](unsigned bit, std::size_t at, std::size_t field_size) {
      put_field(d, header, bit, at, field_size);
    });
  }
  const bool empty = (d.u8(4 + kEmpty / 8) >> kEmpty % 8 & 1) != 0;
  return whole && !empty ? d.to(wlan::protocol) : Next::nothing();
}

Said said(const Dissector& d) {
  Said said;
  if (!d.over(protocol)) return said;
  const Layer& layer = d.parent();
  const Bytes header(layer.data, layer.header);
  for_each_field(header, [&](unsigned bit, std::size_t at, std::size_t) {
    if (bit != kFlagsBit) return;
    said.checked = (header[at] & kChecked) != 0;
    said.padded = (header[at] & kPadded) != 0;
  });
  return said;
}

}  // namespace flowloom::radiotap
