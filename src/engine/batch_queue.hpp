// Batches of rows between the thread that makes them and the one that takes them.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>

#include "flowloom/error.hpp"
#include "flowloom/table.hpp"

namespace flowloom {

class BatchQueue {
 public:
  /// At most `ahead` batches wait to be taken. 0: rows are made only while the taker waits for them, so that
  /// both together keep one core busy.
  explicit BatchQueue(std::size_t ahead) : ahead_(ahead) {}

  // For who makes them:
  /// Waits for room. False: nobody takes batches any more.
  bool push(RecordBatch&& batch);
  /// No more will come, because of an error if there is one.
  void end(Result<> how);
  /// Something was thrown that pop() is to throw again.
  void end_thrown(std::exception_ptr thrown);

  // For who takes them:
  /// Waits for a batch; false after the last. What ended the making comes out here, also what was thrown.
  Result<bool> pop(RecordBatch& batch);
  void close();

 private:
  const std::size_t ahead_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::deque<RecordBatch> batches_;
  Result<> how_ = {};
  bool asking_ = false, ended_ = false, closed_ = false;
  std::exception_ptr thrown_;
};

}  // namespace flowloom
