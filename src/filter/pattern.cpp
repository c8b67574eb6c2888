#include "filter/pattern.hpp"

#include <re2/re2.h>

#include <string>
#include <utility>

#include "capture/printable.hpp"

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

/// In PCRE "$" also matches before a newline at the end. Not where "(?m)" may have changed its meaning.
std::string with_loose_end(std::string_view text) {
  std::string made;
  bool in_class = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      made += text.substr(i++, 2);
      continue;
    }
    if (text.substr(i).starts_with("(?") && text.substr(i, text.find(')', i) - i).find('m') != text.npos) {
      return std::string(text);
    }
    if (text[i] == '[' && !in_class) {
      in_class = true;
      made += text[i];
      // a "]" that comes first is one of the class
      if (text.substr(i + 1).starts_with('^')) made += text[++i];
      if (text.substr(i + 1).starts_with(']')) made += text[++i];
      continue;
    }
    if (in_class && text.substr(i).starts_with("[:")) {
      const std::size_t end = text.find(":]", i);
      if (end == text.npos) return std::string(text);
      made += text.substr(i, end + 2 - i);
      i = end + 1;
      continue;
    }
    if (text[i] == ']') in_class = false;
    if (text[i] == '$' && !in_class) {
      made += "(?:\\n?\\z)";
    } else {
      made += text[i];
    }
  }
  return made;
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
  auto compiled = compile(with_loose_end(text));
  if (!compiled->ok()) compiled = compile(std::string(text));  // its errors quote what was written
  if (compiled->ok()) return Pattern(std::move(compiled));
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
