// Makes a large capture from small ones: every copy of the sources gets addresses of its own, so that its
// flows are new flows, and the copies overlap in time, so that many flows are open at once.
//
//   multiply --copies N [--overlap K] [--seconds S] -o OUT.pcap SOURCE.pcap…
//
// Sources are pcap files with link type Ethernet. All begin at the same moment; one that lasts longer than
// S seconds (default 60) is replayed faster, so that no usual timeout cuts its flows. A copy starts when
// 1/K (default 64) of the duration has passed since the one before. Addresses become 10.0.0.0/8 and
// fd00::/16, in the order of their first appearance; multicast and broadcast stay, so does what is not IP,
// and what is inside tunnels. Quotations in ICMP errors follow. Checksums of IPv4, TCP, UDP and ICMP are
// made right where the whole packet is there, then updated for each copy (RFC 1624); AH and source routes
// are not followed. The output is a little-endian pcap file with µs.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "multiply_packet.hpp"

namespace {

using namespace multiply;

static_assert(std::endian::native == std::endian::little, "records are written in the machine's byte order");

constexpr std::uint64_t kStart = 1'700'000'000'000'000;  // µs since the epoch: when the first copy begins
constexpr std::size_t kBufferSize = std::size_t{1} << 20;

[[noreturn]] void fail(const std::string& message) {
  std::cerr << "multiply: " << message << '\n';
  std::exit(1);
}

// --- sources -------------------------------------------------------------------------------------

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    fail(path + ": cannot be read");
  }
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Appends the packets of one source; their times are made to fit into `longest` µs.
void read_source(const std::string& path, std::uint64_t longest, Addresses& addresses,
                 std::vector<Packet>& out) {
  const std::vector<std::uint8_t> file = read_file(path);
  if (file.size() < 24) {
    fail(path + ": no pcap file");
  }
  const std::uint32_t magic = load32(file.data(), false);
  const bool swapped = magic == 0xD4C3B2A1 || magic == 0x4D3CB2A1;
  const bool nanoseconds = magic == 0xA1B23C4D || magic == 0x4D3CB2A1;
  if (!swapped && magic != 0xA1B2C3D4 && magic != 0xA1B23C4D) {
    fail(path + ": no pcap file");
  }
  if ((load32(&file[20], swapped) & 0xFFFF) != 1) {
    fail(path + ": its link type is not Ethernet");
  }
  const std::size_t first = out.size();
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  for (std::size_t at = 24; at + 16 <= file.size();) {
    const std::uint32_t captured = load32(&file[at + 8], swapped);
    if (captured > file.size() - at - 16) {
      fail(path + ": offset " + std::to_string(at) + ": the record goes beyond the end of the file");
    }
    Packet packet;
    packet.order = out.size();
    const std::uint32_t fraction = load32(&file[at + 4], swapped);
    packet.time =
        std::uint64_t{load32(&file[at], swapped)} * 1'000'000 + (nanoseconds ? fraction / 1000 : fraction);
    packet.original = load32(&file[at + 12], swapped);
    packet.data.assign(&file[at] + 16, &file[at] + 16 + captured);
    begin = out.size() == first ? packet.time : std::min(begin, packet.time);
    end = std::max(end, packet.time);
    if (const std::size_t ip = ip_offset(packet.data); ip != 0) {
      find_places(packet, ip, addresses, 0);
    }
    out.push_back(std::move(packet));
    at += 16 + captured;
  }
  const double speed =
      end - begin > longest ? static_cast<double>(longest) / static_cast<double>(end - begin) : 1.0;
  for (std::size_t i = first; i < out.size(); ++i) {
    out[i].time = static_cast<std::uint64_t>(static_cast<double>(out[i].time - begin) * speed);
  }
}

// --- output --------------------------------------------------------------------------------------

class Output {
 public:
  explicit Output(const std::string& path) : path_(path), out_(path, std::ios::binary | std::ios::trunc) {
    buffer_.reserve(kBufferSize);
    const std::array<std::uint32_t, 6> header = {0xA1B2C3D4, 2 | 4 << 16, 0, 0, 262144, 1};
    append(header.data(), sizeof header);
  }

  void append(const void* data, std::size_t size) {
    if (buffer_.size() + size > kBufferSize) {
      flush();
    }
    const auto* const begin = static_cast<const char*>(data);
    buffer_.insert(buffer_.end(), begin, begin + size);
  }

  void finish() {
    flush();
    out_.close();
    if (!out_) {
      fail(path_ + ": cannot be written");
    }
  }

 private:
  void flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
  }

  std::string path_;
  std::ofstream out_;
  std::vector<char> buffer_;
};

// The address of `copy` in the place of the address with this number.
Address renamed(std::size_t size, std::uint64_t copy, std::uint64_t numbers, std::uint32_t number) {
  const std::uint64_t index = copy * numbers + number + 1;
  Address address{};
  if (size == 4) {
    address[0] = 10;
    store16(&address[2], static_cast<std::uint16_t>(index & 0xFFFF));
    address[1] = static_cast<std::uint8_t>(index >> 16 & 0xFF);
    return address;
  }
  address[0] = 0xFD;
  for (std::size_t i = 0; i < 8; ++i) {
    address[15 - i] = static_cast<std::uint8_t>(index >> 8 * i & 0xFF);
  }
  return address;
}

struct Totals {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 24;
};

// Writes the copies, merged by time: `packets` in order of time, each copy `step` µs after the one before.
Totals write_copies(const std::vector<Packet>& packets, std::uint64_t numbers, std::uint64_t copies,
                    std::uint64_t step, Output& out) {
  using Next = std::pair<std::uint64_t, std::uint64_t>;  // time of a copy's next packet, the copy
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
  std::vector<std::size_t> position(copies, 0);
  Totals totals;
  std::vector<std::uint8_t> data;
  std::uint64_t started = 0;
  while (started < copies || !queue.empty()) {
    if (started < copies && (queue.empty() || started * step + packets[0].time <= queue.top().first)) {
      queue.emplace(started * step + packets[0].time, started);
      ++started;
      continue;
    }
    const auto [time, copy] = queue.top();
    queue.pop();
    const Packet& packet = packets[position[copy]];
    data = packet.data;
    for (const Place& place : packet.places) {
      replace(data, place, renamed(place.size, copy, numbers, place.number));
    }
    const std::uint64_t moment = kStart + time;
    const std::array<std::uint32_t, 4> record = {static_cast<std::uint32_t>(moment / 1'000'000),
                                                 static_cast<std::uint32_t>(moment % 1'000'000),
                                                 static_cast<std::uint32_t>(data.size()), packet.original};
    out.append(record.data(), sizeof record);
    out.append(data.data(), data.size());
    totals.packets += 1;
    totals.bytes += sizeof record + data.size();
    if (++position[copy] < packets.size()) {
      queue.emplace(copy * step + packets[position[copy]].time, copy);
    }
  }
  return totals;
}

std::uint64_t number_argument(std::string_view name, const char* text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text, &end, 10);
  if (value == 0 || *end != '\0') {
    fail(std::string(name) + " takes a number above 0, not " + text);
  }
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t copies = 0;
  std::uint64_t overlap = 64;
  std::uint64_t seconds = 60;
  std::string output;
  std::vector<std::string> sources;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with('-')) {
      sources.emplace_back(argument);
    } else if (i + 1 == argc) {
      fail(std::string(argument) + " needs a value");
    } else if (argument == "--copies") {
      copies = number_argument(argument, argv[++i]);
    } else if (argument == "--overlap") {
      overlap = number_argument(argument, argv[++i]);
    } else if (argument == "--seconds") {
      seconds = number_argument(argument, argv[++i]);
    } else if (argument == "-o") {
      output = argv[++i];
    } else {
      fail("unknown option " + std::string(argument));
    }
  }
  if (copies == 0 || output.empty() || sources.empty()) {
    fail("use: multiply --copies N [--overlap K] [--seconds S] -o OUT.pcap SOURCE.pcap...");
  }
  std::vector<Packet> packets;
  Addresses addresses;
  for (const std::string& source : sources) {
    read_source(source, seconds * 1'000'000, addresses, packets);
  }
  if (packets.empty()) {
    fail("the sources hold no packet");
  }
  if (addresses.numbers.size() * copies >= std::uint64_t{1} << 24) {
    fail("10.0.0.0/8 has not as many addresses");
  }
  std::ranges::sort(packets, {}, [](const Packet& packet) { return std::pair(packet.time, packet.order); });
  const std::uint64_t duration = packets.back().time + 1;
  Output out(output);
  const Totals totals = write_copies(packets, addresses.numbers.size(), copies,
                                     std::max<std::uint64_t>(duration / overlap, 1), out);
  out.finish();
  std::cout << totals.packets << " packets, " << totals.bytes << " bytes\n";
  return 0;
}
