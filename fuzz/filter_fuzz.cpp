// Any text as a filter, on any packet. Byte 0 chooses dialect and link type; the filter ends at the first
// zero byte, the packet is what follows.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "../tests/unit/support/packets.hpp"
#include "../tests/unit/support/same_tape.hpp"
#include "filter/check.hpp"
#include "filter/evaluate.hpp"
#include "filter/filter.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace flowloom;
  static constexpr LinkType kLinkTypes[] = {build::kEthernet, build::kRaw, build::kLinuxSll, build::kNull};
  if (size < 2) return 0;
  const FilterDialect dialect = (data[0] & 1) != 0 ? FilterDialect::wireshark3 : FilterDialect::wireshark4;
  const auto* end = std::find(data + 1, data + size, 0);
  const std::string_view expression(reinterpret_cast<const char*>(data + 1),
                                    static_cast<std::size_t>(end - data - 1));
  std::vector<std::string> unknown;
  const auto filter = PacketFilter::compile(expression, dialect, &unknown);
  if (!filter) {
    if (filter.error().what.empty()) std::abort();
    return 0;
  }

  const build::Packet bytes(end == data + size ? end : end + 1, data + size);
  RawPacket packet;
  packet.link_type = kLinkTypes[data[0] >> 1 & 3];
  packet.number = 3;
  packet.time = {1'600'000'000'000'000'000};
  packet.original_length = static_cast<std::uint32_t>(bytes.size());
  Wanted wanted;
  filter->add_to(wanted);
  Dissector dissector(wanted), longer(wanted, build::long_way());
  PacketMatcher matcher(*filter);
  const auto tree = filter::parse(expression, dialect);
  const auto plan = filter::plan_of(tree->get());
  filter::Evaluator without_ranges(*plan);

  // What lies behind the packet must not matter, nor what was asked before, nor the way to the answer.
  bool found[3];
  for (unsigned i = 0; i < 3; ++i) {
    const build::Buffer buffer(bytes, i == 0 ? 0x00 : 0xFF);
    packet.bytes = buffer.padded();
    found[i] = matcher.matches(dissector.dissect(packet));
    if (without_ranges.matches(longer.dissect(packet)) != found[i]) std::abort();
  }
  if (found[0] != found[1] || found[1] != found[2]) std::abort();
  return 0;
}
