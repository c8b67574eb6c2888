// What it costs to cut a capture into a file a flow, beside a loop that does nothing but write the same files
// from memory: open, write all bytes, close.
//
//     split_bench CAPTURE FOLDER [ROUNDS]
//
// FOLDER says which file system is measured. Both run in turn, in one process, and write the same bytes,
// which the first round checks; the shortest of ROUNDS (7) counts. The capture is read, so it is in the page
// cache from the first round on. The loop has each file's name and bytes in memory before its time begins: it
// neither reads nor sorts packets.
//
// What a file system has not written yet, or has just removed, is paid for by whoever writes next (ext4 does
// not give inodes away again for a while, and searches on). So each run has a folder of its own, is begun
// with nothing to be written, and all are removed at the end: ROUNDS times the capture twice is the disk it
// takes.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "flowloom/split.hpp"

namespace {

namespace fs = std::filesystem;

struct File {
  std::string name, bytes;
  auto operator<=>(const File&) const = default;
};

/// All files, by name.
std::vector<File> load(const fs::path& folder) {
  std::vector<File> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    files.push_back({entry.path().filename().string(), {std::istreambuf_iterator<char>(in), {}}});
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// A folder that is not there yet, on a file system that has nothing to write.
fs::path new_folder(const fs::path& base, int round) {
  fs::create_directories(base);
  const int at = open(base.c_str(), O_RDONLY | O_DIRECTORY);
  syncfs(at);
  close(at);
  return base / std::to_string(round);
}

void write_all(const fs::path& folder, const std::vector<File>& files) {
  fs::create_directory(folder);
  const int at = open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  for (const File& file : files) {
    const int fd = openat(at, file.name.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd < 0 ||
        write(fd, file.bytes.data(), file.bytes.size()) != static_cast<ssize_t>(file.bytes.size()) ||
        close(fd) != 0) {
      std::perror(file.name.c_str());
      std::exit(1);
    }
  }
  close(at);
}

double cpu_seconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// The shortest wall and processor times of the runs so far, in seconds.
struct Shortest {
  double wall = 1e9, processor = 1e9;

  template <class Work>
  void run(Work work) {
    const double before = cpu_seconds();
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    wall = std::min(wall, passed.count());
    processor = std::min(processor, cpu_seconds() - before);
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: split_bench CAPTURE FOLDER [ROUNDS]\n");
    return 2;
  }
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 7;
  const fs::path root = fs::path(argv[2]) / "split_bench";
  const fs::path split = root / "split", loop = root / "loop";
  flowloom::SplitOptions options;
  options.max_files = 10'000'000;
  Shortest ours, theirs;
  std::vector<File> files;
  for (int round = 0; round < rounds; ++round) {
    const auto cut = [&] {
      const fs::path folder = new_folder(split, round);
      ours.run([&] {
        const auto result = flowloom::split_captures({argv[1]}, folder.string(), options);
        if (result) return;
        std::fprintf(stderr, "%s\n", result.error().message().c_str());
        std::exit(1);
      });
      if (files.empty()) files = load(folder);
    };
    const auto write = [&] {
      const fs::path folder = new_folder(loop, round);
      theirs.run([&] { write_all(folder, files); });
      if (round == 0 && load(folder) != files) {
        std::fprintf(stderr, "the loop wrote other files\n");
        std::exit(1);
      }
    };
    if (round % 2 == 0) cut();
    write();
    if (round % 2 == 1) cut();
  }
  fs::remove_all(root);
  std::size_t bytes = 0;
  for (const File& file : files) bytes += file.bytes.size();
  std::printf("%zu files, %zu bytes; shortest of %d rounds, seconds (processor):\n", files.size(), bytes,
              rounds);
  std::printf("  split  %6.3f (%.3f)\n  loop   %6.3f (%.3f)\n  ratio  %6.2f (%.2f)\n", ours.wall,
              ours.processor, theirs.wall, theirs.processor, ours.wall / theirs.wall,
              ours.processor / theirs.processor);
  return 0;
}
