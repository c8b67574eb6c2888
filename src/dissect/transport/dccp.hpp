#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::dccp {
using namespace make;
inline constexpr Label kTypes[] = {{0, "Request"}, {1, "Response"}, {2, "Data"},   {3, "Ack"},
                                   {4, "DataAck"}, {5, "CloseReq"}, {6, "Close"},  {7, "Reset"},
                                   {8, "Sync"},    {9, "SyncAck"},  {10, "Listen"}};
inline constexpr Label kResets[] = {
    {0, "unspecified"},      {1, "closed"},       {2, "aborted"},          {3, "no connection"},
    {4, "packet error"},     {5, "option error"}, {6, "mandatory error"},  {7, "connection refused"},
    {8, "bad service code"}, {9, "too busy"},     {10, "bad init cookie"}, {11, "aggression penalty"}};
inline constexpr Label kOptions[] = {{0, "padding"},
                                     {1, "mandatory"},
                                     {2, "slow receiver"},
                                     {32, "change L"},
                                     {33, "confirm L"},
                                     {34, "change R"},
                                     {35, "confirm R"},
                                     {36, "init cookie"},
                                     {37, "NDP count"},
                                     {38, "ack vector 0"},
                                     {39, "ack vector 1"},
                                     {40, "data dropped"},
                                     {41, "timestamp"},
                                     {42, "timestamp echo"},
                                     {43, "elapsed time"},
                                     {44, "data checksum"},
                                     {192, "CCID 3 loss event rate"},
                                     {193, "CCID 3 loss intervals"},
                                     {194, "CCID 3 receive rate"}};
inline constexpr Label kFeatures[] = {{1, "CCID"},
                                      {2, "allow short sequence numbers"},
                                      {3, "sequence window"},
                                      {4, "ECN incapable"},
                                      {5, "ack ratio"},
                                      {6, "send ack vector"},
                                      {7, "send NDP count"},
                                      {8, "minimum checksum coverage"},
                                      {9, "check data checksum"},
                                      {192, "send loss event rate"}};
inline constexpr Field srcport = make::uint("dccp.srcport", 0, 2, "Source port");
inline constexpr Field dstport = make::uint("dccp.dstport", 2, 2, "Destination port");
inline constexpr Field src_any = make::uint("dccp.port", 0, 2, "Source or destination port").alias();
inline constexpr Field dst_any = make::uint("dccp.port", 2, 2, "Source or destination port").alias();
inline constexpr Field data_offset =
    make::uint("dccp.data_offset", 4, 1, "Length of the header, words of 4 bytes");
inline constexpr Field ccval = bits("dccp.ccval", 40, 4, "For the congestion control");
inline constexpr Field coverage = bits("dccp.cscov", 44, 4, "Checksum coverage; 0: all");
inline constexpr Field checksum = make::uint("dccp.checksum", 6, 2, "Checksum").hex();
inline constexpr Field checksum_status =
    value("dccp.checksum.status", Kind::uint, "Checksum: 0 wrong, 1 right, 2 not known", 8);
inline constexpr Field reserved1 = bits("dccp.res1", 64, 3, "Reserved").hex().alias();
inline constexpr Field type = bits("dccp.type", 67, 4, "Type").named(kTypes);
inline constexpr Field extended = flag("dccp.x", 71, "Sequence numbers of 48 bits");
inline constexpr Field reserved2 = value("dccp.res2", Kind::uint, "Reserved", 8).hex().alias();
inline constexpr Field seq = make::uint("dccp.seq", 9, 3, "Sequence number of 24 bits").in(64).when_parsed();
inline constexpr Field seq_raw =
    make::uint("dccp.seq_raw", 10, 6, "Sequence number of 48 bits").in(64).when_parsed();
inline constexpr Field ack_reserved = value("dccp.ack_res", Kind::uint, "Reserved", 16).hex().alias();
inline constexpr Field ack = make::uint("dccp.ack_raw", 18, 6, "Acknowledgement number").in(64).when_parsed();
inline constexpr Field short_ack =
    make::uint("dccp.ack_raw", 13, 3, "Acknowledgement number").in(64).when_parsed();
inline constexpr Field service = value("dccp.service_code", Kind::uint, "Service");
inline constexpr Field reset_code = value("dccp.reset_code", Kind::uint, "Why", 8).named(kResets);
inline constexpr Field data1 = value("dccp.data1", Kind::uint, "First byte about the reset", 8);
inline constexpr Field data2 = value("dccp.data2", Kind::uint, "Second byte about the reset", 8);
inline constexpr Field data3 = value("dccp.data3", Kind::uint, "Third byte about the reset", 8);
inline constexpr Field options = value("dccp.options", Kind::none, "Options");
inline constexpr Field option = value("dccp.option_type", Kind::uint, "Option", 8).named(kOptions);
inline constexpr Field padding = value("dccp.padding", Kind::bytes, "Padding");
inline constexpr Field mandatory = value("dccp.mandatory", Kind::bytes, "The next option is mandatory");
inline constexpr Field slow_receiver = value("dccp.slow_receiver", Kind::bytes, "Receiver is slow");
inline constexpr Field option_reserved = value("dccp.option_reserved", Kind::bytes, "Of an unknown option");
inline constexpr Field feature = value("dccp.feature_number", Kind::uint, "Feature", 8).named(kFeatures);
inline constexpr Field init_cookie = value("dccp.init_cookie", Kind::bytes, "Cookie");
inline constexpr Field ndp_count = value("dccp.ndp_count", Kind::uint, "Packets without data before", 64);
inline constexpr Field ack_vector0 =
    value("dccp.ack_vector.nonce_0", Kind::bytes, "What was received, nonce 0");
inline constexpr Field ack_vector1 =
    value("dccp.ack_vector.nonce_1", Kind::bytes, "What was received, nonce 1");
inline constexpr Field data_dropped = value("dccp.data_dropped", Kind::bytes, "What was dropped");
inline constexpr Field timestamp = value("dccp.timestamp", Kind::uint, "Time, 10 µs");
inline constexpr Field timestamp_echo =
    value("dccp.timestamp_echo", Kind::uint, "Time that is returned, 10 µs");
inline constexpr Field elapsed_time = value("dccp.elapsed_time", Kind::uint, "Time since receipt, 10 µs");
inline constexpr Field data_checksum = value("dccp.checksum_data", Kind::uint, "Checksum of the data").hex();
inline constexpr Field ccid_data =
    value("dccp.ccid_option_data", Kind::bytes, "Of an option of the congestion control");
inline constexpr Field loss_rate = value("dccp.ccid3_loss_event_rate", Kind::uint, "Packets a loss");
inline constexpr Field loss_intervals =
    value("dccp.ccid3_loss_intervals", Kind::bytes, "Intervals between losses");
inline constexpr Field receive_rate =
    value("dccp.ccid3_receive_rate", Kind::uint, "Rate of receipt, bytes a second");
inline constexpr const Field* fields[] = {&srcport,
                                          &dstport,
                                          &src_any,
                                          &dst_any,
                                          &data_offset,
                                          &ccval,
                                          &coverage,
                                          &checksum,
                                          &checksum_status,
                                          &reserved1,
                                          &type,
                                          &extended,
                                          &reserved2,
                                          &seq,
                                          &seq_raw,
                                          &ack_reserved,
                                          &ack,
                                          &short_ack,
                                          &service,
                                          &reset_code,
                                          &data1,
                                          &data2,
                                          &data3,
                                          &options,
                                          &option,
                                          &padding,
                                          &mandatory,
                                          &slow_receiver,
                                          &option_reserved,
                                          &feature,
                                          &init_cookie,
                                          &ndp_count,
                                          &ack_vector0,
                                          &ack_vector1,
                                          &data_dropped,
                                          &timestamp,
                                          &timestamp_echo,
                                          &elapsed_time,
                                          &data_checksum,
                                          &ccid_data,
                                          &loss_rate,
                                          &loss_intervals,
                                          &receive_rate};
inline constexpr Binding parents[] = {{Table::ip_proto, 33}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::flag(extended, seq_raw), fill::header(data_offset).words(4)};
inline constexpr Field option_length =
    value("dccp.option_length", Kind::uint, "Length of the option, bytes", 8);
inline constexpr Group groups[] = {
    {.first = &option, .length = &option_length, .alone = [](std::uint64_t kind) { return kind < 32; }}};
/// Numbers of as many bytes as they need (RFC 4340 §7.7, §13.2).
inline constexpr auto number_size = [](const Field& field, std::uint64_t number) {
  std::uint8_t bytes = &field == &ndp_count ? 1 : &field == &elapsed_time ? 2 : 0;
  if (&field == &elapsed_time && number > 0xFFFF) bytes = 4;
  while (&field == &ndp_count && bytes < 6 && number >> (bytes * 8) != 0) ++bytes;
  return bytes;
};
inline constexpr Construction construction{
    .fills = fills, .groups = groups, .from_front = true, .align = 4, .size = number_size};
inline constexpr Protocol protocol = Protocol{"dccp",     "Datagram Congestion Control Protocol",
                                              "RFC 4340", 12,
                                              fields,     Level::transport,
                                              parents,    dissect}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::dccp
