#pragma once

#include "dissect/field.hpp"
#include "dissect/radiotap_he.hpp"
#include "dissect/radiotap_rates.hpp"

namespace flowloom::radiotap {
inline constexpr Field version = make::uint("radiotap.version", 0, 1, "Version");
inline constexpr Field pad = make::uint("radiotap.pad", 1, 1, "Padding");
// All numbers from here on are little-endian.
inline constexpr Field length = value("radiotap.length", Kind::uint, "Header's length, bytes", 16);
inline constexpr Field present = value("radiotap.present", Kind::none, "Which fields are present");
inline constexpr Field present_word =
    value("radiotap.present.word", Kind::uint, "Which fields are present: 32 flags").hex();
/// One bit of a number.
consteval Field bit_of(std::string_view name, std::string_view title, unsigned storage) {
  return value(name, Kind::flag, title, storage);
}
inline constexpr Field has_tsft = bit_of("radiotap.present.tsft", "MAC time present", 32);
inline constexpr Field has_flags = bit_of("radiotap.present.flags", "Flags present", 32);
inline constexpr Field has_rate = bit_of("radiotap.present.rate", "Rate present", 32);
inline constexpr Field has_channel = bit_of("radiotap.present.channel", "Channel present", 32);
inline constexpr Field has_fhss = bit_of("radiotap.present.fhss", "Frequency hopping present", 32);
inline constexpr Field has_dbm_antsignal =
    bit_of("radiotap.present.dbm_antsignal", "Antenna signal, dBm present", 32);
inline constexpr Field has_dbm_antnoise =
    bit_of("radiotap.present.dbm_antnoise", "Antenna noise, dBm present", 32);
inline constexpr Field has_lock_quality =
    bit_of("radiotap.present.lock_quality", "Signal quality present", 32);
inline constexpr Field has_tx_attenuation =
    bit_of("radiotap.present.tx_attenuation", "Transmit attenuation present", 32);
inline constexpr Field has_db_tx_attenuation =
    bit_of("radiotap.present.db_tx_attenuation", "Transmit attenuation, dB present", 32);
inline constexpr Field has_dbm_tx_power =
    bit_of("radiotap.present.dbm_tx_power", "Transmit power present", 32);
inline constexpr Field has_antenna = bit_of("radiotap.present.antenna", "Antenna present", 32);
inline constexpr Field has_db_antsignal =
    bit_of("radiotap.present.db_antsignal", "Antenna signal, dB present", 32);
inline constexpr Field has_db_antnoise =
    bit_of("radiotap.present.db_antnoise", "Antenna noise, dB present", 32);
inline constexpr Field has_rxflags = bit_of("radiotap.present.rxflags", "Receive flags present", 32);
inline constexpr Field has_txflags = bit_of("radiotap.present.txflags", "Transmit flags present", 32);
inline constexpr Field has_data_retries = bit_of("radiotap.present.data_retries", "Retries present", 32);
inline constexpr Field has_xchannel = bit_of("radiotap.present.xchannel", "Extended channel present", 32);
inline constexpr Field has_mcs = bit_of("radiotap.present.mcs", "MCS present", 32);
inline constexpr Field has_ampdu = bit_of("radiotap.present.ampdu", "A-MPDU present", 32);
inline constexpr Field has_vht = bit_of("radiotap.present.vht", "VHT present", 32);
inline constexpr Field has_timestamp = bit_of("radiotap.present.timestamp", "Time stamp present", 32);
inline constexpr Field has_he = bit_of("radiotap.present.he", "HE present", 32);
inline constexpr Field has_he_mu = bit_of("radiotap.present.he_mu", "HE-MU present", 32);
inline constexpr Field has_zero_length_psdu =
    bit_of("radiotap.present.0_length.psdu", "PSDU without data present", 32);
inline constexpr Field has_l_sig = bit_of("radiotap.present.l_sig", "L-SIG present", 32);
inline constexpr Field has_tlv = bit_of("radiotap.present.tlv", "Fields by type and length present", 32);
inline constexpr Field has_rtap_ns =
    bit_of("radiotap.present.rtap_ns", "The standard's fields again present", 32);
inline constexpr Field has_vendor_ns = bit_of("radiotap.present.vendor_ns", "A vendor's fields present", 32);
inline constexpr Field has_ext = bit_of("radiotap.present.ext", "More flags present", 32);
inline constexpr Field mactime = value("radiotap.mactime", Kind::uint, "Time of the radio's clock, µs", 64);
inline constexpr Field flags = value("radiotap.flags", Kind::uint, "Flags", 8).hex();
inline constexpr Field flag_cfp = bit_of("radiotap.flags.cfp", "Contention-free period", 8);
inline constexpr Field flag_preamble = bit_of("radiotap.flags.preamble", "Short preamble", 8);
inline constexpr Field flag_wep = bit_of("radiotap.flags.wep", "WEP encryption", 8);
inline constexpr Field flag_frag = bit_of("radiotap.flags.frag", "Fragmented", 8);
inline constexpr Field flag_fcs = bit_of("radiotap.flags.fcs", "Frame check sequence at the end", 8);
inline constexpr Field flag_datapad = bit_of("radiotap.flags.datapad", "Padding behind the 802.11 header", 8);
inline constexpr Field flag_badfcs = bit_of("radiotap.flags.badfcs", "Bad frame check sequence", 8);
inline constexpr Field flag_shortgi = bit_of("radiotap.flags.shortgi", "Short guard interval", 8);
inline constexpr Field datarate = value("radiotap.datarate", Kind::real, "Data rate, Mbit/s", 32);
inline constexpr Field channel_freq =
    value("radiotap.channel.freq", Kind::uint, "Channel's frequency, MHz", 32);
inline constexpr Field channel_flags =
    value("radiotap.channel.flags", Kind::uint, "Channel's flags", 16).hex();
inline constexpr Field channel_700mhz = bit_of("radiotap.channel.flags.700mhz", "700 MHz", 16);
inline constexpr Field channel_800mhz = bit_of("radiotap.channel.flags.800mhz", "800 MHz", 16);
inline constexpr Field channel_900mhz = bit_of("radiotap.channel.flags.900mhz", "900 MHz", 16);
inline constexpr Field channel_turbo = bit_of("radiotap.channel.flags.turbo", "Turbo", 16);
inline constexpr Field channel_cck = bit_of("radiotap.channel.flags.cck", "CCK", 16);
inline constexpr Field channel_ofdm = bit_of("radiotap.channel.flags.ofdm", "OFDM", 16);
inline constexpr Field channel_2ghz = bit_of("radiotap.channel.flags.2ghz", "2.4 GHz", 16);
inline constexpr Field channel_5ghz = bit_of("radiotap.channel.flags.5ghz", "5 GHz", 16);
inline constexpr Field channel_passive = bit_of("radiotap.channel.flags.passive", "Only passive scans", 16);
inline constexpr Field channel_dynamic = bit_of("radiotap.channel.flags.dynamic", "CCK and OFDM", 16);
inline constexpr Field channel_gfsk = bit_of("radiotap.channel.flags.gfsk", "GFSK", 16);
inline constexpr Field channel_gsm = bit_of("radiotap.channel.flags.gsm", "GSM", 16);
inline constexpr Field channel_sturbo = bit_of("radiotap.channel.flags.sturbo", "Static turbo", 16);
inline constexpr Field channel_half = bit_of("radiotap.channel.flags.half", "10 MHz wide", 16);
inline constexpr Field channel_quarter = bit_of("radiotap.channel.flags.quarter", "5 MHz wide", 16);
inline constexpr Field hopset = value("radiotap.fhss.hopset", Kind::uint, "Hop set", 8);
inline constexpr Field pattern = value("radiotap.fhss.pattern", Kind::uint, "Hop pattern", 8);
inline constexpr Field dbm_signal = value("radiotap.dbm_antsignal", Kind::sint, "Antenna signal, dBm", 8);
inline constexpr Field dbm_noise = value("radiotap.dbm_antnoise", Kind::sint, "Antenna noise, dBm", 8);
inline constexpr Field quality = value("radiotap.quality", Kind::uint, "Signal quality", 16);
inline constexpr Field attenuation = value("radiotap.txattenuation", Kind::uint, "Transmit attenuation", 16);
inline constexpr Field db_attenuation =
    value("radiotap.db_txattenuation", Kind::uint, "Transmit attenuation, dB", 16);
inline constexpr Field txpower = value("radiotap.txpower", Kind::sint, "Transmit power, dBm", 8);
inline constexpr Field antenna = value("radiotap.antenna", Kind::uint, "Antenna");
inline constexpr Field db_signal = value("radiotap.db_antsignal", Kind::uint, "Antenna signal, dB", 8);
inline constexpr Field db_noise = value("radiotap.db_antnoise", Kind::uint, "Antenna noise, dB", 8);
inline constexpr Field rxflags = value("radiotap.rxflags", Kind::uint, "Receive flags", 16).hex();
inline constexpr Field bad_plcp = bit_of("radiotap.rxflags.badplcp", "Bad PLCP", 24);
inline constexpr Field data_retries = value("radiotap.data_retries", Kind::uint, "Retries", 8);
inline constexpr Field unknown_data =
    value("radiotap.tlv.unknown_data", Kind::bytes, "Data of an unknown field");
inline constexpr Field vendor_namespace = value("radiotap.vendor_namespace", Kind::bytes, "Vendor's fields");
inline constexpr Field vendor_oui = value("radiotap.vendor_oui", Kind::uint, "Vendor", 24);
inline constexpr Field vendor_part = value("radiotap.vendor_subns", Kind::uint, "Vendor's name space", 8);
inline constexpr Field vendor_length =
    value("radiotap.vendor_data_len", Kind::uint, "Length of the vendor's fields, bytes", 16);
inline constexpr Field vendor_data = value("radiotap.vendor_data", Kind::none, "Vendor's data");
/// By bit.
inline constexpr const Field* kPresent[] = {&has_tsft,
                                            &has_flags,
                                            &has_rate,
                                            &has_channel,
                                            &has_fhss,
                                            &has_dbm_antsignal,
                                            &has_dbm_antnoise,
                                            &has_lock_quality,
                                            &has_tx_attenuation,
                                            &has_db_tx_attenuation,
                                            &has_dbm_tx_power,
                                            &has_antenna,
                                            &has_db_antsignal,
                                            &has_db_antnoise,
                                            &has_rxflags,
                                            &has_txflags,
                                            nullptr,
                                            &has_data_retries,
                                            &has_xchannel,
                                            &has_mcs,
                                            &has_ampdu,
                                            &has_vht,
                                            &has_timestamp,
                                            &has_he,
                                            &has_he_mu,
                                            nullptr,
                                            &has_zero_length_psdu,
                                            &has_l_sig,
                                            &has_tlv,
                                            &has_rtap_ns,
                                            &has_vendor_ns,
                                            &has_ext};
/// By bit.
inline constexpr const Field* kFlags[] = {&flag_cfp, &flag_preamble, &flag_wep,    &flag_frag,
                                          &flag_fcs, &flag_datapad,  &flag_badfcs, &flag_shortgi};
/// By bit.
inline constexpr const Field* kChannelFlags[] = {
    &channel_700mhz, &channel_800mhz, &channel_900mhz, nullptr,          &channel_turbo,   &channel_cck,
    &channel_ofdm,   &channel_2ghz,   &channel_5ghz,   &channel_passive, &channel_dynamic, &channel_gfsk,
    &channel_gsm,    &channel_sturbo, &channel_half,   &channel_quarter};
inline constexpr const Field* own_fields[] = {&version,
                                              &pad,
                                              &length,
                                              &present,
                                              &present_word,
                                              &has_tsft,
                                              &has_flags,
                                              &has_rate,
                                              &has_channel,
                                              &has_fhss,
                                              &has_dbm_antsignal,
                                              &has_dbm_antnoise,
                                              &has_lock_quality,
                                              &has_tx_attenuation,
                                              &has_db_tx_attenuation,
                                              &has_dbm_tx_power,
                                              &has_antenna,
                                              &has_db_antsignal,
                                              &has_db_antnoise,
                                              &has_rxflags,
                                              &has_txflags,
                                              &has_data_retries,
                                              &has_xchannel,
                                              &has_mcs,
                                              &has_ampdu,
                                              &has_vht,
                                              &has_timestamp,
                                              &has_he,
                                              &has_he_mu,
                                              &has_zero_length_psdu,
                                              &has_l_sig,
                                              &has_tlv,
                                              &has_rtap_ns,
                                              &has_vendor_ns,
                                              &has_ext,
                                              &mactime,
                                              &flags,
                                              &flag_cfp,
                                              &flag_preamble,
                                              &flag_wep,
                                              &flag_frag,
                                              &flag_fcs,
                                              &flag_datapad,
                                              &flag_badfcs,
                                              &flag_shortgi,
                                              &datarate,
                                              &channel_freq,
                                              &channel_flags,
                                              &channel_700mhz,
                                              &channel_800mhz,
                                              &channel_900mhz,
                                              &channel_turbo,
                                              &channel_cck,
                                              &channel_ofdm,
                                              &channel_2ghz,
                                              &channel_5ghz,
                                              &channel_passive,
                                              &channel_dynamic,
                                              &channel_gfsk,
                                              &channel_gsm,
                                              &channel_sturbo,
                                              &channel_half,
                                              &channel_quarter,
                                              &hopset,
                                              &pattern,
                                              &dbm_signal,
                                              &dbm_noise,
                                              &quality,
                                              &db_attenuation,
                                              &txpower,
                                              &antenna,
                                              &db_signal,
                                              &db_noise,
                                              &rxflags,
                                              &bad_plcp,
                                              &attenuation,
                                              &data_retries,
                                              &unknown_data,
                                              &vendor_namespace,
                                              &vendor_oui,
                                              &vendor_part,
                                              &vendor_length,
                                              &vendor_data};
inline constexpr auto fields = together(own_fields, kRateFields, kHeFields);
inline constexpr Binding parents[] = {{Table::link_type, 127}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{"radiotap", "Radiotap", "https://www.radiotap.org", 8, fields, Level::link,
                                   parents,    dissect};
static_assert(well_formed(protocol));

/// What the header says of the frame behind it.
struct Said {
  bool checked = false;  ///< a frame check sequence is at its end
  bool padded = false;   ///< its header is padded to four bytes
};
/// Of the layer before the current one; nothing if that is no radiotap header.
Said said(const Dissector& d);
}  // namespace flowloom::radiotap
