// Who keeps packets is shown each packet of each flow once, in the capture's order.
#include "engine/capture_run.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include "capture/pcap_writer.hpp"
#include "engine/flow_order.hpp"
#include "flowloom/synth.hpp"

namespace flowloom {
namespace {

namespace fs = std::filesystem;

/// A capture of invented traffic, fragments among it, removed at the end.
class Made {
 public:
  explicit Made(std::uint64_t packets)
      : path_(fs::temp_directory_path() / ("flowloom_keeper_" + std::to_string(getpid()) + ".pcap")) {
    auto generator =
        PacketGenerator::synthesize({.seed = 5, .profiles = {"dns", "scan"}, .packets = packets});
    std::vector<std::uint8_t> bytes;
    const pcap::WrittenFormat format{.link_type = generator->link_type()};
    pcap::append_header(format, bytes);
    PacketWindow window;
    while (generator->next(window)) {
      for (const RawPacket& p : window.packets) {
        EXPECT_TRUE(pcap::append_record(format, p.time, p.bytes.view(), p.original_length, bytes));
      }
    }
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  ~Made() { fs::remove(path_); }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

class Collector : public PacketKeeper {
 public:
  bool settled(const PacketWork& work, const FragmentResolver::Waits& waits) override {
    for (const RawPacket& packet : work.window.packets) {
      const std::uint64_t number = packet.number + work.batch.number_base;
      EXPECT_EQ(number, ++shown_);
    }
    for (const std::uint64_t number : waits.began) EXPECT_LE(number, shown_);
    return true;
  }
  bool keep(std::size_t partition, const PacketWork& work, std::span<const RecordPlace> which,
            std::span<const std::uint32_t> flows) override {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(which.size(), flows.size());
    for (std::size_t i = 0; i < which.size(); ++i) {
      if (flows[i] == kNone) continue;
      const PacketRecord& record = work.batch.records[which[i].index];
      const std::uint64_t number = record.number + work.batch.number_base;
      EXPECT_TRUE(all_.insert(number).second) << "shown twice";
      of_[{partition, flows[i]}].push_back(number);
    }
    return of_.size() < stop_at;
  }

  std::size_t stop_at = SIZE_MAX;
  std::uint64_t shown_ = 0;
  std::mutex mutex_;
  std::set<std::uint64_t> all_;
  std::map<std::pair<std::size_t, std::uint32_t>, std::vector<std::uint64_t>> of_;
};

TEST(CaptureRun, ShowsAKeeperEachPacketOnce) {
  const Made capture(20'000);
  std::vector<std::vector<std::uint64_t>> wanted;
  for (const auto& [threads, one_partition] : {std::pair{1U, true}, {3U, false}, {3U, true}}) {
    auto input = RunInput::make({}, {capture.path()});
    ASSERT_TRUE(input);
    CaptureRun run(**input, {}, threads);
    Collector collector;
    run.show(&collector, one_partition);
    ASSERT_TRUE(run.read(capture.path()));
    EXPECT_EQ(run.trackers().size(), one_partition ? 1U : threads);
    std::vector<std::vector<std::uint64_t>> got;
    FlowOrder order(run.trackers());
    while (const auto place = order.next()) {
      const Flow& flow = run.trackers()[place->partition].flow(place->flow);
      got.push_back(collector.of_[{place->partition, place->flow}]);
      EXPECT_EQ(got.back().size(), flow.packets[0] + flow.packets[1]);
    }
    if (wanted.empty()) wanted = got;
    EXPECT_EQ(got, wanted) << "the same for any number of threads";
  }
  EXPECT_GT(wanted.size(), 1'000U);
}

TEST(CaptureRun, EndsWhenTheKeeperWantsNoMore) {
  const Made capture(20'000);
  for (const unsigned threads : {1U, 3U}) {
    auto input = RunInput::make({}, {capture.path()});
    ASSERT_TRUE(input);
    CaptureRun run(**input, {}, threads);
    Collector collector;
    collector.stop_at = 1;
    run.show(&collector, false);
    ASSERT_TRUE(run.read(capture.path()));
    EXPECT_LT(collector.shown_, 20'000U);
  }
}

}  // namespace
}  // namespace flowloom
