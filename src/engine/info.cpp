#include "flowloom/info.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <thread>

#include "base/threads.hpp"
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

/// What one thread reads with: memory that is used again.
struct Reading {
  PacketWork work;
  std::optional<CaptureReader> last;
};

Result<Reading> begin(const RunInput& run) {
  auto filter = run.make_filter();
  if (!filter) return filter.error();
  Reading reading;
  reading.work.filter = std::move(*filter);
  return reading;
}

Result<CaptureInfo> read_info(RunInput& run, const std::string& path, Reading& reading) {
  auto opened = CaptureReader::open(path, {.window = kWindow}, std::exchange(reading.last, std::nullopt));
  if (!opened) return opened.error();
  CaptureReader& reader = reading.last.emplace(std::move(*opened));
  PacketWork& work = reading.work;

  CaptureInfo info;
  info.capture = path;
  std::array<std::uint64_t, kFates> fates = {};
  FragmentResolver fragments(run.seed());
  std::uint64_t position = 0;
  while (!run.stopping()) {
    const auto more = reader.next(work.window);
    if (!more) return more.error();
    if (!*more) break;
    if (work.window.packets.size() > run.left()) work.window.packets.resize(run.left());
    if (auto walked = walk_window(run, work); !walked) return walked.error();
    for (const RawPacket& packet : work.window.packets) count(info, packet);
    fragments.resolve(work.batch);
    for (std::size_t i = 0; i < kFates; ++i) fates[i] += work.batch.fates[i];
    run.advance(reader.position() - position, work.read);
    position = reader.position();
  }
  fates[static_cast<std::size_t>(Fate::fragments_waiting)] += fragments.unclaimed();
  info.format = reader.format();
  info.compression = reader.compression();
  info.file_bytes = reader.size();
  info.accounting = to_accounting(fates);
  info.interfaces = reader.interfaces();
  info.time_digits = time_digits(info.interfaces);
  if (run.left() != 0) info.damage = reader.damage();  // or it is behind what may be read
  return info;
}

/// Several captures, by several threads.
class InfoRun {
 public:
  InfoRun(RunInput& run, const std::vector<std::string>& paths) : run_(run), paths_(paths) {}

  Result<> hand_out(const TakeCaptureInfo& take) {
    // With a limit, what is read of one depends on those before.
    const std::size_t threads =
        run_.options().limit != 0 ? 1 : std::min<std::size_t>(run_.threads(), paths_.size());
    most_ahead_ = kAhead * threads;
    auto reading = begin(run_);
    if (!reading) return reading.error();
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < threads; ++i) {
      if (!try_start(helpers, [this](const std::stop_token& stop) { help(stop); })) break;
    }
    const StopAtEnd stop_at_end{run_};  // before the helpers are joined: what they still read is not wanted
    Lock lock(mutex_);
    for (; given_ != paths_.size(); ++given_) {
      while (!thrown_ && !infos_.contains(given_)) {
        if (may_read()) {
          read(lock, *reading);
        } else {
          changed_.wait(lock);
        }
      }
      if (thrown_) std::rethrow_exception(thrown_);
      auto info = std::move(infos_.extract(given_).mapped());
      lock.unlock();
      const bool go_on = take(given_, std::move(info)) && !run_.stopping();
      lock.lock();
      if (!go_on) break;
      if (next_ - given_ == most_ahead_ / 2) changed_.notify_all();
    }
    return {};
  }

 private:
  using Lock = std::unique_lock<std::mutex>;
  struct StopAtEnd {
    RunInput& run;
    ~StopAtEnd() { run.stop(); }
  };

  /// Captures that are read before their turn, for each thread: small and large ones may follow each other.
  /// Few, as what is known of one's interfaces may take 26 MB.
  static constexpr std::size_t kAhead = 4;

  [[nodiscard]] bool may_read() const {
    return !thrown_ && next_ != paths_.size() && next_ - given_ < most_ahead_;
  }

  void read(Lock& lock, Reading& reading) {
    const std::size_t index = next_++;
    lock.unlock();
    try {
      auto info = read_info(run_, paths_[index], reading);
      lock.lock();
      infos_.emplace(index, std::move(info));
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      if (!thrown_) thrown_ = std::current_exception();
    }
    if (index == given_ || thrown_) changed_.notify_all();
  }

  void help(const std::stop_token& stop) {
    std::optional<Reading> reading;
    try {
      if (auto begun = begin(run_)) reading.emplace(std::move(*begun));
    } catch (const std::bad_alloc&) {
      return;  // the others do it
    }
    if (!reading) return;
    Lock lock(mutex_);
    while (!stop.stop_requested()) {
      while (may_read() && !stop.stop_requested()) read(lock, *reading);
      // Not woken for each capture: being woken takes longer than to read a small one.
      changed_.wait(lock, stop, [this] { return may_read() && next_ - given_ < most_ahead_ / 2; });
    }
  }

  RunInput& run_;
  const std::vector<std::string>& paths_;
  std::size_t most_ahead_ = 1;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_:
  std::size_t next_ = 0;   ///< capture to be read
  std::size_t given_ = 0;  ///< … and to be handed out
  std::map<std::size_t, Result<CaptureInfo>> infos_;
  std::exception_ptr thrown_;
};

}  // namespace

Result<CaptureInfo> read_capture_info(const std::string& path, const ReadOptions& options) {
  auto run = RunInput::make(options, {path});
  if (!run) return run.error();
  auto reading = begin(**run);
  if (!reading) return reading.error();
  return read_info(**run, path, *reading);
}

Result<> read_capture_infos(const std::vector<std::string>& paths, const ReadOptions& options,
                            const TakeCaptureInfo& take) {
  auto run = RunInput::make(options, paths);
  if (!run) return run.error();
  return InfoRun(**run, paths).hand_out(take);
}

}  // namespace flowloom
