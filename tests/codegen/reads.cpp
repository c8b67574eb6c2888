// Reads as the flow path does them, one a function: check_codegen.py looks at the machine code that they
// become. The name says how wide the load is and whether bytes must be swapped.
#include <cstdint>

#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"
#include "dissect/transport/tcp.hpp"

using flowloom::read;
using Header = const std::uint8_t*;

extern "C" {
std::uint8_t read_8_ip_proto(Header h) { return read<flowloom::ip::proto>(h); }
std::uint32_t read_8_ip_hdr_len(Header h) { return read<flowloom::ip::hdr_len>(h); }
bool read_8_tcp_syn(Header h) { return read<flowloom::tcp::syn>(h); }
std::uint16_t read_16_tcp_srcport(Header h) { return read<flowloom::tcp::srcport>(h); }
std::uint16_t read_16_tcp_flags(Header h) { return read<flowloom::tcp::flags>(h); }
std::uint16_t read_16_ip_len(Header h) { return read<flowloom::ip::len>(h); }
std::uint32_t read_16_ip_frag_offset(Header h) { return read<flowloom::ip::frag_offset>(h); }
std::uint32_t read_32_tcp_seq(Header h) { return read<flowloom::tcp::seq_raw>(h); }
std::uint32_t read_32_ip_src(Header h) { return read<flowloom::ip::src>(h); }
std::uint32_t read_24_ipv6_flow(Header h) { return read<flowloom::ipv6::flow>(h); }
}
