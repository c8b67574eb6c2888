#include "filter/lexer.hpp"

#include <algorithm>
#include <utility>

#include "capture/printable.hpp"

namespace flowloom::filter {
namespace {

using K = TokenKind;

struct Spelling {
  std::string_view text;
  K kind;
};
// Longer ones first where one begins with the other.
constexpr Spelling kSymbols[] = {
    {"===", K::all_equal},  {"!==", K::any_unequal},  {"==", K::any_equal},    {"!=", K::all_unequal},
    {"~=", K::any_unequal}, {">=", K::greater_equal}, {"<=", K::less_equal},   {"&&", K::logic_and},
    {"||", K::logic_or},    {"^^", K::logic_xor},     {"..", K::dots},         {">", K::greater},
    {"<", K::less},         {"~", K::matches},        {"!", K::logic_not},     {"&", K::bits_and},
    {"+", K::plus},         {"-", K::minus},          {"*", K::times},         {"/", K::over},
    {"%", K::modulo},       {"(", K::open},           {")", K::close},         {"{", K::open_brace},
    {"}", K::close_brace},  {"[", K::open_bracket},   {"]", K::close_bracket}, {",", K::comma},
    {"#", K::hash}};
constexpr Spelling kNames[] = {{"any_eq", K::any_equal},
                               {"eq", K::any_equal},
                               {"all_ne", K::all_unequal},
                               {"ne", K::all_unequal},
                               {"all_eq", K::all_equal},
                               {"any_ne", K::any_unequal},
                               {"gt", K::greater},
                               {"ge", K::greater_equal},
                               {"lt", K::less},
                               {"le", K::less_equal},
                               {"contains", K::contains},
                               {"matches", K::matches},
                               {"not", K::logic_not},
                               {"and", K::logic_and},
                               {"or", K::logic_or},
                               {"xor", K::logic_xor},
                               {"in", K::in},
                               {"bitwise_and", K::bits_and},
                               {"any", K::any},
                               {"all", K::all}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
         c == '.' || c == ':';
}
unsigned digit_of(char c) { return static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10); }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    for (;;) {
      while (at_ < text_.size() && std::string_view(" \t\r\n").contains(text_[at_])) ++at_;
      if (at_ == text_.size()) break;
      if (auto done = one(); !done) return done.error();
    }
    add(K::end, text_.size(), {});
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void add(K kind, std::size_t at, std::string text) { tokens_.push_back({kind, at, std::move(text)}); }

  Result<> one() {
    const char c = peek();
    if (c == '"') return quoted(at_, false);
    if ((c == 'r' || c == 'R') && peek(1) == '"') return quoted(at_++, true);
    if (c == '\'') return character();
    const bool dotted = c == '.' && is_word(peek(1)) && peek(1) != '.';
    if (dotted || (is_word(c) && c != '-' && c != '.')) return word();
    const auto symbol = std::find_if(std::begin(kSymbols), std::end(kSymbols), [&](const Spelling& s) {
      return text_.substr(at_).starts_with(s.text);
    });
    if (symbol == std::end(kSymbols)) {
      return mistake("\"" + printable(std::string_view(&text_[at_], 1)) + "\" means nothing", at_);
    }
    add(symbol->kind, at_, std::string(symbol->text));
    at_ += symbol->text.size();
    if (symbol->kind == K::hash) return layer();
    if (symbol->kind == K::open_bracket) return ranges();
    return {};
  }

  /// A word goes on through '-' and ':', as addresses and names have them, but not through "..".
  Result<> word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_]) && !text_.substr(at_).starts_with("..")) ++at_;
    std::string_view written = text_.substr(begin, at_ - begin);
    const bool literal = written.starts_with(':') && !written.starts_with("::");
    if (const std::size_t colon = written.find(':', literal ? 1 : 0); colon != written.npos) {
      const auto other = std::find_if(written.begin(), written.end(),
                                      [](char c) { return !is_hex(c) && c != ':' && c != '.'; });
      if (other != written.end() || !groups(written)) {
        return mistake("\":\" is not expected", begin + colon);
      }
    }
    if (written.ends_with(".")) return mistake("\".\" is not expected", at_ - 1);
    prefix(written);
    written = text_.substr(begin, at_ - begin);
    const auto name = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const Spelling& s) { return s.text == written; });
    add(name == std::end(kNames) ? K::word : name->kind, begin, std::string(written));
    return {};
  }

  /// By its colons: as many as an IPv6 address has, whose last two groups may be written as IPv4's.
  static bool is_v6(std::string_view written) {
    const auto colons = std::count(written.begin(), written.end(), ':');
    return written.contains("::") || colons == 7 || (colons == 6 && written.contains('.'));
  }

  /// Whether what stands between the colons has two digits, as bytes have; IPv6's may have fewer or more.
  static bool groups(std::string_view written) {
    if (is_v6(written)) return true;
    std::size_t length = written.starts_with(':') ? 2 : 0;
    for (const char c : written) {
      if (c == ':' && length != 2) return false;
      length = c == ':' ? 0 : length + 1;
    }
    return length == 2 || length == 0 || written.starts_with(':') || written.find('.') != written.npos;
  }

  /// "/24" belongs to an IP address; behind anything else it divides.
  void prefix(std::string_view address) {
    const bool v4 =
        std::count(address.begin(), address.end(), '.') == 3 &&
        std::all_of(address.begin(), address.end(), [](char c) { return is_digit(c) || c == '.'; });
    if (peek() != '/' || !is_digit(peek(1)) || (!v4 && !is_v6(address))) return;
    ++at_;
    while (is_digit(peek())) ++at_;
  }

  Result<> layer() {
    const std::size_t begin = at_;
    if (peek() == '[') return {};
    while (is_digit(peek())) ++at_;
    if (begin == at_) return mistake("the layer's number is missing", at_);
    add(K::range, begin, std::string(text_.substr(begin, at_ - begin)));
    return {};
  }

  Result<> ranges() {
    for (;;) {
      const std::size_t begin = at_;
      at_ = std::min(text_.find_first_of(",]", at_), text_.size());
      if (at_ == text_.size()) return mistake("\"]\" is missing", at_);
      add(K::range, begin, std::string(text_.substr(begin, at_ - begin)));
      add(text_[at_] == ',' ? K::comma : K::close_bracket, at_, std::string(1, text_[at_]));
      if (text_[at_++] == ']') return {};
    }
  }

  Result<> quoted(std::size_t begin, bool raw) {
    ++at_;
    std::string made;
    for (;;) {
      const char c = peek();
      if (at_ == text_.size()) return mistake("the closing \" is missing", begin);
      if (c == '"') break;
      if (c != '\\') {
        made += c;
        ++at_;
      } else if (raw) {  // both characters stay, a quote behind a backslash does not close
        made += text_.substr(at_, 2);
        at_ = std::min(at_ + 2, text_.size());
      } else if (auto done = escape(made); !done) {
        return done;
      }
    }
    ++at_;
    add(K::text, begin, std::move(made));
    return {};
  }

  Result<> character() {
    const std::size_t begin = at_++;
    std::string made;
    while (at_ < text_.size() && peek() != '\'') {
      if (peek() != '\\') {
        made += text_[at_++];
      } else if (auto done = escape(made); !done) {
        return done;
      }
    }
    if (at_ == text_.size()) return mistake("the closing ' is missing", begin);
    ++at_;
    if (made.size() != 1) return mistake("between single quotes there must be one character", begin);
    add(K::character, begin, std::move(made));
    return {};
  }

  /// What is meant by a backslash and what follows.
  Result<> escape(std::string& made) {
    static constexpr std::string_view kLetters = "abfnrtv'\"\\", kMeant = "\a\b\f\n\r\t\v'\"\\";
    const std::size_t begin = at_++;
    const char c = peek();
    if (c >= '0' && c <= '7') {
      unsigned value = 0;
      for (int i = 0; i < 3 && peek() >= '0' && peek() <= '7'; ++i)
        value = value * 8 + digit_of(text_[at_++]);
      if (value > 0xFF) return mistake("an octal escape is larger than \\377", begin);
      made += static_cast<char>(value);
      return {};
    }
    if (c == 'x') {
      ++at_;
      unsigned value = 0, digits = 0;
      for (; digits < 2 && is_hex(peek()); ++digits) value = value * 16 + digit_of(text_[at_++]);
      if (digits == 0) return mistake("hexadecimal digits are missing", begin);
      made += static_cast<char>(value);
      return {};
    }
    if (c == 'u' || c == 'U') return code_point(made, begin, c == 'u' ? 4 : 8);
    const std::size_t letter = at_ < text_.size() ? kLetters.find(c) : kLetters.npos;
    if (letter == kLetters.npos) return mistake("an escape that means nothing", begin);
    made += kMeant[letter];
    ++at_;
    return {};
  }

  Result<> code_point(std::string& made, std::size_t begin, unsigned length) {
    ++at_;
    std::uint32_t value = 0;
    for (unsigned i = 0; i < length; ++i) {
      if (!is_hex(peek())) {
        return mistake("a code point has " + std::to_string(length) + " hexadecimal digits", begin);
      }
      value = value << 4 | digit_of(text_[at_++]);
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
      return mistake("there is no such character in Unicode", begin);
    }
    const auto put = [&](std::uint32_t byte) { made += static_cast<char>(byte); };
    if (value < 0x80) {
      put(value);
    } else if (value < 0x800) {
      put(0xC0 | value >> 6);
      put(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
      put(0xE0 | value >> 12);
      put(0x80 | (value >> 6 & 0x3F));
      put(0x80 | (value & 0x3F));
    } else {
      put(0xF0 | value >> 18);
      put(0x80 | (value >> 12 & 0x3F));
      put(0x80 | (value >> 6 & 0x3F));
      put(0x80 | (value & 0x3F));
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

Error mistake(std::string what, std::size_t at) {
  return {ErrorCode::usage, std::move(what) + " at column " + std::to_string(at + 1)};
}

Result<std::vector<Token>> tokens_of(std::string_view expression) { return Lexer(expression).run(); }

}  // namespace flowloom::filter
