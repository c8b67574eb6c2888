// Regular expressions on bytes, as PCRE2 reads them. What is expected here is what tshark 4.0 finds.
#include "filter/pattern.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace flowloom::filter {
namespace {

bool found(std::string_view pattern, const std::string& bytes) {
  const auto compiled = Pattern::compile(pattern);
  EXPECT_TRUE(compiled) << pattern << ": " << (compiled ? "" : compiled.error().message());
  return compiled && compiled->found_in({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST(Pattern, BytesThatAreNoAsciiHaveNoCase) {
  for (const auto* pattern :
       {R"(\xe9)", R"(\x{e9})", R"(\351)", "\xe9", R"([\xe9])", R"([\xe8-\xea])", "\\Q\xe9", R"((?i)\xe9)",
        R"(a?(?-i:b?)\xe9)", R"([a\xe9])", R"([^\x00-\xe8\xea-\xff])"}) {
    EXPECT_TRUE(found(pattern, "\xe9")) << pattern;
    EXPECT_FALSE(found(pattern, "\xc9")) << pattern;
  }
  EXPECT_TRUE(found(R"([^\xe9])", "\xc9"));
  EXPECT_FALSE(found(R"([\x61-\xff])", "["));
}

TEST(Pattern, AsciiLettersHaveTwoCasesUnlessToldOtherwise) {
  for (const auto* pattern :
       {"a\xe9", R"([a-c]\xe9)", R"([A-C\xff]\xe9)", R"([[:lower:]]\xe9)", R"([[:upper:]]\xe9)",
        R"(\Qa\E\xe9)", R"((?-i:x?)a\xe9)", R"((?s:a)\xe9)", R"([^\x00-@D-`d-\xff]\xe9)"}) {
    EXPECT_TRUE(found(pattern, "A\xe9")) << pattern;
    EXPECT_TRUE(found(pattern, "a\xe9")) << pattern;
  }
  for (const auto* pattern : {"(?-i)a", "(?-i:a)", "(?-i)[a-c]", "(?-i)[[:lower:]]", R"(\p{Ll})",
                              R"([\p{Ll}])", "((?-i)a)", "(?-i)(?s)a"}) {
    EXPECT_FALSE(found(pattern, "A")) << pattern;
    EXPECT_TRUE(found(pattern, "a")) << pattern;
  }
  EXPECT_TRUE(found("((?-i)a)b", "aB"));
  EXPECT_TRUE(found("(?-i:(?i)a)b", "AB"));
}

TEST(Pattern, Quoted) {
  EXPECT_TRUE(found(R"(\Q$1.5\E$)", "for $1.5"));
  EXPECT_FALSE(found(R"(\Q$1.5\E)", "for $1x5"));
  EXPECT_TRUE(found(R"(\Qa+)", "A+"));
  EXPECT_TRUE(found(R"(a\E+b)", "aab"));
}

TEST(Pattern, End) {
  for (const auto* pattern : {"m$", "(?:m|n)$", "(?:mail|m)$", R"(m\Z)", "(?-m)m$", "(?m:x)?m$"}) {
    EXPECT_TRUE(found(pattern, "m\n")) << pattern;
    EXPECT_TRUE(found(pattern, "m")) << pattern;
    EXPECT_FALSE(found(pattern, "m\nx")) << pattern;
  }
  EXPECT_TRUE(found("(?m)m$", "m\nx"));
  EXPECT_TRUE(found("(?m:m$)", "m\nx"));
  EXPECT_FALSE(found(R"(m\z)", "m\n"));
  EXPECT_TRUE(found("[$]", "a$b"));
}

TEST(Pattern, Space) {
  for (const auto* pattern : {R"(\s)", R"([\s])", R"(\v)", R"([\v])", "[[:space:]]"}) {
    EXPECT_TRUE(found(pattern, "\v")) << pattern;
    EXPECT_TRUE(found(pattern, "\n")) << pattern;
    EXPECT_FALSE(found(pattern, "a")) << pattern;
  }
  for (const auto* pattern : {R"(\S)", R"([^\s])", R"([\S])"})
    EXPECT_FALSE(found(pattern, " \v\n")) << pattern;
  EXPECT_TRUE(found(R"([\S ])", " "));
  EXPECT_TRUE(found(R"([\b])", "\b"));
}

TEST(Pattern, ClassesAreTakenApartByPcresRules) {
  EXPECT_TRUE(found(R"(^[]a]+$)", "]A"));
  EXPECT_TRUE(found(R"(^[^]a]+$)", "bc"));
  EXPECT_TRUE(found(R"(^[-a]+$)", "-A"));
  EXPECT_TRUE(found(R"(^[a-]+$)", "-A"));
  EXPECT_TRUE(found(R"(^[a-c-e]+$)", "B-E"));
  EXPECT_FALSE(found(R"(^[a-c-e]+$)", "d"));
  EXPECT_TRUE(found(R"(^[\]\-\x41\102\n]+$)", "]-ab\n"));
  EXPECT_TRUE(found(R"(^[\d[:punct:]\w]+$)", "1.x"));
  EXPECT_FALSE(found(R"([^\W\d_])", "1_."));
}

TEST(Pattern, MistakesQuoteWhatWasWritten) {
  for (const auto* pattern : {"[", "[a", "[^", "[]", "[z-a]", "(", ")", "*a", "(?", "(?i", "\\", R"(\x4)",
                              R"(\8)", R"(\p)", R"([\)", R"([a-\d])", "[[:nothing:]]", R"(\Q\E*)", "(?P<"}) {
    EXPECT_FALSE(Pattern::compile(pattern)) << pattern;
  }
  EXPECT_NE(Pattern::compile(R"(a[z-a])").error().message().find("z-a"), std::string::npos);
}

}  // namespace
}  // namespace flowloom::filter
