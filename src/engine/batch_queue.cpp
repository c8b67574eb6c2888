#include "engine/batch_queue.hpp"

#include <new>
#include <utility>

namespace flowloom {

bool BatchQueue::push(RecordBatch&& batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || batches_.empty() || batches_.size() < ahead_; });
  if (closed_) return false;
  batches_.push_back(std::move(batch));
  changed_.notify_all();
  if (ahead_ == 0) changed_.wait(lock, [&] { return closed_ || (batches_.empty() && asking_); });
  return !closed_;
}

void BatchQueue::end(Result<> how) {
  const std::lock_guard lock(mutex_);
  how_ = std::move(how);
  ended_ = true;
  changed_.notify_all();
}

void BatchQueue::end_thrown(std::exception_ptr thrown) {
  const std::lock_guard lock(mutex_);
  thrown_ = std::move(thrown);
  ended_ = true;
  changed_.notify_all();
}

Result<bool> BatchQueue::pop(RecordBatch& batch) {
  std::unique_lock lock(mutex_);
  asking_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] { return ended_ || !batches_.empty(); });
  asking_ = false;
  if (batches_.empty()) {
    if (thrown_) std::rethrow_exception(thrown_);
    if (!how_) return how_.error();
    return false;
  }
  batch = std::move(batches_.front());
  batches_.pop_front();
  changed_.notify_all();
  return true;
}

void BatchQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace flowloom
