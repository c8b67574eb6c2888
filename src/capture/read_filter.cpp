#include "capture/read_filter.hpp"

#include <pcap/pcap.h>

#include "flowloom/capture.hpp"

namespace flowloom {
namespace {

constexpr int kSnapLength = 262'144;  // libpcap's largest
constexpr LinkType kEthernet = 1, kRaw = 101;

/// libpcap's own number (DLT_…) for a link type of a file (LINKTYPE_…): they differ for a few old ones.
int to_dlt(LinkType type) { return type == kRaw ? DLT_RAW : type; }

}  // namespace

void ReadFilter::Free::operator()(bpf_program* program) const {
  pcap_freecode(program);
  delete program;
}

Result<ReadFilter> ReadFilter::compile(std::string expression) {
  ReadFilter filter(std::move(expression));
  auto program = filter.compile_for(kEthernet);  // finds mistakes before anything is read
  if (!program) {
    // It may be meant for another link type ("wlan type data").
    Error error = program.error();
    for (const LinkType other : {LinkType{105}, LinkType{127}, LinkType{113}, kRaw}) {
      if (filter.compile_for(other)) return filter;
    }
    return error;
  }
  filter.programs_.emplace(kEthernet, std::move(*program));
  return filter;
}

Result<ReadFilter::Program> ReadFilter::compile_for(LinkType type) const {
  const std::unique_ptr<pcap_t, void (*)(pcap_t*)> handle(pcap_open_dead(to_dlt(type), kSnapLength),
                                                          pcap_close);
  if (!handle) return Error{ErrorCode::limit, "out of memory"};
  Program program(new bpf_program{});
  if (pcap_compile(handle.get(), program.get(), expression_.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return Error{ErrorCode::usage, "read filter \"" + expression_ + "\" (link type " + link_type_name(type) +
                                       "): " + pcap_geterr(handle.get())};
  }
  return program;
}

Result<bool> ReadFilter::matches(const RawPacket& packet) {
  if (last_ == nullptr || packet.link_type != last_type_) {
    auto known = programs_.find(packet.link_type);
    if (known == programs_.end()) {
      auto program = compile_for(packet.link_type);
      if (!program) return program.error();
      known = programs_.emplace(packet.link_type, std::move(*program)).first;
    }
    last_ = known->second.get();
    last_type_ = packet.link_type;
  }
  pcap_pkthdr header = {};
  header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
  header.len = packet.original_length;
  return pcap_offline_filter(last_, &header, packet.bytes.data()) != 0;
}

}  // namespace flowloom
