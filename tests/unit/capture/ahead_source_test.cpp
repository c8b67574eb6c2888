// Reading ahead in a thread: the same bytes, the same end, and no thread left behind.
#include "capture/ahead_source.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <new>
#include <random>
#include <thread>

#include "capture_bytes.hpp"

namespace flowloom {
namespace {

enum class Ending { end, error, no_memory, wait };

/// Gives counted bytes in pieces of any size, then ends in one of many ways.
class Scripted final : public ByteSource {
 public:
  Scripted(std::uint64_t bytes, Ending ending) : left_(bytes), ending_(ending) {}

  Result<std::size_t> read(std::uint8_t* to, std::size_t size) override {
    if (left_ == 0) {
      if (ending_ == Ending::error) return Error{ErrorCode::io, "cannot read: broken"};
      if (ending_ == Ending::no_memory) throw std::bad_alloc();
      while (ending_ == Ending::wait && !interrupted_)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return 0;
    }
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>({size, left_, 1 + random_() % 300'000}));
    for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<std::uint8_t>(position_++ * 31 >> 3);
    left_ -= n;
    return n;
  }
  void interrupt() override { interrupted_ = true; }
  [[nodiscard]] std::optional<std::string> early_end() const override { return "so it is"; }
  [[nodiscard]] std::uint64_t position() const override { return position_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return 77; }

 private:
  std::uint64_t left_, position_ = 0;
  Ending ending_;
  std::mt19937 random_{3};
  std::atomic<bool> interrupted_ = false;
};

/// Reads all; checks the bytes and that the position is never before what was given.
std::uint64_t read_bytes_of(ByteSource& source, std::optional<Error>& error) {
  std::mt19937 random(9);
  std::vector<std::uint8_t> buffer(400'000);
  std::uint64_t at = 0;
  for (;;) {
    const auto n = source.read(buffer.data(), 1 + random() % buffer.size());
    if (!n) {
      error = n.error();
      return at;
    }
    if (*n == 0) return at;
    for (std::size_t i = 0; i < *n; ++i, ++at) {
      if (buffer[i] != static_cast<std::uint8_t>(at * 31 >> 3)) ADD_FAILURE() << at;
    }
    EXPECT_GE(source.position(), at);
  }
}

TEST(AheadSource, GivesTheSameBytes) {
  for (const std::uint64_t size : {0ULL, 1ULL, 256ULL * 1024, 256ULL * 1024 + 1, 5'000'000ULL}) {
    const auto source = read_ahead(std::make_unique<Scripted>(size, Ending::end));
    std::optional<Error> error;
    EXPECT_EQ(read_bytes_of(*source, error), size);
    EXPECT_FALSE(error);
    std::uint8_t byte = 0;
    EXPECT_EQ(source->read(&byte, 1).value(), 0U) << "the end is the end";
    EXPECT_EQ(source->early_end(), "so it is");
    EXPECT_EQ(source->position(), size);
    EXPECT_EQ(source->size(), 77U);
  }
}

TEST(AheadSource, ErrorsComeBehindTheBytesBeforeThem) {
  for (const std::uint64_t size : {0ULL, 1000ULL, 5'000'000ULL}) {
    const auto source = read_ahead(std::make_unique<Scripted>(size, Ending::error));
    std::optional<Error> error;
    EXPECT_EQ(read_bytes_of(*source, error), size);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->what, "cannot read: broken");
    const auto starved = read_ahead(std::make_unique<Scripted>(size, Ending::no_memory));
    EXPECT_THROW(read_bytes_of(*starved, error), std::bad_alloc);
  }
}

TEST(AheadSource, CanBeGivenUpAtAnyTime) {
  for (const Ending ending : {Ending::end, Ending::wait}) {
    for (std::size_t reads = 0; reads < 20; ++reads) {
      const auto source = read_ahead(std::make_unique<Scripted>(3'000'000, ending));
      std::vector<std::uint8_t> buffer(100'000);
      for (std::size_t i = 0; i < reads; ++i)
        EXPECT_GT(source->read(buffer.data(), buffer.size()).value(), 0U);
    }
  }
}

}  // namespace
}  // namespace flowloom
