#include "dissect/link/radiotap.hpp"

#include <bit>
#include <span>

#include "dissect/dissector.hpp"
#include "dissect/link/wlan.hpp"

namespace flowloom::radiotap {
namespace {

constexpr unsigned kFlagsBit = 1, kNamespace = 29, kVendor = 30, kMore = 31;
constexpr std::uint8_t kChecked = 0x10, kPadded = 0x20;

/// Places of fields whose length is known (https://www.radiotap.org/fields/defined), by bit.
struct Shape {
  std::uint8_t align = 0, size = 0;
};
constexpr Shape kShapes[] = {{8, 8},  {1, 1},  {1, 1},  {2, 4},  {2, 2}, {1, 1}, {1, 1},
                             {2, 2},  {2, 2},  {2, 2},  {1, 1},  {1, 1}, {1, 1}, {1, 1},
                             {2, 2},  {2, 2},  {1, 1},  {1, 1},  {4, 8}, {1, 3}, {4, 8},
                             {2, 12}, {8, 12}, {2, 12}, {2, 12}, {2, 6}, {1, 1}, {2, 4}};

std::uint16_t little16(const std::uint8_t* at) { return __builtin_bswap16(load_be16(at)); }
std::uint32_t little32(const std::uint8_t* at) { return __builtin_bswap32(load_be32(at)); }

/// Calls `use(bit, at, size)` for each field in the header until one is of unknown length or a vendor's.
/// Pre: the header's 8 bytes are there.
template <class Use>
void for_each_field(Bytes header, Use use) {
  std::size_t words = 1;
  while ((little32(header.data() + 4 * words) >> kMore) != 0 && 4 * (words + 2) <= header.size()) ++words;
  std::size_t at = 4 + 4 * words;
  for (std::size_t i = 0; i < words; ++i) {
    const std::uint32_t bits = little32(header.data() + 4 + 4 * i);
    for (unsigned bit = 0; bit < kNamespace; ++bit) {
      if ((bits >> bit & 1) == 0) continue;
      if (bit >= std::size(kShapes)) return;
      const Shape shape = kShapes[bit];
      at = (at + shape.align - 1U) / shape.align * shape.align;
      if (at + shape.size > header.size()) return;
      use(bit, at, std::size_t{shape.size});
      at += shape.size;
    }
    // Without a new beginning, the next word's bits go on counting: nobody has given them a meaning.
    if ((bits >> kVendor & 1) != 0 || (bits >> kNamespace & 1) == 0) return;
  }
}

void put_bits_of(Dissector& d, std::span<const Field* const> fields, std::uint32_t bits, std::size_t at,
                 std::size_t size) {
  const Dissector::Below below(d);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i] != nullptr) d.put_number(*fields[i], bits >> i & 1, at, size);
  }
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
    case 14:
      d.put_little(rxflags, at, size);
      d.put_number(bad_plcp, data[0] >> 1 & 1, at, size);
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
  if (d.wants_values()) {
    d.put_little(length, 2, 2);
    d.put_number(present, 0, 4, 4);
  }
  if (size < protocol.min_length) {
    d.anomaly("header_length", 2, protocol.min_length, size);
    return Next::nothing();
  }
  const bool whole = d.set_header(size);
  if (d.wants_values()) {
    const Bytes header = d.bytes(0, size);
    const Dissector::Below below(d);
    for (std::size_t at = 4; at + 4 <= header.size(); at += 4) {
      const std::uint32_t bits = little32(header.data() + at);
      d.put_little(present_word, at, 4);
      put_bits_of(d, kPresent, bits, at, 4);
      if ((bits >> kMore) == 0) break;
    }
  }
  if (d.wants_values()) {
    const Bytes header = d.bytes(0, size);
    for_each_field(header, [&](unsigned bit, std::size_t at, std::size_t field_size) {
      put_field(d, header, bit, at, field_size);
    });
  }
  return whole ? d.to(wlan::protocol) : Next::nothing();
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
