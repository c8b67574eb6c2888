// tshark's JSON, packet by packet. It is another program's: nothing is believed of it.
#include "engine/tshark_answers.hpp"

#include <bit>
#include <charconv>
#include <utility>

#include "dissect/packed_values.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kMaxText = std::size_t{64} << 20;    ///< bytes of one value
constexpr std::size_t kMaxFrame = std::size_t{256} << 20;  ///< … and of all values of a packet
constexpr std::size_t kMaxValues = 65536;                  ///< … in number
constexpr int kEnd = -1;

/// A decimal or hexadecimal number, all of the text.
bool parse_unsigned(std::string_view text, std::uint64_t& number) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool parse_signed(std::string_view text, std::uint64_t& number) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  number = static_cast<std::uint64_t>(value);
  return error == std::errc() && end == text.data() + text.size();
}

bool parse_flag(std::string_view text, std::uint64_t& number) {
  number = text == "1" || text == "True" || text == "true" || text == "Set" ? 1 : 0;
  return number == 1 || text == "0" || text == "False" || text == "false" || text == "Not set";
}

bool parse_real(std::string_view text, std::uint64_t& number) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  number = std::bit_cast<std::uint64_t>(value);
  return error == std::errc() && end == text.data() + text.size();
}

/// "-1.250000000": seconds, at most nine decimals.
bool parse_duration(std::string_view text, std::uint64_t& number) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::string_view whole = text.substr(0, text.find('.'));
  std::string_view part = whole.size() < text.size() ? text.substr(whole.size() + 1) : std::string_view();
  std::uint64_t seconds = 0, ns = 0;
  if (text.find_first_not_of("0123456789.") != std::string_view::npos) return false;
  if (!parse_unsigned(whole, seconds) || seconds > 9'000'000'000 || part.size() > 9) return false;
  if (!part.empty() && !parse_unsigned(part, ns)) return false;
  for (std::size_t i = part.size(); i < 9; ++i) ns *= 10;
  const auto total = static_cast<std::int64_t>(seconds * 1'000'000'000 + ns);
  number = static_cast<std::uint64_t>(negative ? -total : total);
  return true;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Pairs of digits, perhaps with colons between; <MISSING> and <none>: none.
bool parse_bytes(std::string_view text, std::string& bytes) {
  bytes.clear();
  if (text == "<MISSING>" || text == "<none>") return true;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    if (i != 0 && text[i] == ':') ++i;
    if (i + 1 >= text.size() || digit_of(text[i]) < 0 || digit_of(text[i + 1]) < 0) return false;
    bytes += static_cast<char>(digit_of(text[i]) << 4 | digit_of(text[i + 1]));
  }
  return true;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

void attach(Dissector& dissector, std::span<const std::uint8_t> packed) {
  unpack_values(packed, [&](std::uint32_t, const Value& value) { dissector.attach(value); });
}

TsharkAnswers::TsharkAnswers(const std::deque<Field>& fields, Read read)
    : fields_(&fields), read_(std::move(read)), buffer_(64 * 1024) {
  for (const Field& field : fields) columns_.emplace(field.name, static_cast<std::uint32_t>(columns_.size()));
}

bool TsharkAnswers::next(TsharkFrame& frame) {
  const std::uint64_t before = frame_.offset;
  bool good = failed_.empty() && next_frame();
  if (good && frame_.offset <= before) {
    fail("tshark's packets are not in the order of the capture");
    good = false;
  }
  if (good) std::swap(frame, frame_);
  frame_.offset = frame.offset = good ? frame.offset : kNoMore;
  return good;
}

void TsharkAnswers::fail(std::string what) {
  if (failed_.empty()) failed_ = std::move(what);
  ended_ = true;
}

int TsharkAnswers::next_char() {
  if (at_ == filled_) {
    if (ended_) return kEnd;
    const auto got = read_(buffer_.data(), buffer_.size());
    if (!got) fail(got.error().what);
    at_ = 0;
    filled_ = got ? *got : 0;
    if (filled_ == 0) {
      ended_ = true;
      return kEnd;
    }
  }
  return static_cast<unsigned char>(buffer_[at_++]);
}

/// The next character that is no white space.
int TsharkAnswers::next_token() {
  int c = next_char();
  while (c == ' ' || c == '\n' || c == '\r' || c == '\t') c = next_char();
  return c;
}

/// What comes behind a quotation mark, to the next.
bool TsharkAnswers::read_string(std::string& out) {
  out.clear();
  std::uint32_t high = 0;  // the first half of a surrogate pair
  for (;;) {
    int c = next_char();
    if (c == '"') return true;
    if (c == kEnd || out.size() > kMaxText) {
      fail(c == kEnd ? "tshark's answer ends in the middle" : "a value by tshark is too long");
      return false;
    }
    if (c != '\\') {
      out += static_cast<char>(c);
      continue;
    }
    c = next_char();
    static constexpr std::string_view kShort = "bfnrt", kMeant = "\b\f\n\r\t";
    if (c != 'u') {
      const std::size_t place = kShort.find(static_cast<char>(c));
      out += place == std::string_view::npos ? static_cast<char>(c) : kMeant[place];
      continue;
    }
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = digit_of(static_cast<char>(next_char()));
      if (digit < 0) {
        fail("tshark's answer is not understood");
        return false;
      }
      code = code << 4 | static_cast<std::uint32_t>(digit);
    }
    if (code >= 0xD800 && code < 0xDC00) {
      high = code;
    } else if (code >= 0xDC00 && code < 0xE000 && high != 0) {
      append_utf8(out, 0x10000U + ((high - 0xD800U) << 10) + (code - 0xDC00U));
      high = 0;
    } else {
      append_utf8(out, code);
      high = 0;
    }
  }
}

/// Reads the next element: [ { …, "_source": { "layers": { "NAME": [ "VALUE", … ], … } } }, … ]
bool TsharkAnswers::next_frame() {
  constexpr int kLayers = 4, kValues = 5;  // how deep
  const auto failed = [this](const char* what) {
    fail(what);
    return false;
  };
  frame_.offset = 0;
  frame_.is_packet = frame_.has_time = false;
  frame_.packed.clear();
  values_ = 0;
  std::string text, name;
  int depth = opened_ ? 1 : 0, pending = 0;
  for (;;) {
    const int c = pending != 0 ? std::exchange(pending, 0) : next_token();
    if (c == kEnd) return closed_ || !failed_.empty() ? false : failed("tshark's answer ends in the middle");
    if (closed_ || (!opened_ && c != '[')) return failed("tshark's answer is not understood");
    if (c == '{' || c == '[') {
      opened_ = true;
      if (++depth > kValues) return failed("tshark's answer is not understood");
    } else if (c == '}' || c == ']') {
      --depth;
      closed_ = depth == 0;
      if (depth == 1) break;
    } else if (c == '"') {
      if (!read_string(text)) return false;
      pending = next_token();
      if (pending == ':' && depth == kLayers) name = text;
      if (pending != ':' && depth >= kLayers) take_value(name, text);
      if (frame_.packed.size() > kMaxFrame || values_ > kMaxValues)
        return failed("tshark's values of a packet are too many");
    }
  }
  return frame_.offset != 0 || failed("tshark does not say which packet it speaks of");
}

void TsharkAnswers::take_value(const std::string& name, const std::string& text) {
  if (name == TsharkFrame::kOffset && !parse_unsigned(text, frame_.offset)) frame_.offset = 0;
  frame_.is_packet = frame_.is_packet || name == TsharkFrame::kOfPackets;
  frame_.has_time = frame_.has_time || name == TsharkFrame::kOfTimes;
  const auto column = columns_.find(name);
  if (column == columns_.end()) return;
  ++values_;
  Value value;
  value.field = &(*fields_)[column->second];
  std::string bytes = text;
  bool good = true;
  switch (value.field->kind) {
    case Kind::none:
      break;
    case Kind::flag:
      good = parse_flag(text, value.number);
      break;
    case Kind::uint:
      good = parse_unsigned(text, value.number);
      break;
    case Kind::sint:
      good = parse_signed(text, value.number);
      break;
    case Kind::real:
      good = parse_real(text, value.number);
      break;
    case Kind::duration:
      good = parse_duration(text, value.number);
      break;
    case Kind::bytes:
      good = parse_bytes(text, bytes);
      [[fallthrough]];
    default:
      value.data = reinterpret_cast<const std::uint8_t*>(bytes.data());
      value.size = static_cast<std::uint32_t>(bytes.size());
  }
  if (!good) {
    ++unreadable_;
    unreadable_name_ = name;
    return;
  }
  pack_value(frame_.packed, column->second, value);
}

}  // namespace flowloom
