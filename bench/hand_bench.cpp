// What turning a capture into flows takes beside a program by hand that does the least that could be done
// (hand_meter.hpp), and beside only reading the file.
//
//     hand_bench CAPTURE FOLDER [ROUNDS]
//
// In turn, in one process, with one thread and with one a core: only reading; by hand, with the columns that
// are flowloom's sequences written to a file without a format; flowloom's rows, thrown away; and as an .arrow
// file. The shortest of ROUNDS (9) counts. What flowloom takes above the work by hand is the most that could
// be won.
#include "flowloom/flows.hpp"
#include "flowloom/write.hpp"
#include "hand_meter.hpp"
#include "whole_runs.hpp"

namespace {

using flowloom::bench::by_hand;
using flowloom::bench::fail;
using flowloom::bench::in_parts;
using flowloom::bench::kWindow;
using flowloom::bench::Shortest;

/// Each thread every other window.
std::uint64_t only_read(const std::string& capture, std::size_t threads) {
  const int fd = open(capture.c_str(), O_RDONLY | O_CLOEXEC);
  std::atomic<std::uint64_t> next = 0, bytes = 0;
  in_parts(threads, [&](std::size_t) {
    const auto window = std::make_unique_for_overwrite<std::uint8_t[]>(kWindow);
    for (;;) {
      const ssize_t got = pread(fd, window.get(), kWindow, static_cast<off_t>(next.fetch_add(1) * kWindow));
      if (got < 0) fail("cannot read " + capture);
      if (got == 0) return;
      bytes += static_cast<std::uint64_t>(got);
    }
  });
  close(fd);
  return bytes;
}

/// Packets read; the rows of their flows go to `output`, empty: nowhere.
std::uint64_t by_flowloom(const std::string& capture, unsigned threads, const std::string& output) {
  flowloom::FlowOptions options;
  options.read.threads = threads;
  auto list = flowloom::list_captures({capture});
  if (!list) fail(list.error().message());
  auto reader = flowloom::FlowReader::open(std::move(*list), options);
  if (!reader) fail(reader.error().message());
  std::unique_ptr<flowloom::TableWriter> writer;
  if (!output.empty()) {
    const flowloom::WriteOptions arrow{.format = flowloom::TableFormat::arrow};
    auto opened = flowloom::open_table_writer(output, reader->schema(), {}, arrow);
    if (!opened) fail(opened.error().message());
    writer = std::move(*opened);
  }
  flowloom::RecordBatch batch;
  for (;;) {
    const auto more = reader->next(batch);
    if (!more) fail(more.error().message());
    if (!*more) break;
    if (writer == nullptr) continue;
    if (const auto written = writer->write(std::move(batch)); !written) fail(written.error().message());
  }
  if (writer != nullptr) {
    if (const auto done = writer->commit({}); !done) fail(done.error().message());
  }
  return reader->accounting().packets;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: hand_bench CAPTURE FOLDER [ROUNDS]\n");
    return 2;
  }
  const std::string capture = argv[1], output = std::string(argv[2]) + "/hand_bench";
  const std::string columns = output + ".columns", arrow = output + ".arrow";
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 9;
  for (const unsigned threads : {1U, std::max(2U, std::thread::hardware_concurrency())}) {
    Shortest read, hand, rows, file;
    for (int round = 0; round < rounds; ++round) {
      unlink(columns.c_str());
      unlink(arrow.c_str());
      read.run([&] { return only_read(capture, threads); });
      hand.run([&] { return by_hand(capture, columns, threads); });
      rows.run([&] { return by_flowloom(capture, threads, {}); });
      file.run([&] { return by_flowloom(capture, threads, arrow); });
    }
    std::printf(
        "%u thread%s: only read %.1f ms; by hand %.1f ms, of %llu packets; flowloom %.1f ms, %.1f with "
        "a file, of %llu\n",
        threads, threads == 1 ? "" : "s", read.ms, hand.ms, static_cast<unsigned long long>(hand.result),
        rows.ms, file.ms, static_cast<unsigned long long>(rows.result));
  }
  unlink(columns.c_str());
  unlink(arrow.c_str());
  return 0;
}
