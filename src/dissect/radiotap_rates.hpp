// Radiotap's fields for 802.11n and 802.11ac: extended channels, MCS, A-MPDU, VHT, time stamps
// (https://www.radiotap.org/fields/defined). Bits count from the first byte of each.
#pragma once

#include <array>
#include <cstdint>

#include "dissect/radiotap_bits.hpp"

namespace flowloom::radiotap {
inline constexpr Field xchannel_channel =
    value("radiotap.xchannel.channel", Kind::uint, "Extended channel's number");
inline constexpr Field xchannel_freq =
    value("radiotap.xchannel.freq", Kind::uint, "Extended channel's frequency, MHz");
inline constexpr Field xchannel_flags =
    value("radiotap.xchannel.flags", Kind::uint, "Extended channel's flags").hex();
inline constexpr auto kXchannelFlags = std::to_array<Bits>({
    flag_at("radiotap.xchannel.flags.turbo", "Turbo", 4, 24),
    flag_at("radiotap.xchannel.flags.cck", "CCK", 5, 24),
    flag_at("radiotap.xchannel.flags.ofdm", "OFDM", 6, 24),
    flag_at("radiotap.xchannel.flags.2ghz", "2.4 GHz", 7, 24),
    flag_at("radiotap.xchannel.flags.5ghz", "5 GHz", 8, 24),
    flag_at("radiotap.channel.xtype.passive", "Only passive scans", 9, 24),
    flag_at("radiotap.xchannel.flags.dynamic", "CCK and OFDM", 10, 24),
    flag_at("radiotap.xchannel.flags.gfsk", "GFSK", 11, 24),
    flag_at("radiotap.xchannel.flags.gsm", "GSM", 12, 24),
    flag_at("radiotap.xchannel.flags.sturbo", "Static turbo", 13, 24),
    flag_at("radiotap.xchannel.flags.half", "10 MHz wide", 14, 24),
    flag_at("radiotap.xchannel.flags.quarter", "5 MHz wide", 15, 24),
    flag_at("radiotap.xchannel.flags.ht20", "HT, 20 MHz wide", 16, 24),
    flag_at("radiotap.xchannel.flags.ht40u", "HT, 40 MHz wide, the extension above", 17, 24),
    flag_at("radiotap.xchannel.flags.ht40d", "HT, 40 MHz wide, the extension below", 18, 24),
});

inline constexpr Field mcs = value("radiotap.mcs", Kind::none, "Rate of 802.11n");
inline constexpr Field mcs_known = value("radiotap.mcs.known", Kind::uint, "What is known", 8).hex();
inline constexpr auto kMcsKnown = part({
    flag("radiotap.mcs.have_bw", 7, "Bandwidth known"),
    flag("radiotap.mcs.have_index", 6, "Index known"),
    flag("radiotap.mcs.have_gi", 5, "Guard interval known"),
    flag("radiotap.mcs.have_format", 4, "Format known"),
    flag("radiotap.mcs.have_fec", 3, "Error correction known"),
    flag("radiotap.mcs.have_stbc", 2, "STBC known"),
    flag("radiotap.mcs.have_ness", 1, "Extension spatial streams known"),
});
inline constexpr Field mcs_ness_high =
    bits("radiotap.mcs.ness_bit1", 0, 1, "Extension spatial streams, upper bit").when_parsed();
inline constexpr Label kMcsBandwidths[] = {
    {0, "20 MHz"}, {1, "40 MHz"}, {2, "20 MHz lower"}, {3, "20 MHz upper"}};
inline constexpr Label kGuardIntervals[] = {{0, "long"}, {1, "short"}};
inline constexpr Label kMcsFormats[] = {{0, "mixed"}, {1, "greenfield"}};
inline constexpr Label kCodings[] = {{0, "BCC"}, {1, "LDPC"}};
inline constexpr auto kMcsParts = part({
    bits("radiotap.mcs.bw", 14, 2, "Bandwidth").named(kMcsBandwidths),
    bits("radiotap.mcs.gi", 13, 1, "Guard interval").named(kGuardIntervals),
    bits("radiotap.mcs.format", 12, 1, "Format").named(kMcsFormats),
    bits("radiotap.mcs.fec", 11, 1, "Error correction").named(kCodings),
    bits("radiotap.mcs.stbc", 9, 2, "Streams of space-time block codes"),
    bits("radiotap.mcs.ness_bit0", 8, 1, "Extension spatial streams, lower bit"),
});
/// Which bit of what is known tells of each of them.
inline constexpr std::uint8_t kMcsPartFlags[] = {0, 2, 3, 4, 5, 6};
inline constexpr Field mcs_index = uint("radiotap.mcs.index", 2, 1, "MCS index").when_parsed();

inline constexpr Field ampdu = value("radiotap.ampdu", Kind::none, "A-MPDU");
inline constexpr Field ampdu_reference =
    value("radiotap.ampdu.reference", Kind::uint, "A-MPDU's reference number");
inline constexpr Field ampdu_flags = value("radiotap.ampdu.flags", Kind::uint, "A-MPDU's flags", 16).hex();
inline constexpr auto kAmpduFlags = std::to_array<Bits>({
    flag_at("radiotap.ampdu.flags.report_zerolen", "Subframes of length 0 are reported", 0, 16),
    flag_at("radiotap.ampdu.flags.is_zerolen", "Subframe of length 0", 1, 16),
    flag_at("radiotap.ampdu.flags.lastknown", "Last subframe known", 2, 16),
    flag_at("radiotap.ampdu.flags.last", "Last subframe", 3, 16),
    flag_at("radiotap.ampdu.flags.delim_crc_error", "Delimiter's checksum wrong", 4, 16),
    flag_at("radiotap.ampdu.flags.eof", "End of frame", 6, 16),
    flag_at("radiotap.ampdu.flags.eof_known", "End of frame known", 7, 16),
});
inline constexpr Field ampdu_delimiter =
    value("radiotap.ampdu.delim_crc", Kind::uint, "Delimiter's checksum", 8).hex();

inline constexpr Field vht = value("radiotap.vht", Kind::none, "Rate of 802.11ac");
inline constexpr Field vht_known = value("radiotap.vht.known", Kind::uint, "What is known", 8).hex();
inline constexpr auto kVhtKnown = part({
    flag("radiotap.vht.have_stbc", 7, "STBC known"),
    flag("radiotap.vht.have_txop_ps", 6, "Sleep during TXOP known"),
    flag("radiotap.vht.have_gi", 5, "Guard interval known"),
    flag("radiotap.vht.have_sgi_nsym_da", 4, "Disambiguation of symbols known"),
    flag("radiotap.vht.ldpc_extra", 3, "Extra symbol of LDPC"),
    flag("radiotap.vht.have_beamformed", 2, "Beam forming known"),
    flag("radiotap.mcs.have_bw", 1, "Bandwidth known"),
    flag("radiotap.mcs.have_gid", 0, "Group known"),
    flag("radiotap.mcs.have_paid", 15, "Partial AID known"),
});
/// By the flag of kVhtKnown that says that it is known.
inline constexpr auto kVhtFlags = part({
    flag("radiotap.vht.stbc", 23, "Space-time block codes"),
    flag("radiotap.vht.txop_ps", 22, "Stations must not sleep during TXOP"),
    bits("radiotap.vht.gi", 21, 1, "Guard interval").named(kGuardIntervals),
    flag("radiotap.vht.sgi_nsym_da", 20, "Disambiguation of symbols of the short interval"),
    flag("radiotap.vht.ldpc_extra", 19, "Extra symbol of LDPC"),
    flag("radiotap.vht.beamformed", 18, "Beam forming"),
});
inline constexpr Label kVhtBandwidths[] = {
    {0, "20 MHz"},
    {1, "40 MHz"},
    {2, "20 MHz lower"},
    {3, "20 MHz upper"},
    {4, "80 MHz"},
    {5, "40 MHz lower"},
    {6, "40 MHz upper"},
    {7, "20 MHz, channel 1/4"},
    {8, "20 MHz, channel 2/4"},
    {9, "20 MHz, channel 3/4"},
    {10, "20 MHz, channel 4/4"},
    {11, "160 MHz"},
    {12, "80 MHz lower"},
    {13, "80 MHz upper"},
    {14, "40 MHz, channel 1/4"},
    {15, "40 MHz, channel 2/4"},
    {16, "40 MHz, channel 3/4"},
    {17, "40 MHz, channel 4/4"},
    {18, "20 MHz, channel 1/8"},
    {19, "20 MHz, channel 2/8"},
    {20, "20 MHz, channel 3/8"},
    {21, "20 MHz, channel 4/8"},
    {22, "20 MHz, channel 5/8"},
    {23, "20 MHz, channel 6/8"},
    {24, "20 MHz, channel 7/8"},
    {25, "20 MHz, channel 8/8"},
};
inline constexpr Field vht_bandwidth =
    uint("radiotap.vht.bw", 3, 1, "Bandwidth").named(kVhtBandwidths).when_parsed();
inline constexpr Field vht_user = value("radiotap.vht.user", Kind::none, "User");
/// What is said of each of the four users, one after the other.
enum VhtUserPart : std::uint8_t { kIndex, kStreams, kSpaceTimeStreams, kCoding, kRate, kVhtUserParts };
inline constexpr auto kVhtUsers = part({
    bits("radiotap.vht.mcs.0", 32, 4, "First user's MCS index"),
    bits("radiotap.vht.nss.0", 36, 4, "First user's spatial streams"),
    value("radiotap.vht.nsts.0", Kind::uint, "First user's space-time streams", 8),
    bits("radiotap.vht.coding.0", 71, 1, "First user's coding").named(kCodings),
    value("radiotap.vht.datarate.0", Kind::real, "First user's data rate, Mbit/s"),
    bits("radiotap.vht.mcs.1", 40, 4, "Second user's MCS index"),
    bits("radiotap.vht.nss.1", 44, 4, "Second user's spatial streams"),
    value("radiotap.vht.nsts.1", Kind::uint, "Second user's space-time streams", 8),
    bits("radiotap.vht.coding.1", 70, 1, "Second user's coding").named(kCodings),
    value("radiotap.vht.datarate.1", Kind::real, "Second user's data rate, Mbit/s"),
    bits("radiotap.vht.mcs.2", 48, 4, "Third user's MCS index"),
    bits("radiotap.vht.nss.2", 52, 4, "Third user's spatial streams"),
    value("radiotap.vht.nsts.2", Kind::uint, "Third user's space-time streams", 8),
    bits("radiotap.vht.coding.2", 69, 1, "Third user's coding").named(kCodings),
    value("radiotap.vht.datarate.2", Kind::real, "Third user's data rate, Mbit/s"),
    bits("radiotap.vht.mcs.3", 56, 4, "Fourth user's MCS index"),
    bits("radiotap.vht.nss.3", 60, 4, "Fourth user's spatial streams"),
    value("radiotap.vht.nsts.3", Kind::uint, "Fourth user's space-time streams", 8),
    bits("radiotap.vht.coding.3", 68, 1, "Fourth user's coding").named(kCodings),
    value("radiotap.vht.datarate.3", Kind::real, "Fourth user's data rate, Mbit/s"),
});
inline constexpr Field vht_group = uint("radiotap.vht.gid", 9, 1, "Group").when_parsed();
inline constexpr Field vht_partial = value("radiotap.vht.paid", Kind::uint, "Partial AID", 16);

inline constexpr Field timestamp = value("radiotap.timestamp", Kind::none, "Time stamp");
inline constexpr Field timestamp_ts = value("radiotap.timestamp.ts", Kind::uint, "Time of the clock", 64);
inline constexpr Field timestamp_accuracy =
    value("radiotap.timestamp.accuracy", Kind::uint, "Accuracy, in the clock's unit", 16);
inline constexpr Label kTimeUnits[] = {{0, "msec"}, {1, "usec"}, {2, "nsec"}};
inline constexpr Label kSamplingPositions[] = {
    {0, "first MPDU bit/symbol"}, {1, "signal acquisition"}, {2, "end of frame"}, {15, "undefined"}};
inline constexpr auto kTimestampParts = part({
    bits("radiotap.timestamp.unit", 84, 4, "Clock's unit").named(kTimeUnits),
    bits("radiotap.timestamp.samplingpos", 80, 4, "What the time is of").named(kSamplingPositions),
    flag("radiotap.timestamp.flags.32bit", 95, "Counter of 32 bits"),
    flag("radiotap.timestamp.flags.accuracy", 94, "Accuracy known"),
});

inline constexpr Field txflags = value("radiotap.txflags", Kind::uint, "Transmit flags", 16).hex();
inline constexpr auto kTxFlags = std::to_array<Bits>({
    flag_at("radiotap.rxflags.fail", "Too many retries", 0, 24),
    flag_at("radiotap.rxflags.cts", "Protected by CTS to itself", 1, 24),
    flag_at("radiotap.rxflags.rts", "Protected by RTS and CTS", 2, 24),
    flag_at("radiotap.rxflags.noack", "No acknowledgement is expected", 3, 24),
    flag_at("radiotap.rxflags.noseqno", "Has a sequence number", 4, 24),
    flag_at("radiotap.rxflags.order", "Must not be reordered", 5, 24),
});

inline constexpr auto kRateFields = together(
    xchannel_channel, xchannel_freq, xchannel_flags, kXchannelFlags, mcs, mcs_known, kMcsKnown, mcs_ness_high,
    kMcsParts, mcs_index, ampdu, ampdu_reference, ampdu_flags, kAmpduFlags, ampdu_delimiter, vht, vht_known,
    kVhtKnown, kVhtFlags, vht_bandwidth, vht_user, kVhtUsers, vht_group, vht_partial, timestamp, timestamp_ts,
    timestamp_accuracy, kTimestampParts, txflags, kTxFlags);

// Each is at `at` in the header and whole.
void put_xchannel(Dissector& d, std::size_t at);
/// And the rate, in `rate`, if everything about it is known.
void put_mcs(Dissector& d, const Field& rate, std::size_t at);
void put_ampdu(Dissector& d, std::size_t at);
void put_vht(Dissector& d, std::size_t at);
void put_timestamp(Dissector& d, std::size_t at);
}  // namespace flowloom::radiotap
