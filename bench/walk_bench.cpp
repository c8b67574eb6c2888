// What walk and tracker cost a packet of 60 bytes in 10,000 flows, against the loop that one would write by
// hand over packed structs for these packets alone. Both read the same packets in memory and end with the
// same flows.
//
// The loop does what is comparable: bounds, addresses and ports, one key for both directions, a seeded hash,
// the flow looked up, packets and bytes by direction, first and last time, flags seen, and an entry in the
// flow's sequence (the same entries in the same chunks). It knows Ethernet, IPv4 without options and TCP; no
// other protocol, no fragments, no tunnels, no stream numbers or rule of new streams, no initiator, no end of
// connections, no timeouts.
#include <cstdlib>
#include <memory>

#include "base/arena.hpp"
#include "dissect/header_walk.hpp"
#include "packets.hpp"
#include "track/tracker.hpp"

namespace flowloom {
namespace {

using bench::Traffic;

constexpr std::size_t kPackets = 1'000'000;

const Traffic& traffic(std::uint32_t flows) {
  static std::unique_ptr<Traffic> made;
  static std::uint32_t made_for = 0;
  if (made_for != flows) {
    made = std::make_unique<Traffic>(flows, kPackets, 60);
    made_for = flows;
  }
  return *made;
}

// --- by hand ---------------------------------------------------------------------------------------

struct [[gnu::packed]] Ethernet {
  std::uint8_t destination[6], source[6];
  std::uint16_t type;
};

struct [[gnu::packed]] Ipv4 {
  std::uint8_t version_length, service;
  std::uint16_t length, id, fragment;
  std::uint8_t ttl, protocol;
  std::uint16_t checksum;
  std::uint32_t source, destination;
};

struct [[gnu::packed]] Tcp {
  std::uint16_t source, destination;
  std::uint32_t seq, ack;
  std::uint8_t offset, flags;
  std::uint16_t window, checksum, urgent;
};

struct HandKey {
  std::uint64_t addresses, ports;  // ports, protocol
  bool operator==(const HandKey&) const = default;
};

struct HandChunk {
  HandChunk* next;
  std::uint16_t capacity, used;
  SequenceEntry* entries() { return reinterpret_cast<SequenceEntry*>(this + 1); }
};

struct HandFlow {
  HandKey key;
  std::int64_t start, end;
  std::uint64_t packets[2], bytes[2];
  HandChunk *head, *tail;
  std::uint8_t flags;
};

class HandTable {
 public:
  HandTable() : slots_(1024, 0) {}

  void add(const RawPacket& packet) {
    const std::uint8_t* at = packet.bytes.data();
    if (packet.bytes.size() < sizeof(Ethernet) + sizeof(Ipv4) + sizeof(Tcp)) return;
    const auto* ethernet = reinterpret_cast<const Ethernet*>(at);
    const auto* ip = reinterpret_cast<const Ipv4*>(at + sizeof(Ethernet));
    const auto* tcp = reinterpret_cast<const Tcp*>(at + sizeof(Ethernet) + sizeof(Ipv4));
    const std::uint32_t length = __builtin_bswap16(ip->length), offset = (tcp->offset >> 4) * 4U;
    if (ethernet->type != __builtin_bswap16(0x0800) || ip->version_length != 0x45 || ip->protocol != 6 ||
        (ip->fragment & __builtin_bswap16(0x3FFF)) != 0 || length > packet.bytes.size() - sizeof(Ethernet) ||
        length < sizeof(Ipv4) + offset || offset < sizeof(Tcp)) {
      return;
    }
    const std::uint32_t source = __builtin_bswap32(ip->source), target = __builtin_bswap32(ip->destination);
    const std::uint16_t from = __builtin_bswap16(tcp->source), to = __builtin_bswap16(tcp->destination);
    const bool swap = source > target || (source == target && from > to);
    const HandKey key = swap ? HandKey{std::uint64_t{target} << 32 | source, to * 0x10000ULL + from}
                             : HandKey{std::uint64_t{source} << 32 | target, from * 0x10000ULL + to};
    HandFlow& flow = find(key, packet.time.ns);
    flow.end = std::max(flow.end, packet.time.ns);
    ++flow.packets[swap];
    flow.bytes[swap] += length;
    flow.flags |= tcp->flags;

    HandChunk* chunk = flow.tail;
    if (chunk == nullptr || chunk->used == chunk->capacity) chunk = grow(flow);
    SequenceEntry& entry = chunk->entries()[chunk->used++];
    entry.time = packet.time.ns;
    entry.length = length;
    entry.payload = static_cast<std::uint32_t>(length - sizeof(Ipv4) - offset);
    entry.backward = swap;
    entry.number = static_cast<std::uint32_t>(packet.number);
    entry.tcp_flags = tcp->flags;
  }

  [[nodiscard]] const std::vector<HandFlow>& flows() const { return flows_; }

 private:
  HandFlow& find(const HandKey& key, std::int64_t time) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(key.addresses ^ seed_[0]) * (key.ports ^ seed_[1]);
    const std::uint64_t hash =
        static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    std::size_t i = hash & (slots_.size() - 1);
    for (; slots_[i] != 0; i = (i + 1) & (slots_.size() - 1)) {
      if (flows_[slots_[i] - 1].key == key) return flows_[slots_[i] - 1];
    }
    flows_.push_back({key, time, time, {0, 0}, {0, 0}, nullptr, nullptr, 0});
    slots_[i] = static_cast<std::uint32_t>(flows_.size());
    if (flows_.size() * 3 > slots_.size() * 2) rehash();
    return flows_.back();
  }

  void rehash() {
    std::vector<HandFlow> flows;
    flows.swap(flows_);
    slots_.assign(slots_.size() * 2, 0);
    flows_.reserve(flows.size() * 2);
    for (const HandFlow& flow : flows) {
      HandFlow& moved = find(flow.key, flow.start);
      moved = flow;
    }
  }

  HandChunk* grow(HandFlow& flow) {
    const unsigned capacity = flow.tail == nullptr ? 2 : std::min(flow.tail->capacity * 2U, 16U);
    auto* next =
        static_cast<HandChunk*>(memory_.allocate(sizeof(HandChunk) + capacity * sizeof(SequenceEntry)));
    *next = {nullptr, static_cast<std::uint16_t>(capacity), 0};
    (flow.tail != nullptr ? flow.tail->next : flow.head) = next;
    return flow.tail = next;
  }

  std::uint64_t seed_[2] = {0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F};
  std::vector<std::uint32_t> slots_;  // 1 + number of a flow; 0: empty
  std::vector<HandFlow> flows_;
  Arena memory_;
};

/// Both say the same of every flow; they meet them in the same order.
bool same(const HandTable& hand, const Tracker& tracker) {
  if (hand.flows().size() != tracker.order().size()) return false;
  for (std::size_t i = 0; i < hand.flows().size(); ++i) {
    const HandFlow& x = hand.flows()[i];
    const Flow& y = tracker.flow(tracker.order()[i]);
    for (unsigned d = 0; d < 2; ++d) {
      if (x.packets[d] != y.packets[d] || x.bytes[d] != y.bytes[d]) return false;
    }
    if (x.start != y.start || x.end != y.end || x.tail->used != y.tail->used()) return false;
    if (x.tail->entries()[0].time != y.tail->entry(0).time) return false;
  }
  return true;
}

// --- measured --------------------------------------------------------------------------------------

void by_hand(benchmark::State& state) {
  const Traffic& packets = traffic(static_cast<std::uint32_t>(state.range(0)));
  for (auto _ : state) {
    HandTable table;
    for (const auto& window : packets.windows()) {
      for (const RawPacket& packet : window) table.add(packet);
    }
    benchmark::DoNotOptimize(table.flows().data());
  }
  bench::count_packets(state, kPackets);
}

void walk_and_track(benchmark::State& state) {
  const Traffic& packets = traffic(static_cast<std::uint32_t>(state.range(0)));
  const HashSeed seed;
  PacketBatch batch;
  const auto run = [&](Tracker& tracker) {
    for (const auto& window : packets.windows()) {
      batch.clear();
      walk_headers(window, seed, batch);
      tracker.track(batch);
    }
  };
  for (auto _ : state) {
    Tracker tracker{TrackOptions{}};
    run(tracker);
    benchmark::DoNotOptimize(&tracker);
  }
  Tracker tracker{TrackOptions{}};
  run(tracker);
  tracker.finish();
  HandTable table;
  for (const auto& window : packets.windows()) {
    for (const RawPacket& packet : window) table.add(packet);
  }
  if (!same(table, tracker)) state.SkipWithError("the two do not say the same");
  bench::count_packets(state, kPackets);
}

/// The walk alone; the short way for plain packets, and the general way.
template <void (*walk)(const RawPacket&, const HashSeed&, PacketBatch&)>
void walk_only(benchmark::State& state) {
  const Traffic& packets = traffic(10'000);
  const HashSeed seed;
  PacketBatch batch;
  for (auto _ : state) {
    for (const auto& window : packets.windows()) {
      batch.clear();
      for (const RawPacket& packet : window) walk(packet, seed, batch);
      benchmark::DoNotOptimize(batch.records.data());
    }
  }
  bench::count_packets(state, kPackets);
}

// In turn, so that a change of the machine's speed hits both.
BENCHMARK(by_hand)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(walk_and_track)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(by_hand)->Arg(500'000)->Unit(benchmark::kMillisecond);
BENCHMARK(walk_and_track)->Arg(500'000)->Unit(benchmark::kMillisecond);
BENCHMARK(walk_only<walk_headers>)->Unit(benchmark::kMillisecond);
BENCHMARK(walk_only<walk_any_headers>)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace flowloom
