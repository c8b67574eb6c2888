#include "engine/split_files.hpp"

#include <algorithm>
#include <iterator>

#include "base/threads.hpp"

namespace flowloom {
namespace {

/// More threads would wait for each other: they all write into one folder.
constexpr unsigned kMostWriters = 4;
/// Files that are handed over at once, and that a thread takes at once.
constexpr std::size_t kHanded = 64, kTaken = 8;
constexpr std::size_t kWorthAThread = 16;  ///< files

}  // namespace

SplitFiles::SplitFiles(SplitRun& run, const PacketFileFormat& format)
    : run_(run), format_(format), ends_on_stop_(!run.options.flows.read.stop.stop_requested()) {}

SplitFiles::~SplitFiles() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

bool SplitFiles::plan(const PacketSpool& spool, std::uint32_t strand, std::uint64_t packets,
                      std::string label) {
  if (!run_.count_file(packets)) return false;
  Job& job = planned_.emplace_back(Job{&spool, strand, packets, {}, label.size()});
  {
    const std::lock_guard lock(naming_);
    job.name = run_.names.take(std::move(label), format_.extension());
  }
  if (!begun_ || planned_.size() < kHanded) return true;
  hand_over();
  start_helper();
  return true;
}

void SplitFiles::hand_over() {
  {
    const std::lock_guard lock(mutex_);
    std::ranges::move(planned_, std::back_inserter(jobs_));
  }
  planned_.clear();
  changed_.notify_one();
}

void SplitFiles::start_helper() {
  if (helpers_.size() + 1 >= std::min(run_.input.threads(), kMostWriters)) return;
  static_cast<void>(try_start(helpers_, [this] { write_planned(); }));
}

Result<> SplitFiles::finish() {
  for (std::size_t left = planned_.size(); left > kWorthAThread; left -= kWorthAThread) start_helper();
  hand_over();
  {
    const std::lock_guard lock(mutex_);
    all_planned_ = true;
  }
  changed_.notify_all();
  write_planned();
  helpers_.clear();
  if (failed_) return *failed_;
  for (const Job& job : jobs_) {
    if (job.written) continue;
    --run_.result.files;
    ++run_.result.files_left_out;
    run_.result.packets_written -= job.packets;
    run_.result.packets_left_out += job.packets;
  }
  return {};
}

/// The next files; none: there are no more, or the writing is to end.
void SplitFiles::take(std::vector<Job*>& jobs) {
  jobs.clear();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return taken_ < jobs_.size() || all_planned_ || stopped_; });
  while (!stopped_ && jobs.size() < kTaken && taken_ < jobs_.size()) jobs.push_back(&jobs_[taken_++]);
}

bool SplitFiles::goes_on() {
  run_.input.advance(0, 0);  // so that whoever wants the run to end is heard
  const bool stop = ends_on_stop_ && run_.options.flows.read.stop.stop_requested();
  if (stop) stopped_ = true;
  return !stopped_;
}

void SplitFiles::write_planned() {
  PacketFileWriter writer(run_.folder);
  std::vector<Job*> jobs;
  for (take(jobs); !jobs.empty(); take(jobs)) {
    for (Job* const job : jobs) {
      if (!goes_on()) return;
      const auto done = write(writer, *job);
      job->written = done.has_value();
      if (done) continue;
      const std::lock_guard lock(mutex_);
      if (!failed_) failed_ = done.error();
      stopped_ = true;
    }
  }
}

Result<> SplitFiles::write(PacketFileWriter& writer, Job& job) {
  for (;;) {
    const auto begun = writer.begin(job.name, format_);
    if (!begun) return begun.error();
    if (*begun) break;
    // The file system takes this name for another's.
    const std::lock_guard lock(naming_);
    job.name = run_.names.take(job.name.substr(0, job.label), format_.extension());
  }
  PacketSpool::Reader reader(*job.spool);
  if (!format_.pcapng) {
    if (const auto records = reader.records(job.strand, format_.nanoseconds)) {
      if (auto added = writer.add_records(*records); !added) return added;
      return writer.end();
    }
  }
  auto added = reader.each_in_order(job.strand, [&](const SpooledPacket& packet, const std::uint8_t* bytes) {
    return writer.add(packet, bytes);
  });
  if (!added) return added;
  return writer.end();
}

}  // namespace flowloom
