// Work that pauses: it goes on where it was, with its own stack, however deep it was in calls.
#include "base/side_work.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

namespace flowloom {
namespace {

TEST(SideWork, PausesAndGoesOn) {
  std::vector<int> seen;
  std::unique_ptr<SideWork> work;
  work = std::make_unique<SideWork>([&] {
    for (int i = 0; i < 3; ++i) {
      seen.push_back(i);
      work->pause();
    }
    seen.push_back(99);
  });
  EXPECT_FALSE(work->begun());
  for (int i = 0; i < 3; ++i) {
    work->resume();
    seen.push_back(10 + i);
    EXPECT_FALSE(work->ended());
  }
  work->resume();
  EXPECT_TRUE(work->begun() && work->ended());
  EXPECT_EQ(seen, (std::vector{0, 10, 1, 11, 2, 12, 99}));
}

/// Uses a good part of the stack, and throws where it pauses no more.
int deep(SideWork& work, int levels) {
  std::array<volatile char, 4096> used = {};
  used.back() = static_cast<char>(levels);
  if (levels == 0) {
    work.pause();
    throw 7;
  }
  return deep(work, levels - 1) + used.back();
}

TEST(SideWork, InDeepCallsAndWithExceptions) {
  int caught = 0;
  std::unique_ptr<SideWork> one, two;
  const auto body = [&caught](std::unique_ptr<SideWork>& own, int levels) {
    return [&caught, &own, levels] {
      try {
        deep(*own, levels);
      } catch (int number) {
        caught += number;
      }
    };
  };
  one = std::make_unique<SideWork>(body(one, 1000));
  two = std::make_unique<SideWork>(body(two, 10));
  one->resume();
  two->resume();
  EXPECT_EQ(caught, 0);
  one->resume();
  EXPECT_TRUE(one->ended() && !two->ended());
  two->resume();
  EXPECT_TRUE(two->ended());
  EXPECT_EQ(caught, 14);
}

TEST(SideWork, NeedNotBegin) {
  int runs = 0;
  {
    const SideWork work([&] { ++runs; });
  }
  EXPECT_EQ(runs, 0);
}

}  // namespace
}  // namespace flowloom
