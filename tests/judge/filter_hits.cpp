// The judge's way to filters: reads expressions from standard input, one a line, and prints for each capture
// which packets match which. Lines: "refused<TAB>expression<TAB>message", "capture<TAB>index",
// "hit<TAB>expression<TAB>packet"; expressions and captures counted from 0.
//
//   filter_hits [--dialect wireshark3|wireshark4] CAPTURE… <EXPRESSIONS
#include <cstdio>
#include <cstring>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "dissect/frame_origin.hpp"
#include "filter/filter.hpp"
#include "flowloom/capture.hpp"

namespace {

using namespace flowloom;

bool look(const char* path, const Wanted& wanted, std::vector<std::optional<PacketMatcher>>& matchers) {
  auto reader = CaptureReader::open(path);
  if (!reader) return false;
  Dissector dissector(wanted);
  FrameContext context;
  PacketWindow window;
  for (;;) {
    auto more = reader->next(window);
    if (!more || !*more) return more.has_value();
    context.numbered_interfaces = window.numbered_interfaces;
    set_origin(context, window);
    for (const RawPacket& packet : window.packets) {
      if (packet.number == 1) context.first_time = context.previous_time = packet.time.ns;
      const Tape& tape = dissector.dissect(packet, context);
      context.previous_time = packet.time.ns;
      for (std::size_t i = 0; i < matchers.size(); ++i) {
        if (!matchers[i].has_value() || !matchers[i]->matches(tape)) continue;
        std::printf("hit\t%zu\t%llu\n", i, static_cast<unsigned long long>(packet.number));
      }
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  FilterDialect dialect = FilterDialect::wireshark4;
  int first = 1;
  if (count > 2 && std::strcmp(arguments[1], "--dialect") == 0) {
    if (std::strcmp(arguments[2], "wireshark3") == 0) dialect = FilterDialect::wireshark3;
    first = 3;
  }
  Wanted wanted;
  std::vector<std::optional<PacketMatcher>> matchers;
  for (std::string line; std::getline(std::cin, line);) {
    auto filter = PacketFilter::compile(line, dialect);
    matchers.emplace_back();
    if (filter) {
      filter->add_to(wanted);
      matchers.back().emplace(*filter);
    } else {
      std::printf("refused\t%zu\t%s\n", matchers.size() - 1, filter.error().message().c_str());
    }
  }
  for (int i = first; i < count; ++i) {
    std::printf("capture\t%d\n", i - first);
    if (!look(arguments[i], wanted, matchers)) std::fprintf(stderr, "cannot read %s\n", arguments[i]);
  }
}
