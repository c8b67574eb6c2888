#include "flowloom/info.hpp"

#include <algorithm>

#include "engine/packet_source.hpp"

namespace flowloom {
namespace {

void count(CaptureInfo& info, const RawPacket& packet) {
  const std::uint32_t length = packet.original_length;
  const auto captured = static_cast<std::uint64_t>(packet.bytes.size());
  if (!info.first) {
    info.first = info.last = packet.time;
    info.smallest = info.largest = length;
  }
  if (packet.time < *info.last) ++info.out_of_order;
  info.first = std::min(*info.first, packet.time);
  info.last = std::max(*info.last, packet.time);
  info.smallest = std::min(info.smallest, length);
  info.largest = std::max(info.largest, length);
  info.bytes += length;
  info.captured_bytes += captured;
  if (captured < length) ++info.cut;
  auto known = std::find_if(info.link_types.begin(), info.link_types.end(),
                            [&](const auto& entry) { return entry.first == packet.link_type; });
  if (known == info.link_types.end()) known = info.link_types.insert(known, {packet.link_type, 0});
  ++known->second;
}

}  // namespace

Result<CaptureInfo> read_capture_info(const std::string& path, const ReadOptions& options) {
  auto run = RunInput::make(options);
  if (!run) return run.error();
  run->expect({path});
  auto source = PacketSource::open(path, *run);
  if (!source) return source.error();
  CaptureInfo info;
  info.capture = path;
  for (;;) {
    const auto more = source->next();
    if (!more) return more.error();
    if (!*more) break;
    for (const RawPacket& packet : source->window()) count(info, packet);
  }
  const CaptureReader& reader = source->reader();
  info.format = reader.format();
  info.compression = reader.compression();
  info.file_bytes = reader.size();
  info.accounting = to_accounting(source->fates());
  info.interfaces = reader.interfaces();
  info.time_digits = source->time_digits();
  info.damage = reader.damage();
  return info;
}

}  // namespace flowloom
