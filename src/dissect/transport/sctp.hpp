// SCTP and its extensions. Fields of a chunk count from its first byte, those of parameters and causes have
// no place. What compares with other packets (relative numbers, round trips) is not here.
#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"
#include "dissect/sctp_parameters.hpp"

namespace flowloom::sctp {
using namespace make;

// --- the common header ----------------------------------------------------------------------------------
inline constexpr Field srcport = make::uint("sctp.srcport", 0, 2, "Source port");
inline constexpr Field dstport = make::uint("sctp.dstport", 2, 2, "Destination port");
inline constexpr Field src_any = make::uint("sctp.port", 0, 2, "Source or destination port").alias();
inline constexpr Field dst_any = make::uint("sctp.port", 2, 2, "Source or destination port").alias();
inline constexpr Field verification_tag = make::uint("sctp.verification_tag", 4, 4, "Verification tag").hex();
inline constexpr Field checksum = make::uint("sctp.checksum", 8, 4, "Checksum").hex();
inline constexpr Field checksum_status =
    value("sctp.checksum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8);

// --- chunks ---------------------------------------------------------------------------------------------
inline constexpr Label kChunks[] = {{0, "DATA"},           {1, "INIT"},          {2, "INIT ACK"},
                                    {3, "SACK"},           {4, "HEARTBEAT"},     {5, "HEARTBEAT ACK"},
                                    {6, "ABORT"},          {7, "SHUTDOWN"},      {8, "SHUTDOWN ACK"},
                                    {9, "ERROR"},          {10, "COOKIE ECHO"},  {11, "COOKIE ACK"},
                                    {12, "ECNE"},          {13, "CWR"},          {14, "SHUTDOWN COMPLETE"},
                                    {15, "AUTH"},          {16, "NR-SACK"},      {64, "I-DATA"},
                                    {128, "ASCONF-ACK"},   {129, "PKTDROP"},     {130, "RE-CONFIG"},
                                    {132, "PAD"},          {192, "FORWARD-TSN"}, {193, "ASCONF"},
                                    {194, "I-FORWARD-TSN"}};
// IANA's payload protocol identifiers, the usual ones.
inline constexpr Label kPayloads[] = {{0, "unspecified"},
                                      {1, "IUA"},
                                      {2, "M2UA"},
                                      {3, "M3UA"},
                                      {4, "SUA"},
                                      {5, "M2PA"},
                                      {6, "V5UA"},
                                      {7, "H.248"},
                                      {18, "S1AP"},
                                      {20, "HNBAP"},
                                      {25, "SBcAP"},
                                      {27, "X2AP"},
                                      {46, "Diameter"},
                                      {47, "Diameter over DTLS"},
                                      {50, "WebRTC DCEP"},
                                      {51, "WebRTC string"},
                                      {53, "WebRTC binary"},
                                      {56, "WebRTC string, empty"},
                                      {57, "WebRTC binary, empty"},
                                      {60, "NGAP"},
                                      {61, "XnAP"},
                                      {62, "F1AP"},
                                      {64, "E1AP"}};

inline constexpr Field chunk_type = make::uint("sctp.chunk_type", 0, 1, "Chunk").named(kChunks).when_parsed();
inline constexpr Field chunk_bit_1 =
    make::flag("sctp.chunk_bit_1", 0, "If unknown: skip it and go on").when_parsed();
inline constexpr Field chunk_bit_2 = make::flag("sctp.chunk_bit_2", 1, "If unknown: report it").when_parsed();
inline constexpr Field chunk_flags = make::uint("sctp.chunk_flags", 1, 1, "Flags").hex().when_parsed();
inline constexpr Field chunk_length =
    make::uint("sctp.chunk_length", 2, 2, "Length of the chunk without padding, bytes").when_parsed();
inline constexpr Field chunk_value = value("sctp.chunk_value", Kind::bytes, "Contents of an unknown chunk");
inline constexpr Field chunk_padding = value("sctp.chunk_padding", Kind::bytes, "Padding of the chunk");

inline constexpr Field data_i = make::flag("sctp.data_i_bit", 12, "Acknowledge at once").when_parsed();
inline constexpr Field data_u = make::flag("sctp.data_u_bit", 13, "Unordered").when_parsed();
inline constexpr Field data_b = make::flag("sctp.data_b_bit", 14, "First piece of a message").when_parsed();
inline constexpr Field data_e = make::flag("sctp.data_e_bit", 15, "Last piece of a message").when_parsed();
inline constexpr Field data_tsn =
    make::uint("sctp.data_tsn_raw", 4, 4, "Transmission sequence number").when_parsed();
inline constexpr Field data_sid = make::uint("sctp.data_sid", 8, 2, "Stream").hex().when_parsed();
inline constexpr Field data_ssn =
    make::uint("sctp.data_ssn", 10, 2, "Sequence number in the stream").when_parsed();
inline constexpr Field data_ppid =
    make::uint("sctp.data_payload_proto_id", 12, 4, "Protocol of the payload").named(kPayloads).when_parsed();
inline constexpr Field data_reserved = make::uint("sctp.data_reserved", 10, 2, "Reserved").when_parsed();
inline constexpr Field data_mid = make::uint("sctp.data_mid", 12, 4, "Message").when_parsed();
inline constexpr Field i_data_ppid =
    make::uint("sctp.data_payload_proto_id", 16, 4, "Protocol of the payload").named(kPayloads).when_parsed();
inline constexpr Field data_fsn = make::uint("sctp.data_fsn", 16, 4, "Piece of the message").when_parsed();

inline constexpr Field initiate_tag =
    make::uint("sctp.initiate_tag", 4, 4, "Initiate tag").hex().when_parsed();
inline constexpr Field init_tag =
    make::uint("sctp.init_initiate_tag", 4, 4, "Initiate tag").hex().when_parsed();
inline constexpr Field init_credit =
    make::uint("sctp.init_credit", 8, 4, "Receive window, bytes").when_parsed();
inline constexpr Field init_out = make::uint("sctp.init_nr_out_streams", 12, 2, "Streams out").when_parsed();
inline constexpr Field init_in = make::uint("sctp.init_nr_in_streams", 14, 2, "Streams in").when_parsed();
inline constexpr Field init_tsn =
    make::uint("sctp.init_initial_tsn", 16, 4, "First transmission sequence number").when_parsed();
inline constexpr Field initack_tag =
    make::uint("sctp.initack_initiate_tag", 4, 4, "Initiate tag").hex().when_parsed();
inline constexpr Field initack_credit =
    make::uint("sctp.initack_credit", 8, 4, "Receive window, bytes").when_parsed();
inline constexpr Field initack_out =
    make::uint("sctp.initack_nr_out_streams", 12, 2, "Streams out").when_parsed();
inline constexpr Field initack_in =
    make::uint("sctp.initack_nr_in_streams", 14, 2, "Streams in").when_parsed();
inline constexpr Field initack_tsn =
    make::uint("sctp.initack_initial_tsn", 16, 4, "First transmission sequence number").when_parsed();

// SACK, and NR-SACK, which has one number more.
inline constexpr Field sack_nonce = make::bits("sctp.sack_nounce_sum", 15, 1, "Nonce sum").when_parsed();
inline constexpr Field sack_tsn =
    make::uint("sctp.sack_cumulative_tsn_ack_raw", 4, 4, "All up to that number arrived").when_parsed();
inline constexpr Field sack_rwnd =
    make::uint("sctp.sack_a_rwnd", 8, 4, "Receive window, bytes").when_parsed();
inline constexpr Field sack_gaps =
    make::uint("sctp.sack_number_of_gap_blocks", 12, 2, "Number of blocks that arrived later").when_parsed();
inline constexpr Field sack_duplicates =
    make::uint("sctp.sack_number_of_duplicated_tsns", 14, 2, "Number of duplicates").when_parsed();
inline constexpr Field gap_start =
    value("sctp.sack_gap_block_start", Kind::uint, "Start of a block, from the cumulative number", 16);
inline constexpr Field gap_start_tsn =
    value("sctp.sack_gap_block_start_tsn", Kind::uint, "First of the block");
inline constexpr Field gap_end =
    value("sctp.sack_gap_block_end", Kind::uint, "End of a block, from the cumulative number", 16);
inline constexpr Field gap_end_tsn = value("sctp.sack_gap_block_end_tsn", Kind::uint, "Last of the block");
inline constexpr Field gap_acked =
    value("sctp.sack_number_of_tsns_gap_acked", Kind::uint, "How many numbers the blocks hold");
inline constexpr Field duplicate = value("sctp.sack_duplicate_tsn", Kind::uint, "Arrived more than once");

inline constexpr Field nr_nonce = make::bits("sctp.nr_sack_nounce_sum", 15, 1, "Nonce sum").when_parsed();
inline constexpr Field nr_tsn =
    make::uint("sctp.nr_sack_cumulative_tsn_ack", 4, 4, "All up to that number arrived").when_parsed();
inline constexpr Field nr_rwnd =
    make::uint("sctp.nr_sack_a_rwnd", 8, 4, "Receive window, bytes").when_parsed();
inline constexpr Field nr_gaps =
    make::uint("sctp.nr_sack_number_of_gap_blocks", 12, 2, "Number of blocks that may still be dropped")
        .when_parsed();
inline constexpr Field nr_nr_gaps =
    make::uint("sctp.nr_sack_number_of_nr_gap_blocks", 14, 2, "Number of blocks that are kept").when_parsed();
inline constexpr Field nr_duplicates =
    make::uint("sctp.nr_sack_number_of_duplicated_tsns", 16, 2, "Number of duplicates").when_parsed();
inline constexpr Field nr_reserved =
    make::uint("sctp.nr_sack_reserved", 18, 2, "Reserved").hex().when_parsed();
inline constexpr Field nr_gap_start =
    value("sctp.nr_sack_gap_block_start", Kind::uint, "Start of a block, from the cumulative number", 16);
inline constexpr Field nr_gap_start_tsn =
    value("sctp.nr_sack_gap_block_start_tsn", Kind::uint, "First of the block");
inline constexpr Field nr_gap_end =
    value("sctp.nr_sack_gap_block_end", Kind::uint, "End of a block, from the cumulative number", 16);
inline constexpr Field nr_gap_end_tsn =
    value("sctp.nr_sack_gap_block_end_tsn", Kind::uint, "Last of the block");
inline constexpr Field nr_gap_acked =
    value("sctp.nr_sack_number_of_tsns_gap_acked", Kind::uint, "How many numbers the blocks hold");
inline constexpr Field kept_start =
    value("sctp.nr_sack_nr_gap_block_start", Kind::uint, "Start of a block, from the cumulative number", 16);
inline constexpr Field kept_start_tsn =
    value("sctp.nr_sack_nr_gap_block_start_tsn", Kind::uint, "First of the block");
inline constexpr Field kept_end =
    value("sctp.nr_sack_nr_gap_block_end", Kind::uint, "End of a block, from the cumulative number", 16);
inline constexpr Field kept_end_tsn =
    value("sctp.nr_sack_nr_gap_block_end_tsn", Kind::uint, "Last of the block");
inline constexpr Field kept_acked =
    value("sctp.nr_sack_number_of_tsns_nr_gap_acked", Kind::uint, "How many numbers the blocks hold");
inline constexpr Field nr_duplicate =
    value("sctp.nr_sack_duplicate_tsn", Kind::uint, "Arrived more than once");

inline constexpr Field shutdown_tsn =
    make::uint("sctp.shutdown_cumulative_tsn_ack", 4, 4, "All up to that number arrived").when_parsed();
inline constexpr Field ecne_tsn = make::uint("sctp.ecne_lowest_tsn", 4, 4, "Lowest number").when_parsed();
inline constexpr Field cwr_tsn = make::uint("sctp.cwr_lowest_tsn", 4, 4, "Lowest number").when_parsed();
inline constexpr Field complete_t =
    make::flag("sctp.shutdown_complete_t_bit", 15, "The tag is the receiver's, returned").when_parsed();
inline constexpr Field abort_t =
    make::flag("sctp.abort_t_bit", 15, "The tag is the receiver's, returned").when_parsed();
inline constexpr Field cookie = value("sctp.cookie", Kind::bytes, "Cookie");
inline constexpr Field auth_key = make::uint("sctp.shared_key_id", 4, 2, "Key").when_parsed();
inline constexpr Field hmac = value("sctp.hmac", Kind::bytes, "Authentication code");
inline constexpr Field forward_tsn =
    make::uint("sctp.forward_tsn_tsn", 4, 4, "New cumulative number").when_parsed();
inline constexpr Field forward_sid = value("sctp.forward_tsn_sid", Kind::uint, "Stream", 16);
inline constexpr Field forward_ssn =
    value("sctp.forward_tsn_ssn", Kind::uint, "Sequence number in the stream", 16);
inline constexpr Field i_forward_tsn =
    make::uint("sctp.i_forward_tsn_tsn", 4, 4, "New cumulative number").when_parsed();
// Of an entry of I-FORWARD-TSN:
inline constexpr Field i_forward_sid = make::uint("sctp.i_forward_tsn_sid", 0, 2, "Stream").when_parsed();
inline constexpr Field i_forward_flags =
    make::uint("sctp.i_forward_tsn_flags", 2, 2, "Flags").hex().when_parsed();
inline constexpr Field i_forward_res = make::bits("sctp.i_forward_tsn_res", 16, 15, "Reserved").when_parsed();
inline constexpr Field i_forward_u = make::flag("sctp.i_forward_tsn_u_bit", 31, "Unordered").when_parsed();
inline constexpr Field i_forward_mid = make::uint("sctp.forward_tsn_mid", 4, 4, "Message").when_parsed();

inline constexpr Field drop_m = make::flag("sctp.pckdrop_m_bit", 15, "Dropped by a middlebox").when_parsed();
inline constexpr Field drop_b = make::flag("sctp.pckdrop_b_bit", 14, "Bad checksum").when_parsed();
inline constexpr Field drop_t = make::flag("sctp.pckdrop_t_bit", 13, "The packet is cut").when_parsed();
inline constexpr Field drop_bandwidth =
    make::uint("sctp.pktdrop_bandwidth", 4, 4, "Bandwidth, bytes").when_parsed();
inline constexpr Field drop_queue =
    make::uint("sctp.pktdrop_queuesize", 8, 4, "Size of the queue, bytes").when_parsed();
inline constexpr Field drop_length =
    make::uint("sctp.pktdrop_truncated_length", 12, 2, "Length before it was cut, bytes").when_parsed();
inline constexpr Field drop_reserved = make::uint("sctp.pktdrop_reserved", 14, 2, "Reserved").when_parsed();
inline constexpr Field drop_data = value("sctp.pktdrop_datafield", Kind::bytes, "What is left of the packet");
inline constexpr Field padding_data = value("sctp.padding_data", Kind::bytes, "Contents of a PAD chunk");
inline constexpr Field asconf_number =
    make::uint("sctp.asconf_seq_nr_number", 4, 4, "Sequence number").hex().when_parsed();
inline constexpr Field asconf_ack_number =
    make::uint("sctp.asconf_ack_seq_nr_number", 4, 4, "Sequence number").hex().when_parsed();

inline constexpr const Field* fields[] = {&srcport,
                                          &dstport,
                                          &src_any,
                                          &dst_any,
                                          &verification_tag,
                                          &checksum,
                                          &checksum_status,
                                          &chunk_type,
                                          &chunk_bit_1,
                                          &chunk_bit_2,
                                          &chunk_flags,
                                          &chunk_length,
                                          &chunk_value,
                                          &chunk_padding,
                                          &data_i,
                                          &data_u,
                                          &data_b,
                                          &data_e,
                                          &data_tsn,
                                          &data_sid,
                                          &data_ssn,
                                          &data_ppid,
                                          &data_reserved,
                                          &data_mid,
                                          &i_data_ppid,
                                          &data_fsn,
                                          &initiate_tag,
                                          &init_tag,
                                          &init_credit,
                                          &init_out,
                                          &init_in,
                                          &init_tsn,
                                          &initack_tag,
                                          &initack_credit,
                                          &initack_out,
                                          &initack_in,
                                          &initack_tsn,
                                          &sack_nonce,
                                          &sack_tsn,
                                          &sack_rwnd,
                                          &sack_gaps,
                                          &sack_duplicates,
                                          &gap_start,
                                          &gap_start_tsn,
                                          &gap_end,
                                          &gap_end_tsn,
                                          &gap_acked,
                                          &duplicate,
                                          &nr_nonce,
                                          &nr_tsn,
                                          &nr_rwnd,
                                          &nr_gaps,
                                          &nr_nr_gaps,
                                          &nr_duplicates,
                                          &nr_reserved,
                                          &nr_gap_start,
                                          &nr_gap_start_tsn,
                                          &nr_gap_end,
                                          &nr_gap_end_tsn,
                                          &nr_gap_acked,
                                          &kept_start,
                                          &kept_start_tsn,
                                          &kept_end,
                                          &kept_end_tsn,
                                          &kept_acked,
                                          &nr_duplicate,
                                          &shutdown_tsn,
                                          &ecne_tsn,
                                          &cwr_tsn,
                                          &complete_t,
                                          &abort_t,
                                          &cookie,
                                          &auth_key,
                                          &hmac_id,
                                          &hmac,
                                          &forward_tsn,
                                          &forward_sid,
                                          &forward_ssn,
                                          &i_forward_tsn,
                                          &i_forward_sid,
                                          &i_forward_flags,
                                          &i_forward_res,
                                          &i_forward_u,
                                          &i_forward_mid,
                                          &drop_m,
                                          &drop_b,
                                          &drop_t,
                                          &drop_bandwidth,
                                          &drop_queue,
                                          &drop_length,
                                          &drop_reserved,
                                          &drop_data,
                                          &padding_data,
                                          &asconf_number,
                                          &asconf_ack_number,
                                          &parameter_type,
                                          &parameter_bit_1,
                                          &parameter_bit_2,
                                          &parameter_length,
                                          &parameter_value,
                                          &parameter_padding,
                                          &parameter_ipv4,
                                          &parameter_ipv6,
                                          &heartbeat,
                                          &state_cookie,
                                          &cookie_time,
                                          &host_name,
                                          &address_type,
                                          &request_number,
                                          &response_number,
                                          &last_tsn,
                                          &sender_tsn,
                                          &receiver_tsn,
                                          &result,
                                          &reset_stream,
                                          &more_out,
                                          &more_out_reserved,
                                          &more_in,
                                          &more_in_reserved,
                                          &correlation,
                                          &adaptation,
                                          &random_number,
                                          &chunk_to_auth,
                                          &extension,
                                          &cause_code,
                                          &cause_length,
                                          &cause_information,
                                          &cause_padding,
                                          &cause_stream,
                                          &cause_reserved,
                                          &missing_count,
                                          &missing_type,
                                          &staleness,
                                          &cause_tsn};
inline constexpr Binding parents[] = {{Table::ip_proto, 132}, {Table::udp_port, 9899}};  // RFC 6951
Next dissect(Dissector& d);
inline constexpr Group groups[] = {
    {.first = &chunk_type, .length = &chunk_length, .padding = &chunk_padding, .align = 4, .carries = true},
    {.first = &parameter_type,
     .length = &parameter_length,
     .level = 1,
     .padding = &parameter_padding,
     .align = 4},
    {.first = &cause_code, .length = &cause_length, .level = 1, .padding = &cause_padding, .align = 4}};
inline constexpr Construction construction{.groups = groups};
inline constexpr Protocol protocol = Protocol{"sctp",     "Stream Control Transmission Protocol",
                                              "RFC 9260", 12,
                                              fields,     Level::transport,
                                              parents,    dissect}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::sctp
