#include "flowloom/info.hpp"

#include <algorithm>

#include "engine/run_input.hpp"
#include "reassemble/fragments.hpp"

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
  auto run = RunInput::make(options, {path});
  if (!run) return run.error();
  PacketWork work;
  auto filter = (*run)->make_filter();
  if (!filter) return filter.error();
  work.filter = std::move(*filter);
  auto reader = CaptureReader::open(path, {.window = kWindow});
  if (!reader) return reader.error();

  CaptureInfo info;
  info.capture = path;
  std::array<std::uint64_t, kFates> fates = {};
  FragmentResolver fragments((*run)->seed());
  std::uint64_t position = 0;
  while (!(*run)->stopping()) {
    const auto more = reader->next(work.window);
    if (!more) return more.error();
    if (!*more) break;
    if (work.window.packets.size() > (*run)->left()) work.window.packets.resize((*run)->left());
    if (auto walked = walk_window(**run, work); !walked) return walked.error();
    for (const RawPacket& packet : work.window.packets) count(info, packet);
    fragments.resolve(work.batch);
    for (std::size_t i = 0; i < kFates; ++i) fates[i] += work.batch.fates[i];
    (*run)->advance(reader->position() - position, work.read);
    position = reader->position();
  }
  fates[static_cast<std::size_t>(Fate::fragments_waiting)] += fragments.unclaimed();
  info.format = reader->format();
  info.compression = reader->compression();
  info.file_bytes = reader->size();
  info.accounting = to_accounting(fates);
  info.interfaces = reader->interfaces();
  info.time_digits = time_digits(info.interfaces);
  if ((*run)->left() != 0) info.damage = reader->damage();  // or it is behind what may be read
  return info;
}

}  // namespace flowloom
