#include "base/late_library.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace flowloom {
namespace {

TEST(LateLibrary, FindsFunctions) {
  double (*root)(double) = nullptr;
  LateLibrary library("libm.so.6", "a test");
  EXPECT_FALSE(library.find("sqrt", root).failure());
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(root(9), 3);
}

TEST(LateLibrary, TellsWhatLacks) {
  double (*none)(double) = nullptr;
  LateLibrary library("libm.so.6", "a test");
  library.find("no_such_function", none).find("sqrt", none);
  ASSERT_TRUE(library.failure());
  EXPECT_EQ(library.failure()->code, ErrorCode::unsupported);
  EXPECT_NE(library.failure()->what.find("no_such_function"), std::string::npos) << library.failure()->what;
  LateLibrary missing("libno_such.so.1", "a test");
  ASSERT_TRUE(missing.find("sqrt", none).failure());
  EXPECT_NE(missing.failure()->what.find("libno_such.so.1"), std::string::npos) << missing.failure()->what;
  EXPECT_TRUE(missing.failure()->what.starts_with("a test needs")) << missing.failure()->what;
  EXPECT_EQ(none, nullptr);
}

}  // namespace
}  // namespace flowloom
