#include "dissect/radiotap_rates.hpp"

#include <bit>
#include <cmath>

#include "dissect/dissector.hpp"

namespace flowloom::radiotap {
namespace {

constexpr std::uint8_t kKnowsBandwidth = 1, kKnowsIndex = 2, kKnowsGuard = 4, kKnowsNess = 0x40;
/// Of VHT: what the rates follow from.
constexpr std::uint32_t kVhtKnowsStbc = 1, kVhtKnowsGuard = 4, kVhtKnowsBandwidth = 0x40,
                        kVhtKnowsGroup = 0x80, kVhtKnowsPartial = 0x100;

constexpr double kSymbol = 4.0, kShortSymbol = 3.6;  // µs
/// Carriers of data by width.
constexpr double kCarriers20 = 52, kCarriers40 = 108, kCarriers80 = 234, kCarriers160 = 468;

/// Data bits that a symbol has on a carrier, by MCS index: IEEE 802.11-2020, tables 19-27 to 19-41, 21-29 and
/// the following, in twelfths.
constexpr std::uint8_t kPerCarrier[] = {6, 12, 18, 24, 36, 48, 54, 60, 72, 80};
/// The same of the MCS indices from 33 on, whose streams are modulated differently.
constexpr std::uint16_t kUnequal[] = {
    36, 48, 60, 54, 72,  90, 48,  60,  60,  72,  84, 84,  96,  72,  90,  90,  108, 126, 126, 144, 60,  72,
    84, 72, 84, 96, 108, 96, 108, 120, 120, 132, 90, 108, 126, 108, 126, 144, 162, 144, 162, 180, 180, 198};
constexpr unsigned kFirstUnequal = 33, kDuplicate = 32;

/// Mbit/s; 0 for an index that does not exist.
double ht_rate(unsigned index, bool wide, bool guard_short) {
  double twelfths = 0;
  if (index < kDuplicate) {
    const unsigned streams = index / 8 + 1;
    twelfths = kPerCarrier[index % 8] * streams;
  } else if (index == kDuplicate) {
    twelfths = 12 * 12 / kCarriers20;  // 12 bits of a symbol are those of all carriers
  } else if (index - kFirstUnequal < std::size(kUnequal)) {
    twelfths = kUnequal[index - kFirstUnequal];
  }
  return twelfths / 12 * (wide ? kCarriers40 : kCarriers20) / (guard_short ? kShortSymbol : kSymbol);
}

/// Mbit/s of one stream, rounded as in the standard's tables; 0 for what does not exist.
double vht_rate(unsigned index, unsigned bandwidth, bool guard_short) {
  if (index >= std::size(kPerCarrier) || bandwidth >= std::size(kVhtBandwidths)) return 0;
  const std::string_view width = kVhtBandwidths[bandwidth].text;
  const double carriers = width.starts_with("20")   ? kCarriers20
                          : width.starts_with("40") ? kCarriers40
                          : width.starts_with("80") ? kCarriers80
                                                    : kCarriers160;
  const double rate = kPerCarrier[index] * carriers / 12 / (guard_short ? kShortSymbol : kSymbol);
  return std::floor(rate * 10 + 0.5 + 1e-9) / 10;
}

void put_rate(Dissector& d, const Field& field, double rate, std::size_t at, std::size_t size) {
  d.put_number(field, std::bit_cast<std::uint64_t>(rate), at, size);
}

void put_vht_user(Dissector& d, unsigned user, std::size_t at, std::uint32_t known) {
  const Field* const fields = kVhtUsers.data() + std::size_t{user} * kVhtUserParts;
  const std::uint8_t said = d.u8(at + 4 + user), flags = d.u8(at + 2), bandwidth = d.u8(at + 3);
  const unsigned index = said >> 4U, streams = said & 0xfU;
  if (streams == 0) return;
  d.put_number(vht_user, user, at + 4, 5);
  const Dissector::Below below(d);
  d.put_bits(fields[kIndex], at);
  d.put_bits(fields[kStreams], at);
  if ((known & kVhtKnowsStbc) != 0)
    d.put_number(fields[kSpaceTimeStreams], streams << (flags & 1U), at + 4 + user, 1);
  d.put_bits(fields[kCoding], at);
  if ((known & kVhtKnowsGuard) == 0 || (known & kVhtKnowsBandwidth) == 0 || streams > 8) return;
  const double rate = vht_rate(index, bandwidth, (flags & 4U) != 0);
  if (rate > 0) put_rate(d, fields[kRate], rate * streams, at, 12);
}

}  // namespace

void put_bits_of(Dissector& d, std::span<const Bits> parts, std::uint32_t number, std::size_t at,
                 std::size_t size, std::uint32_t known) {
  const Dissector::Below below(d);
  for (const Bits& part : parts) {
    if (part.flag != Bits::kAlways && ((known >> part.flag & 1) != 0) != part.known) continue;
    d.put_number(part, number >> part.shift & ((1U << part.count) - 1), at, size);
  }
}

void put_xchannel(Dissector& d, std::size_t at) {
  d.put(xchannel_channel, at + 6, 1);
  d.put_little(xchannel_freq, at + 4, 2);
  d.put_little(xchannel_flags, at, 4);
  put_bits_of(d, kXchannelFlags, __builtin_bswap32(d.u32(at)), at, 4);
}

void put_mcs(Dissector& d, const Field& rate, std::size_t at) {
  const std::uint8_t known = d.u8(at), said = d.u8(at + 1), index = d.u8(at + 2);
  d.put_number(mcs, 0, at, 3);
  {
    const Dissector::Below below(d);
    d.put(mcs_known, at, 1);
    {
      const Dissector::Below bits(d);
      for (const Field& field : kMcsKnown) d.put_bits(field, at);
      if ((known & kKnowsNess) != 0) d.put_bits(mcs_ness_high, at);
    }
    for (std::size_t i = 0; i < kMcsParts.size(); ++i) {
      if ((known >> kMcsPartFlags[i] & 1) != 0) d.put_bits(kMcsParts[i], at);
    }
    if ((known & kKnowsIndex) != 0) d.put_bits(mcs_index, at);
  }
  constexpr unsigned kNeeded = kKnowsBandwidth | kKnowsIndex | kKnowsGuard;
  if ((known & kNeeded) != kNeeded) return;
  const double speed = ht_rate(index, (said & 3U) == 1, (said & 4U) != 0);
  if (speed > 0) put_rate(d, rate, speed, at, 3);
}

void put_ampdu(Dissector& d, std::size_t at) {
  constexpr std::uint16_t kKnowsDelimiter = 0x20;
  const std::uint16_t flags = __builtin_bswap16(d.u16(at + 4));
  d.put_number(ampdu, 0, at, 8);
  const Dissector::Below below(d);
  d.put_little(ampdu_reference, at, 4);
  d.put_little(ampdu_flags, at + 4, 2);
  put_bits_of(d, kAmpduFlags, flags, at + 4, 2);
  if ((flags & kKnowsDelimiter) != 0) d.put(ampdu_delimiter, at + 6, 1);
}

void put_vht(Dissector& d, std::size_t at) {
  const std::uint32_t known = __builtin_bswap16(d.u16(at));
  d.put_number(vht, 0, at, 12);
  const Dissector::Below below(d);
  d.put_number(vht_known, known >> 8, at,
               2);  // Wireshark's type has one byte, which it takes from the second
  {
    const Dissector::Below bits(d);
    for (const Field& field : kVhtKnown) d.put_bits(field, at);
  }
  for (std::size_t i = 0; i < kVhtFlags.size(); ++i) {
    if ((known >> i & 1) != 0) d.put_bits(kVhtFlags[i], at);
  }
  if ((known & kVhtKnowsBandwidth) != 0) d.put_bits(vht_bandwidth, at);
  for (unsigned user = 0; user < 4; ++user) put_vht_user(d, user, at, known);
  if ((known & kVhtKnowsGroup) != 0) d.put_bits(vht_group, at);
  if ((known & kVhtKnowsPartial) != 0) d.put_little(vht_partial, at + 10, 2);
}

void put_timestamp(Dissector& d, std::size_t at) {
  constexpr std::uint8_t kKnowsAccuracy = 2;
  d.put_number(timestamp, 0, at, 12);
  const Dissector::Below below(d);
  d.put_little(timestamp_ts, at, 8);
  if ((d.u8(at + 11) & kKnowsAccuracy) != 0) d.put_little(timestamp_accuracy, at + 8, 2);
  for (const Field& field : kTimestampParts) d.put_bits(field, at);
}

}  // namespace flowloom::radiotap
