// What the fragments of IP datagrams cost: records of datagrams in three pieces, in order or from the last to
// the first, and records without any.
#include "reassemble/fragments.hpp"

#include "dissect/header_walk.hpp"
#include "packets.hpp"

namespace flowloom {
namespace {

constexpr std::uint32_t kDatagrams = 100'000, kPieces = 3, kPieceBytes = 64;
constexpr std::size_t kBatch = 3'000;  // packets

/// The walk's records of UDP datagrams, each in pieces, some thousand packets a batch.
std::vector<PacketBatch> pieces(bool backwards) {
  std::vector<PacketBatch> batches;
  std::uint8_t frame[34 + kPieceBytes + kPadding] = {};
  bench::store_be16(frame + 12, 0x0800);
  std::uint8_t* const ip = frame + 14;
  ip[0] = 0x45;
  ip[9] = ip_proto::udp;
  bench::store_be16(ip + 2, 20 + kPieceBytes);
  for (std::uint32_t i = 0; i < kDatagrams * kPieces; ++i) {
    const std::uint32_t datagram = i / kPieces, turn = i % kPieces,
                        piece = backwards ? kPieces - 1 - turn : turn;
    bench::store_be16(ip + 4, datagram & 0xFFFF);
    bench::store_be16(ip + 6, (piece + 1 < kPieces ? 0x2000U : 0U) | piece * kPieceBytes / 8);
    bench::store_be32(ip + 12, 0x0A000001 + datagram % 251);
    bench::store_be32(ip + 16, 0xC0A80001 + (datagram >> 16));
    bench::store_be16(ip + 20, 5000);  // ports and length count in the first piece
    bench::store_be16(ip + 22, 6000);
    bench::store_be16(ip + 24, kPieces * kPieceBytes);
    RawPacket packet;
    packet.bytes = PaddedBytes(frame, 34 + kPieceBytes);
    packet.number = i + 1;
    packet.original_length = 34 + kPieceBytes;
    packet.link_type = 1;
    if (i % kBatch == 0) batches.emplace_back();
    walk_headers(packet, HashSeed(), batches.back());
  }
  return batches;
}

void resolve(benchmark::State& state, bool backwards) {
  const std::vector<PacketBatch> batches = pieces(backwards);
  PacketBatch batch;
  for (auto _ : state) {
    FragmentResolver resolver{HashSeed()};
    std::uint64_t in_flows = 0;
    for (const PacketBatch& made : batches) {
      batch = made;  // resolve() changes it: a copy is part of what is measured
      resolver.resolve(batch);
      in_flows += batch.fates[static_cast<std::size_t>(Fate::flow)];
    }
    if (in_flows != kDatagrams * kPieces) state.SkipWithError("pieces without a flow");
  }
  bench::count_packets(state, kDatagrams * kPieces);
}
BENCHMARK_CAPTURE(resolve, in_order, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(resolve, backwards, true)->Unit(benchmark::kMillisecond);

void resolve_nothing(benchmark::State& state) {
  constexpr std::size_t kPackets = 1'000'000;
  const bench::Traffic traffic(10'000, kPackets, 60);
  std::vector<PacketBatch> batches(traffic.windows().size());
  for (std::size_t i = 0; i < batches.size(); ++i) {
    for (const RawPacket& packet : traffic.windows()[i]) walk_headers(packet, HashSeed(), batches[i]);
  }
  for (auto _ : state) {
    FragmentResolver resolver{HashSeed()};
    for (PacketBatch& batch : batches) resolver.resolve(batch);
    benchmark::DoNotOptimize(batches.data());
  }
  bench::count_packets(state, kPackets);
}
BENCHMARK(resolve_nothing)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace flowloom
