#pragma once

#include "dissect/field.hpp"

namespace flowloom::tcp {
using namespace make;
inline constexpr Field srcport = make::uint("tcp.srcport", 0, 2, "Source port");
inline constexpr Field dstport = make::uint("tcp.dstport", 2, 2, "Destination port");
inline constexpr Field src_any = make::uint("tcp.port", 0, 2, "Source or destination port").alias();
inline constexpr Field dst_any = make::uint("tcp.port", 2, 2, "Source or destination port").alias();
inline constexpr Field seq_raw = make::uint("tcp.seq_raw", 4, 4, "Sequence number (raw)");
inline constexpr Field ack_raw = make::uint("tcp.ack_raw", 8, 4, "Acknowledgment number (raw)");
inline constexpr Field hdr_len = bits("tcp.hdr_len", 96, 4, "Header length, bytes", 4);
inline constexpr Field flags = bits("tcp.flags", 100, 12, "Flags").hex();
inline constexpr Field ae = flag("tcp.flags.ae", 103, "Accurate ECN");
inline constexpr Field cwr = flag("tcp.flags.cwr", 104, "Congestion window reduced");
inline constexpr Field ece = flag("tcp.flags.ece", 105, "ECN-Echo");
inline constexpr Field urg = flag("tcp.flags.urg", 106, "Urgent");
inline constexpr Field ack = flag("tcp.flags.ack", 107, "Acknowledgment");
inline constexpr Field push = flag("tcp.flags.push", 108, "Push");
inline constexpr Field reset = flag("tcp.flags.reset", 109, "Reset");
inline constexpr Field syn = flag("tcp.flags.syn", 110, "Syn");
inline constexpr Field fin = flag("tcp.flags.fin", 111, "Fin");
inline constexpr Field window_size_value = make::uint("tcp.window_size_value", 14, 2, "Window");
inline constexpr Field checksum = make::uint("tcp.checksum", 16, 2, "Checksum").hex();
inline constexpr Field urgent_pointer = make::uint("tcp.urgent_pointer", 18, 2, "Urgent pointer");
inline constexpr const Field* fields[] = {
    &srcport,  &dstport,       &src_any, &dst_any, &seq_raw, &ack_raw, &hdr_len, &flags, &ae,
    &cwr,      &ece,           &urg,     &ack,     &push,    &reset,   &syn,     &fin,   &window_size_value,
    &checksum, &urgent_pointer};
inline constexpr Binding parents[] = {{Table::ip_proto, 6}};
Next dissect(Dissector& d);
inline constexpr Protocol protocol{
    "tcp", "Transmission Control Protocol", "RFC 9293", 20, fields, Level::transport, parents, dissect,
    "TCP"};
static_assert(well_formed(protocol));
}  // namespace flowloom::tcp
