#include "write/packet_document.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "write/writers.hpp"

namespace flowloom {
namespace {

using Entry = std::pair<std::string_view, PacketFormat>;

constexpr std::array<Entry, 6> kExtensions = {{{"jsonl", PacketFormat::jsonl},
                                               {"ndjson", PacketFormat::jsonl},
                                               {"json", PacketFormat::json},
                                               {"plist", PacketFormat::plist},
                                               {"pdml", PacketFormat::pdml},
                                               {"txt", PacketFormat::tree}}};
constexpr std::array<Entry, 5> kNames = {{{"jsonl", PacketFormat::jsonl},
                                          {"json", PacketFormat::json},
                                          {"plist", PacketFormat::plist},
                                          {"pdml", PacketFormat::pdml},
                                          {"tree", PacketFormat::tree}}};

template <std::size_t N>
std::optional<PacketFormat> look_up(const std::array<Entry, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &Entry::first);
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<PacketFormat> packet_format_of(std::string_view path) {
  return look_up(kExtensions, lower_extension(path));
}

std::string_view extension_of(PacketFormat format) {
  return std::ranges::find(kExtensions, format, &Entry::second)->first;
}

std::optional<PacketFormat> packet_format_named(std::string_view name) { return look_up(kNames, name); }

std::unique_ptr<PacketDocument> make_packet_document(PacketFormat format) {
  switch (format) {
    case PacketFormat::plist:
      return make_packet_plist();
    case PacketFormat::pdml:
      return make_packet_pdml();
    case PacketFormat::tree:
      return make_packet_tree();
    case PacketFormat::jsonl:
    case PacketFormat::json:
      break;
  }
  return make_packet_json(format == PacketFormat::jsonl);
}

}  // namespace flowloom
