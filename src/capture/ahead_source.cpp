#include "capture/ahead_source.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace flowloom {
namespace {

constexpr std::size_t kBuffer = 256 * 1024;
constexpr std::size_t kBuffers = 4;

class AheadSource final : public ByteSource {
 public:
  explicit AheadSource(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
  ~AheadSource() override {
    {
      const std::lock_guard lock(mutex_);
      unwanted_ = true;
    }
    changed_.notify_all();
    source_->interrupt();
  }

  Result<std::size_t> read(std::uint8_t* to, std::size_t size) override {
    if (!thread_.joinable()) {
      if (given_ < kBuffer || !start()) {
        const auto n = source_->read(to, size);
        if (n) given_ += *n;
        position_ = source_->position();
        return n;
      }
    }
    std::unique_lock lock(mutex_);
    Buffer& buffer = buffers_[taken_ % kBuffers];
    changed_.wait(lock, [&] { return taken_ != made_; });
    lock.unlock();  // the buffer is ours until taken_ goes on
    if (buffer.out_of_memory) throw std::bad_alloc();
    const std::size_t n = std::min(size, buffer.end - buffer.begin);
    if (n == 0) {  // the end: it stays
      if (buffer.error) return *buffer.error;
      return 0;
    }
    std::memcpy(to, buffer.bytes.data() + buffer.begin, n);
    buffer.begin += n;
    position_ = buffer.position;
    if (buffer.begin == buffer.end) {
      lock.lock();
      ++taken_;
      changed_.notify_all();
    }
    return n;
  }

  void interrupt() override { source_->interrupt(); }
  [[nodiscard]] std::optional<std::string> early_end() const override { return source_->early_end(); }
  [[nodiscard]] bool grows() const override { return source_->grows(); }
  [[nodiscard]] std::uint64_t position() const override { return position_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return source_->size(); }

 private:
  struct Buffer {
    std::vector<std::uint8_t> bytes;
    std::size_t begin = 0, end = 0;  ///< empty: the end of all, or an error
    std::uint64_t position = 0;      ///< behind its bytes
    std::optional<Error> error;
    bool out_of_memory = false;
  };

  /// False if the system gives no thread, now and from then on: read() reads itself.
  bool start() {
    if (refused_) return false;
    try {
      thread_ = std::jthread([this] { make(); });
    } catch (const std::system_error&) {
      refused_ = true;
    }
    return !refused_;
  }

  /// The thread: fills buffers until one stays empty.
  void make() {
    for (std::size_t made = 0;; ++made) {
      Buffer& buffer = buffers_[made % kBuffers];
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return unwanted_ || made - taken_ < kBuffers; });
        if (unwanted_) return;
      }
      buffer.begin = buffer.end = 0;
      fill(buffer);
      const bool last = buffer.end == 0;
      {
        const std::lock_guard lock(mutex_);
        made_ = made + 1;
      }
      changed_.notify_all();
      if (last) return;
    }
  }

  void fill(Buffer& buffer) {
    try {
      buffer.bytes.resize(kBuffer);
      const auto n = source_->read(buffer.bytes.data(), kBuffer);
      if (n) {
        buffer.end = *n;
      } else {
        buffer.error = n.error();
      }
    } catch (const std::exception&) {  // read() throws it again
      buffer.out_of_memory = true;
    }
    buffer.position = source_->position();
  }

  std::unique_ptr<ByteSource> source_;  ///< the thread's, while it runs
  std::size_t given_ = 0;               ///< before there is a thread
  std::uint64_t position_ = 0;
  bool refused_ = false;                  ///< no thread was given
  std::array<Buffer, kBuffers> buffers_;  ///< those from taken_ to made_ are read(), the others the thread's
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::size_t made_ = 0, taken_ = 0;
  bool unwanted_ = false;
  std::jthread thread_;  ///< last: it ends before what it uses
};

}  // namespace

std::unique_ptr<ByteSource> read_ahead(std::unique_ptr<ByteSource> source) {
  return std::make_unique<AheadSource>(std::move(source));
}

}  // namespace flowloom
