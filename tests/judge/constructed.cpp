// The judge's way to packets that flowloom makes of fields: writes them to DIR, a capture for each link type
// (linktype.pcap), and prints for each capture its path and the packets' names, separated by tabs.
//
//   constructed DIR
#include <cstdio>
#include <map>
#include <string>

#include "../unit/construct/by_hand.hpp"
#include "flowloom/construct.hpp"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  using namespace flowloom;
  std::map<LinkType, std::string> names;
  std::map<LinkType, std::vector<TimedPacket>> packets;
  for (const by_hand::Made& made : by_hand::all()) {
    names[made.packet.link_type()] += '\t' + made.name;
    packets[made.packet.link_type()].push_back({made.packet, {}});
  }
  for (const auto& [link_type, all] : packets) {
    const std::string path = std::string(arguments[1]) + "/" + std::to_string(link_type) + ".pcap";
    if (const auto done = write_packets(path, all); !done) {
      std::fprintf(stderr, "%s\n", done.error().message().c_str());
      return 1;
    }
    std::printf("%s%s\n", path.c_str(), names[link_type].c_str());
  }
  return 0;
}
