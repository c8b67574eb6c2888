// Prints the flows of captures: who talked with whom, and the lengths of the first packets.
//
//   read_flows [--filter BPF] CAPTURE...
//
// Exit status: 0 done, 1 failed, 2 wrong usage, 3 done, but some input was damaged or could not be read.
#include <flowloom/capture.hpp>
#include <flowloom/flow_row.hpp>
#include <flowloom/flows.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

void print(const flowloom::FlowRow& flow) {
  std::cout << flow.protocol() << ' ' << flow.src_ip();
  if (flow.src_port()) std::cout << ':' << *flow.src_port();
  std::cout << " -> " << flow.dst_ip();
  if (flow.dst_port()) std::cout << ':' << *flow.dst_port();
  std::cout << ": " << flow.packets() << " packets, lengths";

  const auto lengths = flow.packet_lengths();  // bytes; negative from the right to the left
  const std::size_t shown = std::min<std::size_t>(lengths.size(), 6);
  for (const auto length : lengths.first(shown)) std::cout << ' ' << length;
  std::cout << (shown < lengths.size() ? " ...\n" : "\n");
}

int fail(const flowloom::Error& error) {
  std::cerr << "read_flows: " << error.message() << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  flowloom::FlowOptions options;
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() >= 2 && arguments[0] == "--filter") {
    options.read.read_filter = arguments[1];
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  if (arguments.empty()) {
    std::cerr << "usage: read_flows [--filter BPF] CAPTURE...\n";
    return 2;
  }

  // Folders and globs become the captures in them.
  auto captures = flowloom::expand_captures(arguments);
  if (!captures) return fail(captures.error());

  auto reader = flowloom::FlowReader::open(std::move(captures->paths), options);
  if (!reader) return fail(reader.error());

  // Flows come in batches: columns in Arrow's layout. FlowRow gives the columns of one row their names.
  flowloom::RecordBatch batch;
  for (;;) {
    const auto more = reader->next(batch);
    if (!more) return fail(more.error());
    if (!*more) break;
    for (std::int64_t row = 0; row < batch.rows; ++row) print(flowloom::FlowRow(batch, row));
  }

  for (const flowloom::InputProblem& problem : reader->problems()) {
    std::cerr << "read_flows: " << problem.error.message() << '\n';
  }
  if (reader->problems().empty()) return 0;
  return reader->captures_read() == 0 ? 1 : 3;
}
