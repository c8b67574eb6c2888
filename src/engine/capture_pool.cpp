#include "engine/capture_pool.hpp"

#include <sys/stat.h>

#include <new>

namespace flowloom {

CapturePool::CapturePool(RunInput& run, const TrackOptions& options, CaptureList captures, bool join)
    : run_(run),
      options_(options),
      captures_(std::move(captures)),
      join_(join),
      ahead_(4 * std::size_t{run.threads()}) {}

CapturePool::~CapturePool() = default;

bool CapturePool::is_small(std::size_t index) const {
  struct stat about = {};
  const std::string& path = captures_.paths[index];
  return path != "-" && ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
         static_cast<std::uint64_t>(about.st_size) <= kSmall;
}

std::unique_ptr<ReadCapture> CapturePool::next() {
  if (next_ == captures_.paths.size() || (next_ != 0 && run_.stopping())) return nullptr;
  if (join_ && captures_.paths.size() > 1) return read_joined();
  const std::size_t index = next_++;
  const bool alone = run_.threads() == 1 || run_.options().limit != 0 || captures_.paths.size() == 1;
  std::unique_lock lock(mutex_);
  if (index >= end_) {  // not among the small ones that are being read
    if (alone || !is_small(index) || index + 1 == captures_.paths.size() || !is_small(index + 1)) {
      lock.unlock();
      return read_here(index);
    }
    first_ = claimed_ = index;
    end_ = index;
    while (end_ < captures_.paths.size() && is_small(end_)) ++end_;
    while (helpers_.size() + 1 < run_.threads()) {
      helpers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
    changed_.notify_all();
  }
  // Work along until this capture is there: it is the first.
  for (;;) {
    if (out_of_memory_) throw std::bad_alloc();
    if (!ready_.empty() && ready_.front() != nullptr) break;
    if (claimed_ == index) {
      read_claimed(lock);
      break;
    }
    changed_.wait(lock);
  }
  auto capture = std::move(ready_.front());
  ready_.pop_front();
  ++first_;
  changed_.notify_all();
  return capture;
}

/// Reads the next of the small captures that nobody reads yet.
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
  if (read->run == nullptr) read->run = std::make_unique<CaptureRun>(run_, options_, 1);
  read->outcome = read->run->read(captures_.paths[index], captures_.is_unchecked(index));
  lock.lock();
  ready_[index - first_] = std::move(read);
  changed_.notify_all();
}

std::unique_ptr<ReadCapture> CapturePool::read_here(std::size_t index) {
  auto read = std::make_unique<ReadCapture>();
  read->index = index;
  read->run =
      large_ != nullptr ? std::move(large_) : std::make_unique<CaptureRun>(run_, options_, run_.threads());
  read->outcome = read->run->read(captures_.paths[index], captures_.is_unchecked(index));
  return read;
}

std::unique_ptr<ReadCapture> CapturePool::read_joined() {
  next_ = captures_.paths.size();
  auto read = std::make_unique<ReadCapture>();
  read->run = std::make_unique<CaptureRun>(run_, options_, run_.threads());
  read->outcome = read->run->read_joined(captures_);
  if (read->outcome) read->index = read->outcome->first;
  return read;
}

void CapturePool::done(std::unique_ptr<ReadCapture> capture) {
  if (capture == nullptr) return;
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
    while (!stop.stop_requested() && !out_of_memory_) {
      if (claimed_ == end_ || claimed_ - first_ >= ahead_ || run_.stopping()) {
        changed_.wait(lock, stop,
                      [&] { return out_of_memory_ || (claimed_ != end_ && claimed_ - first_ < ahead_); });
        if (run_.stopping()) return;
        continue;
      }
      read_claimed(lock);
    }
  } catch (const std::bad_alloc&) {  // next() throws it again, from the caller's thread
    if (!lock.owns_lock()) lock.lock();
    out_of_memory_ = true;
    changed_.notify_all();
  }
}

}  // namespace flowloom
