#pragma once

#include "dissect/field.hpp"

namespace flowloom::frame {
using namespace make;
// What the capture says of a packet, not its bytes.
Told tell_number(const Tape& tape, const Layer& layer);
Told tell_time(const Tape& tape, const Layer& layer);
Told tell_delta(const Tape& tape, const Layer& layer);
Told tell_relative(const Tape& tape, const Layer& layer);
Told tell_length(const Tape& tape, const Layer& layer);
Told tell_captured(const Tape& tape, const Layer& layer);
Told tell_interface(const Tape& tape, const Layer& layer);
inline constexpr Field number =
    value("frame.number", Kind::uint, "Number of the packet in its capture").told_by(tell_number);
inline constexpr Field time = value("frame.time", Kind::time, "Time of capture").told_by(tell_time);
inline constexpr Field time_epoch =
    value("frame.time_epoch", Kind::duration, "Time of capture since the epoch").told_by(tell_time);
inline constexpr Field time_delta =
    value("frame.time_delta", Kind::duration, "Time since the packet before").told_by(tell_delta);
inline constexpr Field time_relative =
    value("frame.time_relative", Kind::duration, "Time since the first packet").told_by(tell_relative);
inline constexpr Field len = value("frame.len", Kind::uint, "Length on the wire, bytes").told_by(tell_length);
inline constexpr Field cap_len =
    value("frame.cap_len", Kind::uint, "Length captured, bytes").told_by(tell_captured);
inline constexpr Field interface_id =
    value("frame.interface_id", Kind::uint, "Interface of the capture (pcapng)").told_by(tell_interface);
// From here to `offset_shift` only for who asks for them: they say the same of each packet, or nearly so.
inline constexpr Field encap_type =
    value("frame.encap_type", Kind::sint, "Wireshark's number of the link type", 16);
// What a pcapng says of the packet's interface and section, and of the packet:
// src/dissect/link/frame_notes.cpp. Names are there for who asks for them even where the file has none.
inline constexpr Field section_number =
    value("frame.section_number", Kind::uint, "Section of the capture (pcapng), from 1");
inline constexpr Field interface_name = value("frame.interface_name", Kind::text, "Name of the interface");
inline constexpr Field interface_description =
    value("frame.interface_description", Kind::text, "Description of the interface");
inline constexpr Field interface_queue =
    value("frame.interface_queue", Kind::uint, "Queue of the interface that the packet came by");
inline constexpr Field comment = value("frame.comment", Kind::text, "Comment of the capture file");
inline constexpr Label kDirections[] = {{0, "not said"}, {1, "inbound"}, {2, "outbound"}};
inline constexpr Label kReceptions[] = {
    {0, "not said"}, {1, "unicast"}, {2, "multicast"}, {3, "broadcast"}, {4, "promiscuous"}};
inline constexpr Field packet_flags =
    value("frame.packet_flags", Kind::uint, "What the capturing link layer said").hex();
inline constexpr Field direction =
    value("frame.packet_flags_direction", Kind::uint, "Direction").hex().named(kDirections);
inline constexpr Field reception_type =
    value("frame.packet_flags_reception_type", Kind::uint, "For whom it was").named(kReceptions);
inline constexpr Field fcs_length = value("frame.packet_flags_fcs_length", Kind::uint,
                                          "Length of the frame check sequence, bytes; 0: not said");
inline constexpr Field flags_reserved = value("frame.packet_flags_reserved", Kind::uint, "Reserved flags");
inline constexpr Field crc_error = value("frame.packet_flags_crc_error", Kind::flag, "Checksum was wrong");
inline constexpr Field too_long = value("frame.packet_flags_packet_too_error", Kind::flag, "Too long");
inline constexpr Field too_short =
    value("frame.packet_flags_packet_too_short_error", Kind::flag, "Too short");
inline constexpr Field gap_error =
    value("frame.packet_flags_wrong_inter_frame_gap_error", Kind::flag, "Gap before it was wrong");
inline constexpr Field unaligned =
    value("frame.packet_flags_unaligned_frame_error", Kind::flag, "Not whole bytes");
inline constexpr Field delimiter_error =
    value("frame.packet_flags_start_frame_delimiter_error", Kind::flag, "Start delimiter was wrong");
inline constexpr Field preamble_error =
    value("frame.packet_flags_preamble_error", Kind::flag, "Preamble was wrong");
inline constexpr Field symbol_error =
    value("frame.packet_flags_symbol_error", Kind::flag, "A symbol was wrong");
inline constexpr Field drop_count =
    value("frame.drop_count", Kind::uint, "Packets lost between the one before and this one", 64);
inline constexpr Field packet_id =
    value("frame.packet_id", Kind::uint, "Same for a packet that was captured several times", 64);
inline constexpr Field verdict = value("frame.verdict", Kind::text, "Something decided about the packet");
inline constexpr Field verdict_hw =
    value("frame.verdict.hw", Kind::bytes, "Verdict of the hardware").spaces();
inline constexpr Field verdict_tc =
    value("frame.verdict.ebpf_tc", Kind::sint, "Verdict of eBPF in traffic control", 64);
inline constexpr Field verdict_xdp =
    value("frame.verdict.ebpf_xdp", Kind::sint, "Verdict of eBPF in the express data path", 64);
inline constexpr Field file_off =
    value("frame.file_off", Kind::sint, "Place of the packet's record in the (decompressed) file", 64);
inline constexpr Field p2p_dir = value("frame.p2p_dir", Kind::sint, "0: sent, 1: received", 8);
inline constexpr Field link_nr = value("frame.link_nr", Kind::uint, "Number of the link (MTP2)", 16);
// Wireshark's remarks, for who asks for them.
inline constexpr Field time_invalid =
    value("frame.time_invalid", Kind::none, "Fraction of the time of capture is a second or more (pcap)");
inline constexpr Field len_lt_caplen =
    value("frame.len_lt_caplen", Kind::none, "More bytes were captured than there were");
// What people change in Wireshark's window, and nobody here: always 0.
inline constexpr Field marked = value("frame.marked", Kind::flag, "The packet is marked: never");
inline constexpr Field ignored = value("frame.ignored", Kind::flag, "The packet is ignored: never");
inline constexpr Field offset_shift =
    value("frame.offset_shift", Kind::duration, "Shift of the time of capture: 0");
inline constexpr Field protocols = value("frame.protocols", Kind::text, "Protocols in the packet");
// flowloom's own: an occurrence for each of the anomalies.
inline constexpr Field anomaly = value("flowloom.anomaly", Kind::text, "What is wrong with the packet");
inline constexpr const Field* fields[] = {&number,
                                          &time,
                                          &time_epoch,
                                          &time_delta,
                                          &time_relative,
                                          &len,
                                          &cap_len,
                                          &section_number,
                                          &interface_id,
                                          &interface_name,
                                          &interface_description,
                                          &interface_queue,
                                          &comment,
                                          &packet_flags,
                                          &direction,
                                          &reception_type,
                                          &fcs_length,
                                          &flags_reserved,
                                          &crc_error,
                                          &too_long,
                                          &too_short,
                                          &gap_error,
                                          &unaligned,
                                          &delimiter_error,
                                          &preamble_error,
                                          &symbol_error,
                                          &drop_count,
                                          &packet_id,
                                          &verdict,
                                          &verdict_hw,
                                          &verdict_tc,
                                          &verdict_xdp,
                                          &file_off,
                                          &p2p_dir,
                                          &link_nr,
                                          &encap_type,
                                          &marked,
                                          &ignored,
                                          &offset_shift,
                                          &time_invalid,
                                          &len_lt_caplen,
                                          &protocols,
                                          &anomaly};
/// What the file says of the packet beside its bytes.
void put_notes(Dissector& d);
Next dissect(Dissector& d);
inline constexpr Protocol protocol{"frame",      "Frame", "capture file", 0,  fields,
                                   Level::frame, {},      dissect,        {}, "flowloom"};
static_assert(well_formed(protocol));
}  // namespace flowloom::frame
