#include "filter/pattern.hpp"

#include <re2/re2.h>

#include <string>
#include <utility>

#include "capture/printable.hpp"
#include "filter/pattern_text.hpp"

namespace flowloom::filter {
namespace {

/// Bytes of memory that a compiled pattern and its automaton may have.
constexpr std::int64_t kMaxMemory = 8 << 20;

/// What RE2 leaves out, since it cannot be done in linear time; named instead of "invalid escape".
const char* beyond(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\\') {
      const char next = text[++i];
      if ((next >= '1' && next <= '9') || next == 'g' || next == 'k') return "back-references";
      continue;
    }
    if (text[i] != '(' || text[i + 1] != '?') continue;
    const std::string_view rest = text.substr(i + 2);
    if (rest.starts_with('=') || rest.starts_with('!') || rest.starts_with("<=") || rest.starts_with("<!")) {
      return "look-around";
    }
    if (rest.starts_with('>')) return "atomic groups";
    if (rest.starts_with('(')) return "conditions";
    if (rest.starts_with('R') || rest.starts_with('&') || rest.starts_with("P>")) return "recursion";
  }
  return nullptr;
}

}  // namespace

Pattern::Pattern(std::unique_ptr<re2::RE2> compiled) : compiled_(std::move(compiled)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::compile(std::string_view text) {
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  const auto compile = [&](const std::string& pattern) {
    return std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  };
  auto compiled = compile(re2_text(text));
  if (compiled->ok()) return Pattern(std::move(compiled));
  // an error is to quote what was written
  if (auto written = compile(std::string(text)); !written->ok()) compiled = std::move(written);
  if (const char* what = beyond(text)) {
    return Error{ErrorCode::usage,
                 std::string("a regular expression with ") + what +
                     ", which cannot be searched for in linear time (RE2's syntax is read)"};
  }
  return Error{ErrorCode::usage, "wrong regular expression: " + printable(compiled->error())};
}

bool Pattern::found_in(Bytes bytes) const {
  const re2::StringPiece text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return compiled_->Match(text, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

}  // namespace flowloom::filter
