#include "engine/capture_pool.hpp"

#include <filesystem>
#include <new>
#include <numeric>
#include <system_error>

#include "base/threads.hpp"

namespace flowloom {
namespace {

std::uint64_t packets_in(const ReadCapture& capture) {
  if (!capture.outcome) return 0;
  const auto& fates = capture.outcome->fates;
  return std::accumulate(fates.begin(), fates.end(), std::uint64_t{0});
}

}  // namespace

CapturePool::CapturePool(RunInput& run, const TrackOptions& options, CaptureList captures, bool join)
    : run_(run),
      options_(options),
      captures_(std::move(captures)),
      join_(join),
      ahead_(4 * std::size_t{run.threads()}) {}

CapturePool::~CapturePool() = default;

/// Whether it may be opened before its turn, and again then: a regular file.
bool CapturePool::can_wait(std::size_t index) const {
  std::error_code ignored;
  const std::string& path = captures_.paths[index];
  return captures_.is_unchecked(index) ||  // from a folder, of which only such are taken
         (path != "-" && std::filesystem::is_regular_file(path, ignored));
}

std::unique_ptr<ReadCapture> CapturePool::next() {
  if (next_ == captures_.paths.size() || (next_ != 0 && run_.stopping())) return nullptr;
  if (join_ && captures_.paths.size() > 1) return read_joined();
  const std::size_t index = next_++;
  if (run_.threads() == 1 || run_.options().limit != 0 || captures_.paths.size() == 1)
    return read_here(index);
  std::unique_lock lock(mutex_);
  while (helpers_.size() + 1 < run_.threads() &&
         try_start(helpers_, [this](const std::stop_token& stop) { work(stop); })) {
  }
  // Work along until this capture is there.
  while (ready_.empty() || ready_.front() == nullptr) {
    if (out_of_memory_) throw std::bad_alloc();
    if (claimed_ == index || may_claim()) {
      read_claimed(lock);
    } else {
      changed_.wait(lock);
    }
  }
  auto capture = std::move(ready_.front());
  ready_.pop_front();
  ++first_;
  waiting_ -= packets_in(*capture);
  changed_.notify_all();
  lock.unlock();
  if (!capture->outcome || !capture->outcome->put_off) return capture;
  done(std::move(capture));
  return read_here(index);
}

bool CapturePool::may_claim() const {
  return claimed_ != captures_.paths.size() && claimed_ - first_ < ahead_ && waiting_ < kMostWaiting &&
         !run_.stopping();
}

/// Reads the next of the captures that nobody reads yet.
void CapturePool::read_claimed(std::unique_lock<std::mutex>& lock) {
  const std::size_t index = claimed_++;
  ready_.emplace_back();
  auto read = std::make_unique<ReadCapture>();
  read->index = index;
  if (!idle_.empty()) {
    read->run = std::move(idle_.back());
    idle_.pop_back();
  }
  lock.unlock();
  if (can_wait(index)) {
    if (read->run == nullptr) read->run = std::make_unique<CaptureRun>(run_, options_, 1);
    read->outcome = read->run->read(captures_.paths[index],
                                    {.unchecked = captures_.is_unchecked(index), .among_others = true});
  } else {
    read->outcome->put_off = true;
  }
  lock.lock();
  waiting_ += packets_in(*read);
  ready_[index - first_] = std::move(read);
  changed_.notify_all();
}

std::unique_ptr<ReadCapture> CapturePool::begin_here(std::size_t index) {
  auto read = std::make_unique<ReadCapture>();
  read->index = index;
  read->run =
      large_ != nullptr ? std::move(large_) : std::make_unique<CaptureRun>(run_, options_, run_.threads());
  if (sink_ != nullptr) read->run->set_sink(sink_);
  reading_ = read.get();
  return read;
}

std::unique_ptr<ReadCapture> CapturePool::read_here(std::size_t index) {
  auto read = begin_here(index);
  read->outcome = read->run->read(captures_.paths[index], {.unchecked = captures_.is_unchecked(index)});
  return read;
}

std::unique_ptr<ReadCapture> CapturePool::read_joined() {
  next_ = captures_.paths.size();
  auto read = begin_here(0);
  read->outcome = read->run->read_joined(captures_);
  if (read->outcome) read->index = read->outcome->first;
  return read;
}

void CapturePool::done(std::unique_ptr<ReadCapture> capture) {
  if (capture == nullptr || capture->run == nullptr) return;
  if (capture->run->threads() == run_.threads() && large_ == nullptr) {
    large_ = std::move(capture->run);
    return;
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(capture->run));
}

void CapturePool::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  try {
    while (!stop.stop_requested() && !out_of_memory_ && !run_.stopping()) {
      if (may_claim()) {
        read_claimed(lock);
      } else {
        changed_.wait(lock, stop, [&] { return out_of_memory_ || may_claim(); });
      }
    }
  } catch (const std::exception&) {  // next() throws it again, from the caller's thread
    if (!lock.owns_lock()) lock.lock();
    out_of_memory_ = true;
    changed_.notify_all();
  }
}

}  // namespace flowloom
