// Other addresses for one packet of any link type: byte 0 chooses the link type, the rest is the packet.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "flowloom/bytes.hpp"
#include "synth/rewrite.hpp"

namespace {

using namespace flowloom;

std::vector<IpHeaderPlace> headers_of(const std::vector<std::uint8_t>& padded, LinkType link_type) {
  RawPacket packet;
  packet.link_type = link_type;
  packet.bytes = {padded.data(), padded.size() - kPadding};
  packet.original_length = static_cast<std::uint32_t>(packet.bytes.size());
  std::vector<IpHeaderPlace> headers;
  find_ip_headers(packet, headers);
  return headers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr LinkType kLinkTypes[] = {1,   0,   9,   12,  14,  50,  51,  101, 104, 105,
                                            107, 108, 113, 127, 166, 204, 228, 229, 239, 276};
  if (size < 1) return 0;
  const LinkType link_type = kLinkTypes[data[0] % std::size(kLinkTypes)];
  std::vector<std::uint8_t> padded(data + 1, data + size);
  padded.resize(padded.size() + kPadding);
  const std::vector<IpHeaderPlace> headers = headers_of(padded, link_type);
  // No more than the packet itself, so that a step beyond its end is noticed.
  std::vector<std::uint8_t> packet(data + 1, data + size);
  synth::AddressNumbers numbers;
  const synth::Rewrite rewrite = synth::plan_rewrite(packet, headers, numbers);
  for (const synth::AddressPlace& place : rewrite.places) {
    IpAddress address;
    address.version = place.version;
    for (std::uint8_t& byte : address.bytes) byte = static_cast<std::uint8_t>(place.number + 1);
    synth::put_address(packet, rewrite, place, address);
  }
  synth::finish_rewrite(packet, rewrite);
  // Addresses and checksums do not decide what is inside of what.
  packet.resize(packet.size() + kPadding);
  const std::vector<IpHeaderPlace> after = headers_of(packet, link_type);
  bool same = after.size() == headers.size();
  for (std::size_t i = 0; same && i < after.size(); ++i) {
    same = after[i].offset == headers[i].offset && after[i].version == headers[i].version;
  }
  if (!same) {
    std::fputs("the packet has other headers than before\n", stderr);
    std::abort();
  }
  return 0;
}
