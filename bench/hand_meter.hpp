// A meter by hand: what a program of one page does that turns a capture into flows with whole sequences, and
// that does no more for it than it must. It knows pcap of this machine's byte order, Ethernet, 802.1Q, IPv4
// and IPv6 without options, TCP, UDP; what else there is it leaves out. It knows no fragments, tunnels,
// stream numbers, rule of new streams, initiators, ends of connections, timeouts, order of flows or damage.
// Nobody could use it.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "whole_runs.hpp"

namespace flowloom::bench {

inline constexpr std::size_t kWindow = std::size_t{256} * 1024;

template <class Value>
Value load(const std::uint8_t* at) {
  Value value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

struct Key {
  std::uint64_t words[5];  // addresses, then ports and protocol
  bool operator==(const Key&) const = default;
};

struct Entry {
  std::uint64_t when;  // ns since the flow's start, payload
  std::uint64_t what;  // flags, direction, length
};

struct Chunk {
  Chunk* next;
  std::uint32_t room, used;
  Entry* entries() { return reinterpret_cast<Entry*>(this + 1); }
};

struct Flow {
  Key key;
  std::int64_t start, end;
  std::uint64_t packets[2], bytes[2];
  Chunk *head, *tail;
};

struct Packet {
  Key key;
  std::uint64_t hash;
  std::int64_t time;
  std::uint32_t length;
  std::uint16_t payload, flags;
  bool swapped;
};

class Table {
 public:
  Table() : slots_(std::size_t{1} << 17) {}

  static constexpr std::size_t kAhead = 8;

  /// The packet of a record, if it is of a kind that is known.
  bool parse(const std::uint8_t* record, Packet& packet) const {
    const std::uint8_t* at = record + 16 + 12;
    const std::uint8_t* const end = record + 16 + load<std::uint32_t>(record + 8);
    if (end - at < 2 + 4 + 20 + 8) return false;
    std::uint16_t type = load<std::uint16_t>(at);
    if (type == 0x0081) type = load<std::uint16_t>(at += 4);
    at += 2;
    std::uint64_t a, b, c = 0, d = 0, protocol;
    if (type == 0x0008 && *at == 0x45 && (load<std::uint16_t>(at + 6) & 0xFF3F) == 0) {
      packet.length = __builtin_bswap16(load<std::uint16_t>(at + 2));
      protocol = at[9];
      a = load<std::uint32_t>(at + 12);
      b = load<std::uint32_t>(at + 16);
      at += 20;
      packet.payload = static_cast<std::uint16_t>(packet.length - 20);
    } else if (type == 0xDD86 && end - at >= 48) {
      packet.payload = __builtin_bswap16(load<std::uint16_t>(at + 4));
      packet.length = packet.payload + 40U;
      protocol = at[6];
      a = load<std::uint64_t>(at + 8);
      c = load<std::uint64_t>(at + 16);
      b = load<std::uint64_t>(at + 24);
      d = load<std::uint64_t>(at + 32);
      at += 40;
    } else {
      return false;
    }
    if (protocol == 6) {
      if (end - at < 20) return false;
      packet.flags = at[13];
      packet.payload = static_cast<std::uint16_t>(packet.payload - (at[12] >> 4) * 4);
    } else if (protocol == 17) {
      packet.flags = 0;
      packet.payload = static_cast<std::uint16_t>(packet.payload - 8);
    } else {
      return false;
    }
    const std::uint64_t from = load<std::uint16_t>(at), to = load<std::uint16_t>(at + 2);
    packet.swapped = a > b || (a == b && (c > d || (c == d && from > to)));
    packet.key = packet.swapped ? Key{{b, d, a, c, to << 32 | from << 16 | protocol}}
                                : Key{{a, c, b, d, from << 32 | to << 16 | protocol}};
    packet.hash = hash(packet.key);
    packet.time = static_cast<std::int64_t>(load<std::uint32_t>(record)) * 1'000'000'000 +
                  static_cast<std::int64_t>(load<std::uint32_t>(record + 4)) * 1000;
    __builtin_prefetch(&slots_[packet.hash >> 32 & (slots_.size() - 1)]);
    return true;
  }

  /// The second step, some packets later: the slot is here, its flow is asked for.
  void ask(const Packet& packet) const {
    const Slot slot = slots_[packet.hash >> 32 & (slots_.size() - 1)];
    if (slot.flow != 0) __builtin_prefetch(&flows_[slot.flow - 1], 1);
  }

  void add(const Packet& packet) {
    Flow& flow = find(packet.key, packet.hash, packet.time);
    flow.end = std::max(flow.end, packet.time);
    ++flow.packets[packet.swapped];
    flow.bytes[packet.swapped] += packet.length;
    Chunk* chunk = flow.tail;
    if (chunk == nullptr || chunk->used == chunk->room) chunk = grow(flow);
    chunk->entries()[chunk->used++] = {
        static_cast<std::uint64_t>(packet.time - flow.start) << 16 | packet.payload,
        std::uint64_t{packet.flags} << 32 | std::uint64_t{packet.swapped} << 31 | packet.length};
  }

  /// Adds flows of the table that met the later packets.
  void merge(const Table& later) {
    for (const Flow& from : later.flows_) {
      Flow& flow = find(from.key, hash(from.key), from.start);
      flow.end = std::max(flow.end, from.end);
      for (int i = 0; i < 2; ++i) {
        flow.packets[i] += from.packets[i];
        flow.bytes[i] += from.bytes[i];
      }
      const auto since = static_cast<std::uint64_t>(from.start - flow.start) << 16;
      if (since != 0) {
        for (Chunk* chunk = from.head; chunk != nullptr; chunk = chunk->next) {
          for (std::uint32_t i = 0; i < chunk->used; ++i) chunk->entries()[i].when += since;
        }
      }
      (flow.tail != nullptr ? flow.tail->next : flow.head) = from.head;
      flow.tail = from.tail;
    }
  }

  [[nodiscard]] const std::vector<Flow>& flows() const { return flows_; }

 private:
  struct Slot {
    std::uint32_t flow, hash;  // 1 + its number
  };

  static std::uint64_t hash(const Key& key) {
    __extension__ using Wide = unsigned __int128;
    const Wide one = static_cast<Wide>(key.words[0] ^ key.words[2] << 32 ^ 0x9E3779B97F4A7C15) *
                     (key.words[4] ^ 0xC2B2AE3D27D4EB4F);
    std::uint64_t mixed = static_cast<std::uint64_t>(one) ^ static_cast<std::uint64_t>(one >> 64);
    if ((key.words[1] | key.words[3]) != 0) {
      const Wide two =
          static_cast<Wide>(key.words[1] ^ mixed) * (key.words[2] ^ key.words[3] ^ 0xA0761D6478BD642F);
      mixed = static_cast<std::uint64_t>(two) ^ static_cast<std::uint64_t>(two >> 64);
    }
    return mixed;
  }

  Flow& find(const Key& key, std::uint64_t hash, std::int64_t time) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = hash >> 32 & mask;
    const auto half = static_cast<std::uint32_t>(hash);
    for (; slots_[i].flow != 0; i = (i + 1) & mask) {
      if (slots_[i].hash == half && flows_[slots_[i].flow - 1].key == key) return flows_[slots_[i].flow - 1];
    }
    flows_.push_back({key, time, time, {0, 0}, {0, 0}, nullptr, nullptr});
    slots_[i] = {static_cast<std::uint32_t>(flows_.size()), half};
    if (flows_.size() * 2 > slots_.size()) fail("too many flows for a table by hand");
    return flows_.back();
  }

  Chunk* grow(Flow& flow) {
    const std::uint32_t room = flow.tail == nullptr ? 3 : std::min(flow.tail->room * 2 + 1, 31U);
    const std::size_t bytes = sizeof(Chunk) + room * sizeof(Entry);
    if (bytes > left_) {
      left_ = std::size_t{4} << 20;
      blocks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(left_));
      memory_ = blocks_.back().get();
    }
    Chunk* const chunk = new (memory_) Chunk{nullptr, room, 0};
    memory_ += bytes;
    left_ -= bytes;
    (flow.tail != nullptr ? flow.tail->next : flow.head) = chunk;
    return flow.tail = chunk;
  }

  std::vector<Slot> slots_;
  std::vector<Flow> flows_;
  std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
  std::uint8_t* memory_ = nullptr;
  std::size_t left_ = 0;
};

/// Records of a part of the file, from a boundary.
inline void meter(int fd, off_t begin, off_t end, Table& table) {
  const auto window = std::make_unique_for_overwrite<std::uint8_t[]>(kWindow);
  Packet ring[2 * Table::kAhead];
  std::size_t parsed = 0, asked = 0, added = 0;
  constexpr std::size_t kMask = 2 * Table::kAhead - 1;
  while (begin < end) {
    const auto room = static_cast<std::size_t>(std::min<off_t>(kWindow, end - begin));
    const ssize_t got = pread(fd, window.get(), room, begin);
    if (got < 16) fail("cannot read");
    const std::uint8_t* at = window.get();
    const std::uint8_t* const stop = at + got;
    while (stop - at >= 16) {
      const std::uint32_t length = load<std::uint32_t>(at + 8);
      if (length > stop - at - 16) break;
      if (table.parse(at, ring[parsed & kMask])) {
        ++parsed;
        if (parsed - asked > Table::kAhead / 2) table.ask(ring[asked++ & kMask]);
        if (parsed - added > Table::kAhead) table.add(ring[added++ & kMask]);
      }
      at += 16 + length;
    }
    if (at == window.get()) fail("a packet that is cut, or too long");
    begin += at - window.get();
  }
  while (added != parsed) table.add(ring[added++ & kMask]);
}

/// A boundary of records behind `from`: eight in a row look like some.
inline off_t boundary(int fd, off_t from) {
  std::vector<std::uint8_t> bytes(kWindow);
  const ssize_t got = pread(fd, bytes.data(), kWindow, from);
  std::uint8_t first[4];
  if (got < 0 || pread(fd, first, 4, 24) != 4) fail("cannot read");
  const auto time = load<std::uint32_t>(first);
  for (ssize_t begin = 0; begin < got / 2; ++begin) {
    ssize_t at = begin;
    int records = 0;
    for (; records < 8 && at + 16 <= got; ++records) {
      const std::uint8_t* const record = bytes.data() + at;
      const auto length = load<std::uint32_t>(record + 8);
      if (load<std::uint32_t>(record) - time > 86'400 || length != load<std::uint32_t>(record + 12) ||
          length < 14 || length > 65'536) {
        break;
      }
      at += 16 + static_cast<ssize_t>(length);
    }
    if (records == 8) return from + begin;
  }
  fail("no boundary of records");
}

template <class Work>
void in_parts(std::size_t threads, Work work) {
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back([&work, i] { work(i); });
  work(0);
}

/// Times in seconds, lengths, payloads and flags of all sequences, of the flows from `begin`.
struct Columns {
  std::vector<double> times;
  std::vector<std::int32_t> lengths, payloads;
  std::vector<std::uint16_t> flags;
  std::vector<std::int32_t> ends;

  void fill(const Flow* flows, std::size_t count) {
    std::size_t packets = 0;
    for (std::size_t i = 0; i < count; ++i) packets += flows[i].packets[0] + flows[i].packets[1];
    times.resize(packets);
    lengths.resize(packets);
    payloads.resize(packets);
    flags.resize(packets);
    std::size_t out = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i + 2 < count) __builtin_prefetch(flows[i + 2].head);
      for (Chunk* chunk = flows[i].head; chunk != nullptr; chunk = chunk->next) {
        __builtin_prefetch(chunk->next);
        const Entry* const entries = chunk->entries();
        for (std::uint32_t k = 0; k < chunk->used; ++k) {
          const Entry entry = entries[k];
          const std::int32_t sign = 1 - 2 * static_cast<std::int32_t>(entry.what >> 31 & 1);
          times[out + k] = static_cast<double>(entry.when >> 16) * 1e-9;
          lengths[out + k] = sign * static_cast<std::int32_t>(entry.what & 0x7FFFFFFF);
          payloads[out + k] = sign * static_cast<std::int32_t>(entry.when & 0xFFFF);
          flags[out + k] = static_cast<std::uint16_t>(entry.what >> 32);
        }
        out += chunk->used;
      }
      ends.push_back(static_cast<std::int32_t>(out));
    }
  }

  template <class Value>
  static void write(int fd, const std::vector<Value>& values) {
    const auto bytes = static_cast<ssize_t>(values.size() * sizeof(Value));
    if (::write(fd, values.data(), static_cast<std::size_t>(bytes)) != bytes) fail("cannot write");
  }
  void write_to(int fd) const {
    write(fd, times);
    write(fd, lengths);
    write(fd, payloads);
    write(fd, flags);
    write(fd, ends);
  }
};

/// Packets of the flows, whose columns are in `output` then. Each thread reads a part of the capture by
/// windows and keeps flows of its own, which are put together at the end: one key for both directions, a
/// seeded hash, packets and bytes by direction, first and last time, 16 bytes of sequence a packet.
inline std::uint64_t by_hand(const std::string& capture, const std::string& output, std::size_t threads) {
  const int fd = open(capture.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail("cannot open " + capture);
  const off_t size = lseek(fd, 0, SEEK_END);
  if (size < 24) fail("no capture: " + capture);
  std::vector<off_t> begins = {24};
  for (std::size_t i = 1; i < threads; ++i) {
    begins.push_back(boundary(fd, size / static_cast<off_t>(threads) * static_cast<off_t>(i)));
  }
  begins.push_back(size);
  std::vector<Table> tables(threads);
  in_parts(threads, [&](std::size_t i) { meter(fd, begins[i], begins[i + 1], tables[i]); });
  for (std::size_t i = 1; i < threads; ++i) tables[0].merge(tables[i]);

  // Rows by batches, so that they stay in memory for a moment only; whoever has one writes it.
  const auto& flows = tables[0].flows();
  const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (out < 0) fail("cannot write " + output);
  std::atomic<std::size_t> next = 0;
  std::atomic<std::uint64_t> packets = 0;
  in_parts(threads, [&](std::size_t) {
    constexpr std::size_t kFlows = 4096;
    for (std::size_t begin; (begin = next.fetch_add(kFlows)) < flows.size();) {
      Columns columns;
      columns.fill(flows.data() + begin, std::min(kFlows, flows.size() - begin));
      columns.write_to(out);
      packets += columns.times.size();
    }
  });
  const auto rows = static_cast<ssize_t>(flows.size() * sizeof(Flow));
  if (write(out, flows.data(), static_cast<std::size_t>(rows)) != rows) fail("cannot write");
  close(out);
  close(fd);
  return packets;
}

}  // namespace flowloom::bench
