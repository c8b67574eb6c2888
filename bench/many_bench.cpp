// What many small captures cost beside one of the same packets, and beside a loop that does nothing but list
// the folder and open, read and close each file.
//
//     many_bench CAPTURE FOLDER [ROUNDS]
//
// CAPTURE is cut into a file a flow; FOLDER says which file system is measured. All run in turn, in one
// process, with one thread and with one a core; the shortest of ROUNDS (15) counts. Rows are made and thrown
// away. Whatever the time of the many is above that of the one and the loop's is flowloom's own.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "flowloom/flows.hpp"
#include "flowloom/split.hpp"
#include "whole_runs.hpp"

namespace {

namespace fs = std::filesystem;
using flowloom::bench::fail;
using flowloom::bench::Shortest;

/// Packets of all flows.
std::uint64_t read_flows(const std::string& captures, unsigned threads) {
  auto list = flowloom::list_captures({captures});
  if (!list) fail(list.error().message());
  flowloom::FlowOptions options;
  options.read.threads = threads;
  auto reader = flowloom::FlowReader::open(std::move(*list), options);
  if (!reader) fail(reader.error().message());
  flowloom::RecordBatch batch;
  for (;;) {
    const auto more = reader->next(batch);
    if (!more) fail(more.error().message());
    if (!*more) return reader->accounting().packets;
  }
}

/// Bytes of all files.
std::size_t read_files(const std::string& folder, unsigned threads) {
  std::vector<std::string> paths;
  DIR* const entries = opendir(folder.c_str());
  if (entries == nullptr) fail("cannot list " + folder);
  while (const dirent* entry = readdir(entries)) {
    if (entry->d_type == DT_REG) paths.push_back(folder + "/" + entry->d_name);
  }
  closedir(entries);
  std::ranges::sort(paths);
  std::atomic<std::size_t> next = 0, bytes = 0;
  const auto work = [&] {
    std::vector<char> memory(1 << 20);
    constexpr std::size_t kAtOnce = 16;
    std::size_t read = 0;
    for (std::size_t begin; (begin = next.fetch_add(kAtOnce)) < paths.size();) {
      for (std::size_t i = begin; i < std::min(begin + kAtOnce, paths.size()); ++i) {
        const int fd = open(paths[i].c_str(), O_RDONLY | O_CLOEXEC);
        const ssize_t n = pread(fd, memory.data(), memory.size(), 0);
        if (fd < 0 || n < 0 || n == std::ssize(memory)) fail("cannot read, or is no small file: " + paths[i]);
        close(fd);
        read += static_cast<std::size_t>(n);
      }
    }
    bytes += read;
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  helpers.clear();
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: many_bench CAPTURE FOLDER [ROUNDS]\n");
    return 2;
  }
  const std::string capture = argv[1];
  const fs::path folder = fs::path(argv[2]) / "many_bench";
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 15;
  flowloom::SplitOptions options;
  options.max_files = 10'000'000;
  const auto cut = flowloom::split_captures({capture}, folder.string(), options);
  if (!cut) fail(cut.error().message());
  const auto files = static_cast<double>(cut->files);
  for (const unsigned threads : {1U, std::max(2U, std::thread::hardware_concurrency())}) {
    Shortest one, many, loop;
    for (int round = 0; round < rounds; ++round) {
      one.run([&] { return read_flows(capture, threads); });
      many.run([&] { return read_flows(folder.string(), threads); });
      loop.run([&] { return read_files(folder.string(), threads); });
    }
    if (threads == 1) {
      std::printf("%.0f captures, %.1f kB each; packets: %llu in one, %llu in many; shortest of %d, ms\n",
                  files, static_cast<double>(loop.result) / files / 1e3,
                  static_cast<unsigned long long>(one.result), static_cast<unsigned long long>(many.result),
                  rounds);
    }
    std::printf(
        "%u thread%s: one %.1f, many %.1f (%.2f x), loop %.1f; many - one - loop: %.2f us a capture\n",
        threads, threads == 1 ? "" : "s", one.ms, many.ms, many.ms / one.ms, loop.ms,
        (many.ms - one.ms - loop.ms) * 1e3 / files);
  }
  fs::remove_all(folder);
  return 0;
}
