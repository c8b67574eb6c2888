#include "synth/content.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>

#include "base/store.hpp"
#include "synth/random.hpp"

namespace flowloom::synth {
namespace {

constexpr std::size_t kPool = 64 * 1024;

/// Random bytes that all noise is cut out of: copying is cheaper than making new ones.
std::array<std::uint8_t, kPool> make_pool() {
  std::array<std::uint8_t, kPool> pool{};
  Random random(0x666C6F776C6F6F6D);
  for (std::size_t i = 0; i < kPool; i += 8) {
    std::uint64_t word = random.next();
    for (std::size_t k = 0; k < 8; ++k, word >>= 8) pool[i + k] = static_cast<std::uint8_t>(word);
  }
  return pool;
}

const std::array<std::uint8_t, kPool>& noise() {
  static const std::array<std::uint8_t, kPool> pool = make_pool();
  return pool;
}

/// The same as letters and digits: a dissector that lost its place among random bytes calls them malformed.
std::array<std::uint8_t, kPool> make_text() {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, kPool> text{};
  for (std::size_t i = 0; i < kPool; ++i) text[i] = static_cast<std::uint8_t>(kLetters[noise()[i] & 63]);
  return text;
}

const std::array<std::uint8_t, kPool>& text() {
  static const std::array<std::uint8_t, kPool> pool = make_text();
  return pool;
}

void fill_from(const std::array<std::uint8_t, kPool>& pool, std::uint64_t salt, std::uint32_t offset,
               std::span<std::uint8_t> out) {
  std::size_t at = (Random::mix(salt) + offset) % kPool;
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), kPool - at);
    std::memcpy(out.data(), pool.data() + at, count);
    out = out.subspan(count);
    at = 0;
  }
}

constexpr std::uint32_t kRecordHeader = 5;     // RFC 8446 §5.1
constexpr std::uint32_t kShortestRecord = 17;  // an encrypted record: content type and tag (§5.2)

bool in_records(Content content) {
  return content == Content::tls_server_hello || content == Content::tls_finished ||
         content == Content::tls_data;
}

void put_head(const Message& message, Head& head) {
  switch (message.content) {
    case Content::tls_client_hello:
    case Content::tls_server_hello:
    case Content::tls_finished:
      return put_tls(message, head);
    case Content::http_request:
    case Content::http_reply:
      return put_http(message, head);
    case Content::dns_query:
    case Content::dns_reply:
      return put_dns(message, head);
    case Content::ntp:
      return put_ntp(message, head);
    case Content::coap:
      return put_coap(message, head);
    case Content::mqtt:
      return put_mqtt(message, head);
    case Content::sip:
      return put_sip(message, head);
    case Content::rtp:
      return put_rtp(message, head);
    case Content::smtp:
      return put_smtp(message, head);
    case Content::ssh:
      return put_ssh(message, head);
    case Content::noise:
    case Content::text:
    case Content::tls_data:
    case Content::echo:
      return;
  }
}

/// Headers of the TLS records over the noise of a body; `offset` is that of `out` in the body.
void put_record_headers(const Message& message, std::uint32_t offset, std::span<std::uint8_t> out) {
  const std::uint32_t body = message.size - message.head, step = message.record + kRecordHeader;
  const auto end = offset + static_cast<std::uint32_t>(out.size());
  for (std::uint32_t begin = offset - offset % step; begin < end; begin += step) {
    const std::uint32_t length = std::min<std::uint32_t>(message.record, body - begin - kRecordHeader);
    const std::uint8_t header[kRecordHeader] = {23, 3, 3, static_cast<std::uint8_t>(length >> 8),
                                                static_cast<std::uint8_t>(length)};
    for (std::uint32_t i = 0; i < kRecordHeader; ++i) {
      if (begin + i >= offset && begin + i < end) out[begin + i - offset] = header[i];
    }
  }
}

constexpr std::string_view kSyllables[16] = {"al", "bor", "cen", "dri", "el", "fa", "gon", "hul",
                                             "im", "jor", "ka",  "lum", "mi", "no", "per", "qui"};
constexpr std::string_view kPrefixes[8] = {"www", "api", "cdn", "img", "mail", "static", "login", "m"};

}  // namespace

Message make_message(Content content, std::uint64_t salt, std::uint32_t a, std::uint32_t b,
                     std::uint32_t body, std::uint16_t record) {
  Message message{.content = content, .record = record, .size = body, .a = a, .b = b, .salt = salt};
  if (in_records(content)) {
    const std::uint32_t rest = body % (record + kRecordHeader);
    if (rest < kRecordHeader + kShortestRecord) message.size += kRecordHeader + kShortestRecord - rest;
  }
  Head head;
  put_head(message, head);
  message.head = static_cast<std::uint16_t>(head.size());
  message.size += message.head;
  return message;
}

void fill_noise(std::uint64_t salt, std::uint32_t offset, std::span<std::uint8_t> out) {
  fill_from(noise(), salt, offset, out);
}

void fill(const Message& message, std::uint32_t offset, std::span<std::uint8_t> out) {
  assert(offset + out.size() <= message.size);
  if (offset < message.head) {
    Head head;
    put_head(message, head);
    const std::size_t count = std::min<std::size_t>(out.size(), message.head - offset);
    std::memcpy(out.data(), head.bytes().data() + offset, count);
    out = out.subspan(count);
    offset += static_cast<std::uint32_t>(count);
  }
  if (out.empty()) return;
  const bool letters = message.content == Content::text || message.content == Content::http_reply;
  fill_from(letters ? text() : noise(), message.salt ^ message.a, offset, out);
  if (in_records(message.content)) put_record_headers(message, offset - message.head, out);
}

// --- heads -----------------------------------------------------------------------------------------

void Head::u8(unsigned value) {
  assert(size_ < kMost);
  bytes_[size_++] = static_cast<std::uint8_t>(value);
}

void Head::u16(unsigned value) {
  u8(value >> 8 & 0xFF);
  u8(value & 0xFF);
}

void Head::u32(std::uint32_t value) {
  u16(value >> 16);
  u16(value & 0xFFFF);
}

void Head::text(std::string_view text) {
  assert(text.size() <= kMost - size_);
  std::memcpy(bytes_.data() + size_, text.data(), text.size());
  size_ += text.size();
}

void Head::number(std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  text({digits, static_cast<std::size_t>(end - digits)});
}

void Head::ipv4(std::uint32_t address) {
  for (unsigned shift = 24;; shift -= 8) {
    number(address >> shift & 0xFF);
    if (shift == 0) return;
    text(".");
  }
}

void Head::noise(std::uint64_t salt, std::size_t count) {
  assert(count <= kMost - size_);
  fill_noise(salt, 0, {bytes_.data() + size_, count});
  size_ += count;
}

void Head::host(std::uint64_t salt) {
  const std::uint64_t word = Random::mix(salt);
  text(kPrefixes[word & 7]);
  text(".");
  for (unsigned i = 0; i < 2 + (word >> 3 & 3); ++i) text(kSyllables[word >> (8 + 4 * i) & 15]);
  text((word >> 5 & 1) != 0 ? ".example" : ".test");
}

void Head::labels(std::uint64_t salt) {
  std::size_t length_at = size_;
  u8(0);
  const std::size_t begin = size_;
  host(salt);
  for (std::size_t i = begin; i <= size_; ++i) {
    if (i < size_ && bytes_[i] != '.') continue;
    bytes_[length_at] = static_cast<std::uint8_t>(i - length_at - 1);
    length_at = i;
  }
  u8(0);
}

std::size_t Head::begin_length(unsigned width) {
  const std::size_t at = size_;
  for (unsigned i = 0; i < width; ++i) u8(0);
  return at;
}

void Head::end_length(std::size_t at, unsigned width) {
  const std::size_t length = size_ - at - width;
  for (unsigned i = 0; i < width; ++i) {
    bytes_[at + i] = static_cast<std::uint8_t>(length >> 8 * (width - 1 - i));
  }
}

}  // namespace flowloom::synth
