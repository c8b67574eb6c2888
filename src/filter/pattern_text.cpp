#include "filter/pattern_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/decimal.hpp"

namespace flowloom::filter {
namespace {

constexpr std::string_view kEnd = "(?:\\n?\\z)";
constexpr std::string_view kSpace = "\\t-\\r ", kNoSpace = "\\x00-\\x08\\x0e-\\x1f!-\\xff";
constexpr std::string_view kVertical = "\\n-\\r\\x85";

struct Flags {
  bool fold = true;    ///< letters match in both cases
  bool lines = false;  ///< "^" and "$" match at every line
};

/// One byte of a pattern and the length of its text.
struct Code {
  unsigned value = 0;
  std::size_t size = 1;
};

bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_alnum(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); }

class Translator {
 public:
  explicit Translator(std::string_view in) : in_(in) {}

  std::string run() {
    while (at_ < in_.size()) {
      switch (in_[at_]) {
        case '\\':
          escape();
          break;
        case '[':
          char_class();
          break;
        case '(':
          group();
          break;
        case ')':
          if (!outer_.empty()) {
            now_ = outer_.back();
            outer_.pop_back();
          }
          copy(1);
          break;
        case '$':
          replace(1, now_.lines ? "$" : kEnd);
          break;
        default:
          if (static_cast<std::uint8_t>(in_[at_]) < 0x80) {
            copy(1);
          } else {
            byte(static_cast<std::uint8_t>(in_[at_++]));
          }
      }
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string_view rest(std::size_t from = 0) const {
    return in_.substr(std::min(at_ + from, in_.size()));
  }
  void copy(std::size_t count) { replace(count, rest().substr(0, count)); }
  void replace(std::size_t count, std::string_view text) {
    out_ += text;
    at_ = std::min(at_ + count, in_.size());
  }

  static void append_hex(std::string& out, unsigned code) {
    out += "\\x";
    append_hex_byte(out, static_cast<std::uint8_t>(code));
  }

  /// RE2 takes bytes from 80 on for Latin-1's characters, some of which are letters.
  void byte(unsigned code) {
    const bool apart = now_.fold && code >= 0x80;
    if (apart) out_ += "(?-i:";
    append_hex(out_, code);
    if (apart) out_ += ')';
  }

  /// The byte that the text from `from` on stands for; nothing if that is no single byte that both know.
  [[nodiscard]] std::optional<Code> code(std::size_t from) const {
    const std::string_view text = rest(from);
    if (text.empty()) return std::nullopt;
    if (text[0] != '\\') return Code{static_cast<std::uint8_t>(text[0]), 1};
    if (text.size() < 2) return std::nullopt;
    const char kind = text[1];
    if (kind == 'x' || is_octal(kind)) return number(text);
    constexpr std::string_view kLetters = "afnrt", kMeant = "\a\f\n\r\t";
    if (const std::size_t found = kLetters.find(kind); found != kLetters.npos) {
      return Code{static_cast<std::uint8_t>(kMeant[found]), 2};
    }
    if (is_alnum(kind)) return std::nullopt;
    return Code{static_cast<std::uint8_t>(kind), 2};
  }

  /// \xHH, \x{H…}, \0, \00, \000 and, of at least two digits, \77, \377.
  [[nodiscard]] static std::optional<Code> number(std::string_view text) {
    const bool hex = text[1] == 'x', braces = text.substr(1).starts_with("x{");
    std::size_t begin = hex ? braces ? 3 : 2 : 1, end = begin;
    if (braces) {
      end = text.find('}');
      if (end == text.npos) return std::nullopt;
    } else {
      while (end < text.size() && end < begin + (hex ? 2 : 3) &&
             (hex ? is_alnum(text[end]) : is_octal(text[end]))) {
        ++end;
      }
      if (hex ? end != begin + 2 : (text[1] != '0' && end < begin + 2)) return std::nullopt;
    }
    unsigned value = 0;
    const char* last = text.data() + end;
    const auto [stop, fault] = std::from_chars(text.data() + begin, last, value, hex ? 16 : 8);
    if (fault != std::errc{} || stop != last || value > 0xFF) return std::nullopt;
    return Code{value, end + (braces ? 1U : 0U)};
  }

  /// The length of \pL, \p{Lu} and the like.
  [[nodiscard]] std::size_t property_size() const {
    if (!rest(2).starts_with('{')) return 3;
    const std::size_t end = rest().find('}');
    return end == std::string_view::npos ? 3 : end + 1;
  }

  void escape() {
    const char kind = in_.size() - at_ < 2 ? '\0' : in_[at_ + 1];
    switch (kind) {
      case 'Q':
        quoted();
        return;
      case 'E':
        return replace(2, "");
      case 's':
        return replace(2, "[" + std::string(kSpace) + "]");
      case 'S':
        return replace(2, "[" + std::string(kNoSpace) + "]");
      case 'v':
        return replace(2, "[" + std::string(kVertical) + "]");
      case 'Z':
        return replace(2, kEnd);
      case 'p':
      case 'P':
        out_ += "(?-i:";
        copy(property_size());
        out_ += ')';
        return;
      default:
        break;
    }
    const auto single = code(0);
    if (single && single->value >= 0x80) {
      byte(single->value);
      at_ += single->size;
    } else {
      copy(single ? single->size : 2);
    }
  }

  void quoted() {
    at_ += 2;
    const std::size_t end = std::min(rest().find("\\E"), rest().size());
    for (const char c : rest().substr(0, end)) {
      if (is_alnum(c)) {
        out_ += c;
      } else {
        byte(static_cast<std::uint8_t>(c));
      }
    }
    at_ = std::min(at_ + end + 2, in_.size());
  }

  /// "(", "(?flags)", "(?flags:", "(?P<name>", and what RE2 refuses.
  void group() {
    if (!rest(1).starts_with('?')) {
      outer_.push_back(now_);
      return copy(1);
    }
    constexpr std::string_view kFlags = "imsUxnJ^-";
    const std::size_t end = std::min(rest(2).find_first_not_of(kFlags), rest(2).size());
    Flags told = now_;
    bool value = true;
    for (const char flag : rest(2).substr(0, end)) {
      if (flag == '-') value = false;
      if (flag == 'i') told.fold = value;
      if (flag == 'm') told.lines = value;
    }
    const bool alone = rest(2 + end).starts_with(')');
    if (!alone) outer_.push_back(now_);
    now_ = told;
    copy(2 + end + (alone ? 1U : 0U));
  }

  /// What a class has: its letters in both cases are written down, so that no other case is added.
  struct Members {
    std::string text;
    bool fold;

    void add(unsigned low, unsigned high) {
      append_hex(text, low);
      text += '-';
      append_hex(text, high);
    }
    void add_folded(unsigned low, unsigned high) {
      add(low, high);
      if (!fold || low > high) return;
      for (const unsigned first : {unsigned{'a'}, unsigned{'A'}}) {
        const unsigned from = std::max(low, first), to = std::min(high, first + 25);
        if (from <= to) add(from ^ 32U, to ^ 32U);
      }
    }
  };

  void char_class() {
    Members members{.text = {}, .fold = now_.fold};
    const std::size_t begin = at_++;
    const bool negated = rest().starts_with('^');
    if (negated) ++at_;
    for (bool first = true; first || !rest().starts_with(']'); first = false) {
      if (rest().empty() || !member(members)) {  // without an end, or with what RE2 does not read: as it is
        at_ = begin;
        return copy(rest().size());
      }
    }
    ++at_;
    out_ += now_.fold ? "(?-i:[" : "[";
    if (negated) out_ += '^';
    out_ += members.text + (now_.fold ? "])" : "]");
  }

  bool member(Members& members) {
    if (rest().starts_with("[:")) return named_class(members);
    if (rest().starts_with('\\') && rest().size() > 1 && set_member(members)) return true;
    const auto low = code(0);
    if (!low) return false;
    at_ += low->size;
    if (!rest().starts_with('-') || rest(1).empty() || rest(1).starts_with(']')) {
      members.add_folded(low->value, low->value);
      return true;
    }
    const auto high = code(1);
    if (!high || rest(1).starts_with("[:")) return false;
    at_ += 1 + high->size;
    members.add_folded(low->value, high->value);
    return true;
  }

  /// \d and the like, which stand for several bytes; \b, a backspace.
  bool set_member(Members& members) {
    std::string_view text;
    std::size_t size = 2;
    switch (in_[at_ + 1]) {
      case 's':
        text = kSpace;
        break;
      case 'S':
        text = kNoSpace;
        break;
      case 'v':
        text = kVertical;
        break;
      case 'b':
        text = "\\x08";
        break;
      case 'p':
      case 'P':
        size = property_size();
        [[fallthrough]];
      case 'd':
      case 'D':
      case 'w':
      case 'W':
        text = rest().substr(0, size);
        break;
      default:
        return false;
    }
    members.text += text;
    at_ = std::min(at_ + size, in_.size());
    return true;
  }

  bool named_class(Members& members) {
    const std::size_t end = rest().find(":]");
    if (end == std::string_view::npos) return false;
    const std::string_view name = rest().substr(2, end - 2);
    const bool negated = name.starts_with('^');
    const std::string_view plain = name.substr(negated ? 1 : 0);
    const bool one_case = members.fold && (plain == "lower" || plain == "upper");
    members.text += negated ? "[:^" : "[:";
    members.text += one_case ? std::string_view("alpha") : plain;
    members.text += ":]";
    at_ += end + 2;
    return true;
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
  Flags now_;
  std::vector<Flags> outer_;  ///< of the groups that are open
};

}  // namespace

std::string re2_text(std::string_view pattern) { return Translator(pattern).run(); }

}  // namespace flowloom::filter
