// Radiotap's fields for 802.11ax and 802.11ah: HE, HE-MU, PSDUs without data, L-SIG, S1G
// (https://www.radiotap.org/fields/defined).
#pragma once

#include <array>

#include "dissect/radiotap_bits.hpp"

namespace flowloom::radiotap {
inline constexpr Label kPpduFormats[] = {{0, "HE_SU"}, {1, "HE_EXT_SU"}, {2, "HE_MU"}, {3, "HE_TRIG"}};
inline constexpr Label kHeCodings[] = {{0, "BCC"}, {1, "LDPC"}};
inline constexpr Label kRuAllocations[] = {{0, "20"},
                                           {1, "40"},
                                           {2, "80"},
                                           {3, "160/80+80"},
                                           {4, "26-tone RU"},
                                           {5, "52-tone RU"},
                                           {6, "106-tone RU"},
                                           {7, "242-tone RU"},
                                           {8, "484-tone RU"},
                                           {9, "996-tone RU"},
                                           {10, "2x996-tone RU"}};
inline constexpr Label kHeGuards[] = {{0, "0.8us"}, {1, "1.6us"}, {2, "3.2us"}};
inline constexpr Label kSymbolSizes[] = {{0, "unknown"}, {1, "1x"}, {2, "2x"}, {3, "4x"}};
inline constexpr Label kSymbolCounts[] = {{0, "1x"}, {1, "2x"}, {2, "4x"}, {3, "6x"}, {4, "8x"}};
inline constexpr Label kPeriodicities[] = {{0, "10"}, {1, "20"}};

inline constexpr Field he_1 = value("radiotap.he.data_1", Kind::uint, "HE data 1", 16).hex();
inline constexpr Field he_2 = value("radiotap.he.data_2", Kind::uint, "HE data 2", 16).hex();
inline constexpr auto kHe1 = std::to_array<Bits>({
    bits_at("radiotap.he.data_1.ppdu_format", "Format of the PPDU", 0, 2, Base::hex, kPpduFormats),
    flag_at("radiotap.he.data_1.bss_color_known", "BSS colour known", 2, 16),
    flag_at("radiotap.he.data_1.beam_change_known", "Change of the beam known", 3, 16),
    flag_at("radiotap.he.data_1.ul_dl_known", "Direction known", 4, 16),
    flag_at("radiotap.he.data_1.data_mcs_known", "MCS known", 5, 16),
    flag_at("radiotap.he.data_1.data_dcm_known", "DCM known", 6, 16),
    flag_at("radiotap.he.data_1.coding_known", "Coding known", 7, 16),
    flag_at("radiotap.he.data_1.ldpc_extra_symbol_segment_known", "Extra symbol of LDPC known", 8, 16),
    flag_at("radiotap.he.data_1.stbc_known", "STBC known", 9, 16),
    flag_at("radiotap.he.data_1.spatial_reuse_1_known", "Spatial reuse 1 known", 10, 16),
    flag_at("radiotap.he.data_1.spatial_reuse_2_known", "Spatial reuse 2 known", 11, 16),
    flag_at("radiotap.he.data_1.spatial_reuse_3_known", "Spatial reuse 3 known", 12, 16),
    flag_at("radiotap.he.data_1.spatial_reuse_4_known", "Spatial reuse 4 known", 13, 16),
    flag_at("radiotap.he.data_1.data_bw_ru_allocation_known", "Bandwidth known", 14, 16),
    flag_at("radiotap.he.data_1.doppler_known", "Doppler known", 15, 16),
});
inline constexpr auto kHe2 = std::to_array<Bits>({
    flag_at("radiotap.he.data_2.pri_sec_80_mhz_known", "Which 80 MHz known", 0, 16),
    flag_at("radiotap.he.data_2.gi_known", "Guard interval known", 1, 16),
    flag_at("radiotap.he.data_2.num_ltf_symbols_known", "LTF symbols known", 2, 16),
    flag_at("radiotap.he.data_2.pre_fec_padding_factor_known", "Padding factor known", 3, 16),
    flag_at("radiotap.he.data_2.txbf_known", "Beam forming known", 4, 16),
    flag_at("radiotap.he.data_2.pe_disambiguity_known", "Disambiguity known", 5, 16),
    flag_at("radiotap.he.data_2.txop_known", "TXOP known", 6, 16),
    flag_at("radiotap.he.data_2.midamble_periodicity_known", "Midambles known", 7, 16),
    bits_at("radiotap.he.data_2.ru_allocation_offset", "Offset of the resource unit", 8, 6),
    flag_at("radiotap.he.data_2.ru_allocation_offseti_known", "Offset of the resource unit known", 14, 16),
    flag_at("radiotap.he.data_2.pri_sec_80_mhz", "Secondary 80 MHz", 15, 16),
});
inline constexpr Field he_3 = value("radiotap.he.data_3", Kind::uint, "HE data 3", 16).hex();
/// Flags are bits of data 1, and from 16 on of data 2.
inline constexpr auto kHe3 = std::to_array<Bits>({
    given(2, bits_at("radiotap.he.data_3.bss_color", "BSS colour", 0, 6)),
    given(2, bits_at("radiotap.he.data_3.bss_color_unknown", "BSS colour, said not to be known", 0, 6),
          false),
    given(3, bits_at("radiotap.he.data_3.beam_change", "Change of the beam", 6, 1)),
    given(3,
          bits_at("radiotap.he.data_3.beam_change_unknown", "Change of the beam, said not to be known", 6, 1),
          false),
    given(4, bits_at("radiotap.he.data_3.ul_dl", "Uplink", 7, 1)),
    given(4, bits_at("radiotap.he.data_3.ul_dl_unknown", "Uplink, said not to be known", 7, 1), false),
    given(5, bits_at("radiotap.he.data_3.data_mcs", "MCS", 8, 4)),
    given(5, bits_at("radiotap.he.data_3.data_mcs_unknown", "MCS, said not to be known", 8, 4), false),
    given(6, bits_at("radiotap.he.data_3.data_dcm", "DCM", 12, 1)),
    given(6, bits_at("radiotap.he.data_3.data_dcm_unknown", "DCM, said not to be known", 12, 1), false),
    given(7, bits_at("radiotap.he.data_3.coding", "Coding", 13, 1, Base::hex, kHeCodings)),
    given(7, bits_at("radiotap.he.data_3.coding_unknown", "Coding, said not to be known", 13, 1), false),
    given(8, bits_at("radiotap.he.data_3.ldpc_extra_symbol_segment", "Extra symbol of LDPC", 14, 1)),
    given(8,
          bits_at("radiotap.he.data_3.ldpc_extra_symbol_segment_unknown",
                  "Extra symbol of LDPC, said not to be known", 14, 1),
          false),
    given(9, bits_at("radiotap.he.data_3.stbc", "STBC", 15, 1)),
    given(9, bits_at("radiotap.he.data_3.stbc_unknown", "STBC, said not to be known", 15, 1), false),
});
inline constexpr Field he_4 = value("radiotap.he.data_4", Kind::uint, "HE data 4", 16).hex();
/// To single users, to several, and triggered.
inline constexpr auto kHe4Single = std::to_array<Bits>({
    given(10, bits_at("radiotap.he.data_4.spatial_reuse", "Spatial reuse", 0, 4)),
    given(10,
          bits_at("radiotap.he.data_4.spatial_reuse_unknown", "Spatial reuse, said not to be known", 0, 4),
          false),
    bits_at("radiotap.he.data_4.reserved_d4_fff0", "Reserved", 4, 12),
});
inline constexpr auto kHe4Several = std::to_array<Bits>({
    given(10, bits_at("radiotap.he.data_4.spatial_reuse", "Spatial reuse", 0, 4)),
    given(10,
          bits_at("radiotap.he.data_4.spatial_reuse_unknown", "Spatial reuse, said not to be known", 0, 4),
          false),
    bits_at("radiotap.he.data_4.sta_id_user", "Station of the user", 4, 11),
    bits_at("radiotap.he.data_4.reserved_d4_b15", "Reserved", 15, 1),
});
inline constexpr auto kHe4Triggered = std::to_array<Bits>({
    given(10, bits_at("radiotap.he.data_4.spatial_reuse_1", "Spatial reuse 1", 0, 4)),
    given(
        10,
        bits_at("radiotap.he.data_4.spatial_reuse_1_unknown", "Spatial reuse 1, said not to be known", 0, 4),
        false),
    given(11, bits_at("radiotap.he.data_4.spatial_reuse_2", "Spatial reuse 2", 4, 4)),
    given(
        11,
        bits_at("radiotap.he.data_4.spatial_reuse_2_unknown", "Spatial reuse 2, said not to be known", 4, 4),
        false),
    given(12, bits_at("radiotap.he.data_4.spatial_reuse_3", "Spatial reuse 3", 8, 4)),
    given(
        12,
        bits_at("radiotap.he.data_4.spatial_reuse_3_unknown", "Spatial reuse 3, said not to be known", 8, 4),
        false),
    given(13, bits_at("radiotap.he.data_4.spatial_reuse_4", "Spatial reuse 4", 12, 4)),
    given(
        13,
        bits_at("radiotap.he.data_4.spatial_reuse_4_unknown", "Spatial reuse 4, said not to be known", 12, 4),
        false),
});
inline constexpr Field he_5 = value("radiotap.he.data_5", Kind::uint, "HE data 5", 16).hex();
/// A size of 0 is one that is not known.
inline constexpr unsigned kSized = 31;
inline constexpr auto kHe5 = std::to_array<Bits>({
    given(14, bits_at("radiotap.he.data_5.data_bw_ru_allocation", "Bandwidth or resource unit", 0, 4,
                      Base::hex, kRuAllocations)),
    given(14,
          bits_at("radiotap.he.data_5.data_bw_ru_allocation_unknown",
                  "Bandwidth or resource unit, said not to be known", 0, 4),
          false),
    given(17, bits_at("radiotap.he.data_5.gi", "Guard interval", 4, 2, Base::hex, kHeGuards)),
    given(17, bits_at("radiotap.he.data_5.gi_unknown", "Guard interval, said not to be known", 4, 2), false),
    given(kSized, bits_at("radiotap.he.data_5.ltf_symbol_size", "Size of LTF symbols", 6, 2, Base::hex,
                          kSymbolSizes)),
    given(kSized,
          bits_at("radiotap.he.data_5.ltf_symbol_size_unknown", "Size of LTF symbols, not known", 6, 2),
          false),
    given(18, bits_at("radiotap.he.num_ltf_symbols", "LTF symbols", 8, 3, Base::hex, kSymbolCounts)),
    given(18, bits_at("radiotap.he.num_ltf_symbols_unknown", "LTF symbols, said not to be known", 8, 3),
          false),
    bits_at("radiotap.he.data_5.reserved_d5_b11", "Reserved", 11, 1),
    given(19, bits_at("radiotap.he.pre_fec_padding_factor", "Padding factor", 12, 2)),
    given(
        19,
        bits_at("radiotap.he.pre_fec_padding_factor_unknown", "Padding factor, said not to be known", 12, 2),
        false),
    given(20, bits_at("radiotap.he.txbf", "Beam forming", 14, 1)),
    given(20, bits_at("radiotap.he.txbf_unknown", "Beam forming, said not to be known", 14, 1), false),
    given(21, bits_at("radiotap.he.pe_disambiguity", "Disambiguity", 15, 1)),
    given(21, bits_at("radiotap.he.pe_disambiguity_unknown", "Disambiguity, said not to be known", 15, 1),
          false),
});
inline constexpr Field he_6 = value("radiotap.he.data_6", Kind::uint, "HE data 6", 16).hex();
inline constexpr auto kHe6 = std::to_array<Bits>({
    bits_at("radiotap.he.data_6.nsts", "Space-time streams", 0, 4),
    given(15, bits_at("radiotap.he.data_6.doppler_value", "Doppler", 4, 1)),
    given(15, bits_at("radiotap.he.data_6.doppler_value_unknown", "Doppler, said not to be known", 4, 1),
          false),
    bits_at("radiotap.he.data_6.reserved_d6_00e0", "Reserved", 5, 3),
    given(22, bits_at("radiotap.he.data_6.txop_value", "TXOP", 8, 7)),
    given(22, bits_at("radiotap.he.data_6.txop_value_unknown", "TXOP, said not to be known", 8, 7), false),
    given(23,
          bits_at("radiotap.he.data_6.midamble_periodicity", "Midambles", 15, 1, Base::hex, kPeriodicities)),
    given(
        23,
        bits_at("radiotap.he.data_6.midamble_periodicity_unknown", "Midambles, said not to be known", 15, 1),
        false),
});
inline constexpr Field mu_1 = value("radiotap.he_mu.flags_1", Kind::uint, "HE-MU flags 1", 16).hex();
/// Flags are bits of flags 1. Some of what is not known is named twice.
inline constexpr auto kMu1 = std::to_array<Bits>({
    bits_at("radiotap.he_mu.sig_b_mcs", "MCS of SIG-B", 0, 4),
    given(4, bits_at("radiotap.he_mu.sig_b_mcs_unknown", "MCS of SIG-B, said not to be known", 0, 4), false),
    given(4, flag_at("radiotap.he_mu.sig_b_mcs_known", "MCS of SIG-B known", 4, 16)),
    bits_at("radiotap.he_mu.sig_b_dcm", "DCM of SIG-B", 5, 1),
    given(6, bits_at("radiotap.he_mu.sig_b_dcm_unknown", "DCM of SIG-B, said not to be known", 5, 1), false),
    given(6, flag_at("radiotap.he_mu.sig_b_dmc_known", "DCM of SIG-B known", 6, 16)),
    given(7, flag_at("radiotap.he_mu.chan2_center_26_tone_ru_bit_known", "Centre of the second channel known",
                     7, 16)),
    given(7,
          bits_at("radiotap.he_mu.chan2_center_26_tone_ru_bit_unknown",
                  "Centre of the second channel not known", 7, 1, Base::dec),
          false),
    given(8, flag_at("radiotap.he_mu.chan1_rus_known", "Resource units of the first channel known", 8, 16)),
    given(8,
          bits_at("radiotap.he_mu.chan1_rus_unknown", "Resource units of the first channel not known", 8, 1,
                  Base::dec),
          false),
    given(9, flag_at("radiotap.he_mu.chan2_rus_known", "Resource units of the second channel known", 9, 16)),
    given(
        9,
        flag_at("radiotap.he_mu.chan2_rus_unknown", "Resource units of the second channel not known", 9, 16),
        false),
    bits_at("radiotap.he_mu.reserved_f1_b10_b11", "Reserved", 10, 2),
    given(12, flag_at("radiotap.he_mu.chan1_center_26_tone_ru_bit_known", "Centre of the first channel known",
                      12, 16)),
    given(12,
          bits_at("radiotap.he_mu.chan1_center_26_tone_ru_bit_unknown",
                  "Centre of the first channel not known", 12, 1, Base::dec),
          false),
    given(12, bits_at("radiotap.he_mu.chan1_center_26_tone_ru_value", "Centre of the first channel", 13, 1)),
    given(12,
          bits_at("radiotap.he_mu.chan1_center_26_tone_ru_bit_unknown",
                  "Centre of the first channel not known", 12, 1, Base::dec),
          false),
    flag_at("radiotap.he_mu.sig_b_compression_known", "Compression of SIG-B known", 14, 16),
    given(15,
          flag_at("radiotap.he_mu.symbol_cnt_or_user_cnt_known", "Symbols of SIG-B or users known", 15, 16)),
    given(15,
          bits_at("radiotap.he_mu.sig_b_syms_or_mu_mimo_users_unknown",
                  "Symbols of SIG-B or users, said not to be known", 4, 4, Base::dec),
          false),
});
inline constexpr Field mu_2 = value("radiotap.he_mu.flags_2", Kind::uint, "HE-MU flags 2", 16).hex();
/// Flags are bits of flags 1, and from 16 on of flags 2.
inline constexpr auto kMu2 = std::to_array<Bits>({
    given(18, bits_at("radiotap.he_mu.bw_from_sig_a", "Bandwidth of SIG-A", 0, 2, Base::dec)),
    given(18,
          bits_at("radiotap.he_mu.bw_from_sig_a_unknown", "Bandwidth of SIG-A, said not to be known", 0, 2,
                  Base::dec),
          false),
    flag_at("radiotap.he_mu.bw_from_sig_a_known", "Bandwidth of SIG-A known", 2, 16),
    given(14, flag_at("radiotap.he_mu.sig_b_compression", "Compression of SIG-B", 3, 16)),
    given(14,
          bits_at("radiotap.he_mu.sig_b_compression_unknown", "Compression of SIG-B, said not to be known", 3,
                  1, Base::dec),
          false),
    given(15, bits_at("radiotap.he_mu.sig_b_syms_or_mu_mimo_users", "Symbols of SIG-B or users, less one", 4,
                      4, Base::dec)),
    given(15,
          bits_at("radiotap.he_mu.sig_b_syms_or_mu_mimo_users_unknown",
                  "Symbols of SIG-B or users, said not to be known", 4, 4, Base::dec),
          false),
    bits_at("radiotap.he_mu.preamble_puncturing", "Puncturing of the preamble", 8, 2),
    flag_at("radiotap.he_mu.preamble_puncturing_known", "Puncturing of the preamble known", 10, 16),
    given(7, bits_at("radiotap.he_mu.chan2_center_26_tone_ru_value", "Centre of the second channel", 11, 1)),
    given(7,
          bits_at("radiotap.he_mu.chan2_center_26_tone_ru_bit_unknown",
                  "Centre of the second channel not known", 7, 1, Base::dec),
          false),
    bits_at("radiotap.he_mu.reserved_f2_b12_b15", "Reserved", 12, 4),
});
/// The resource units of two channels; which flag of flags 1 says that they are known, and they if it does
/// not.
inline constexpr auto kMuUnits = part({
    uint("radiotap.he_mu.chan1_rus_0_index", 4, 1, "Resource unit 1 of the first channel"),
    uint("radiotap.he_mu.chan1_rus_1_index", 5, 1, "Resource unit 2 of the first channel"),
    uint("radiotap.he_mu.chan1_rus_2_index", 6, 1, "Resource unit 3 of the first channel"),
    uint("radiotap.he_mu.chan1_rus_3_index", 7, 1, "Resource unit 4 of the first channel"),
    uint("radiotap.he_mu.chan2_rus_0_index", 8, 1, "Resource unit 1 of the second channel"),
    uint("radiotap.he_mu.chan2_rus_1_index", 9, 1, "Resource unit 2 of the second channel"),
    uint("radiotap.he_mu.chan2_rus_2_index", 10, 1, "Resource unit 3 of the second channel"),
    uint("radiotap.he_mu.chan2_rus_3_index", 11, 1, "Resource unit 4 of the second channel"),
});
inline constexpr auto kMuUnknownUnits = part({
    uint("radiotap.he_mu.chan1_rus_0_index_unknown", 4, 1,
         "Resource unit 1 of the first channel, said not to be known"),
    uint("radiotap.he_mu.chan1_rus_1_index_unknown", 5, 1,
         "Resource unit 2 of the first channel, said not to be known"),
    uint("radiotap.he_mu.chan1_rus_2_index_unknown", 6, 1,
         "Resource unit 3 of the first channel, said not to be known"),
    uint("radiotap.he_mu.chan1_rus_3_index_unknown", 7, 1,
         "Resource unit 4 of the first channel, said not to be known"),
    uint("radiotap.he_mu.chan2_rus_0_index_unknown", 8, 1,
         "Resource unit 1 of the second channel, said not to be known"),
    uint("radiotap.he_mu.chan2_rus_1_index_unknown", 9, 1,
         "Resource unit 2 of the second channel, said not to be known"),
    uint("radiotap.he_mu.chan2_rus_2_index_unknown", 10, 1,
         "Resource unit 3 of the second channel, said not to be known"),
    uint("radiotap.he_mu.chan2_rus_3_index_unknown", 11, 1,
         "Resource unit 4 of the second channel, said not to be known"),
});

inline constexpr Field psdu_type =
    value("radiotap.0_len_psdu.type", Kind::uint, "Kind of PSDU without data", 8).hex();
inline constexpr Field l_sig_1 =
    value("radiotap.l_sig.data1", Kind::uint, "What of L-SIG is known", 16).hex();
inline constexpr auto kLSig1 = std::to_array<Bits>({
    flag_at("radiotap.l_sig.rate_known", "Rate known", 0, 16),
    flag_at("radiotap.l_sig.length_known", "Length known", 1, 16),
    bits_at("radiotap.l_sig.reserved", "Reserved", 2, 14),
});
inline constexpr Field l_sig_2 = value("radiotap.l_sig.data2", Kind::uint, "L-SIG", 16).hex();
inline constexpr auto kLSig2 = std::to_array<Bits>({
    bits_at("radiotap.l_sig.rate", "Rate of L-SIG", 0, 4, Base::dec),
    bits_at("radiotap.l_sig.length", "Length of L-SIG", 4, 12, Base::dec),
});

inline constexpr Field tlv_type =
    value("radiotap.tlv.type", Kind::uint, "Type of what is said by type and length");
inline constexpr Field tlv_length =
    value("radiotap.tlv.datalen", Kind::uint, "Length of what is said by type and length");
inline constexpr Field s1g_known = value("radiotap.s1g.known", Kind::uint, "What of S1G is known", 16).hex();
inline constexpr auto kS1gKnown = std::to_array<Bits>({
    flag_at("radiotap.s1g.s1g_ppdu_format_known", "Format known", 0, 16),
    flag_at("radiotap.s1g.response_indication_known", "Response known", 1, 16),
    flag_at("radiotap.s1g.guard_interval_known", "Guard interval known", 2, 16),
    flag_at("radiotap.s1g.nss_known", "Streams known", 3, 16),
    flag_at("radiotap.s1g.bandwidth_known", "Bandwidth known", 4, 16),
    flag_at("radiotap.s1g.mcs_known", "MCS known", 5, 16),
    flag_at("radiotap.s1g.color_known", "Colour known", 6, 16),
    flag_at("radiotap.s1g.uplink_indication_known", "Direction known", 7, 16),
    bits_at("radiotap.s1g.reserved_1", "Reserved", 8, 8),
});
inline constexpr Field s1g_1 = value("radiotap.s1g.data_1", Kind::uint, "S1G data 1", 16).hex();
inline constexpr auto kS1g1 = std::to_array<Bits>({
    bits_at("radiotap.s1g.s1g_ppdu_format", "Format of the PPDU", 0, 2, Base::dec),
    bits_at("radiotap.s1g.response_indication", "Response", 2, 2, Base::dec),
    bits_at("radiotap.s1g.reserved_2", "Reserved", 4, 1),
    bits_at("radiotap.s1g.guard_interval", "Guard interval", 5, 1, Base::dec),
    bits_at("radiotap.s1g.nss", "Streams", 6, 2, Base::dec),
    bits_at("radiotap.s1g.bandwidth", "Bandwidth", 8, 4, Base::dec),
    bits_at("radiotap.s1g.mcs", "MCS index", 12, 4, Base::dec),
});
inline constexpr Field s1g_2 = value("radiotap.s1g.data_2", Kind::uint, "S1G data 2", 16).hex();
inline constexpr auto kS1g2 = std::to_array<Bits>({
    bits_at("radiotap.s1g.color", "Colour", 0, 3, Base::dec),
    flag_at("radiotap.s1g.uplink_indication", "Uplink", 3, 16),
    bits_at("radiotap.s1g.reserved_3", "Reserved", 4, 4),
});
inline constexpr Field s1g_rssi = value("radiotap.s1g.rssi", Kind::sint, "Signal, dBm", 16);

inline constexpr auto kHeFields = together(
    he_1, kHe1, he_2, kHe2, he_3, kHe3, he_4, kHe4Single, kHe4Several, kHe4Triggered, he_5, kHe5, he_6, kHe6,
    mu_1, kMu1, mu_2, kMu2, kMuUnits, kMuUnknownUnits, psdu_type, l_sig_1, kLSig1, l_sig_2, kLSig2, tlv_type,
    tlv_length, s1g_known, kS1gKnown, s1g_1, kS1g1, s1g_2, kS1g2, s1g_rssi);

// Each is at `at` in the header and whole.
void put_he(Dissector& d, std::size_t at);
void put_he_mu(Dissector& d, std::size_t at);
void put_l_sig(Dissector& d, std::size_t at);
void put_s1g(Dissector& d, std::size_t at);
}  // namespace flowloom::radiotap
