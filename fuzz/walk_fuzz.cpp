// The header walk on one packet of any link type: byte 0 chooses the link type, bytes 1 and 2 how much longer
// the packet was than what is captured, the rest is the packet.
#include <cstdio>
#include <cstdlib>

#include "../tests/unit/support/invariants.hpp"
#include "reassemble/fragments.hpp"

namespace {

using namespace flowloom;

void require(const std::string& wrong, const PacketBatch& batch) {
  if (wrong.empty()) return;
  std::fprintf(stderr, "%s\n%s\n", wrong.c_str(), build::describe(batch).c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr LinkType kLinkTypes[] = {build::kEthernet,   build::kNull,       build::kPpp,
                                            build::kRaw12,      build::kRaw14,      build::kPppHdlc,
                                            build::kPppEther,   build::kRaw,        build::kChdlc,
                                            build::kWifi,       build::kFrameRelay, build::kLoop,
                                            build::kLinuxSll,   build::kRadiotap,   build::kPppd,
                                            build::kPppWithDir, build::kIpv4,       build::kIpv6,
                                            build::kNflog,      build::kLinuxSll2,  147};
  if (size < 3) return 0;
  const build::Packet bytes(data + 3, data + size);
  RawPacket packet;
  packet.link_type = kLinkTypes[data[0] % std::size(kLinkTypes)];
  packet.number = 7;
  packet.time = {1'000'000'000};
  packet.original_length = static_cast<std::uint32_t>(bytes.size()) + data[1] + 256U * data[2];
  const HashSeed seed;

  // What lies behind the packet must not matter.
  PacketBatch batches[2];
  for (unsigned i = 0; i < 2; ++i) {
    const build::Buffer buffer(bytes, i == 0 ? 0x00 : 0xFF);
    packet.bytes = buffer.padded();
    walk_headers(packet, seed, batches[i]);
    require(build::check_walk(batches[i], packet, seed), batches[i]);
  }
  require(build::describe(batches[0]) == build::describe(batches[1]) ? "" : "padding was read", batches[1]);

  FragmentResolver resolver(seed);
  for (PacketBatch& batch : batches) {
    resolver.resolve(batch);
    require(build::check_resolved(batch, seed), batch);
  }
  const std::uint64_t packets = build::sum(batches[0].fates) + build::sum(batches[1].fates);
  require(packets + resolver.unclaimed() == 2 ? "" : "a packet was lost", batches[1]);
  return 0;
}
