#include "synth/content.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/endian.hpp"

namespace flowloom::synth {
namespace {

std::vector<std::uint8_t> all_of(const Message& message) {
  std::vector<std::uint8_t> bytes(message.size);
  fill(message, 0, bytes);
  return bytes;
}

std::vector<Message> samples() {
  std::vector<Message> out;
  for (std::uint64_t salt = 1; salt < 40; salt += 13) {
    const auto add = [&](Content content, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t body = 0,
                         std::uint16_t record = 1387) {
      out.push_back(make_message(content, salt * 0x9E3779B97F4A7C15, a, b, body, record));
    };
    add(Content::noise, 0, 0, 5000);
    add(Content::text, 0, 0, 100);
    add(Content::echo, 0, 0, 56);
    add(Content::tls_client_hello);
    add(Content::tls_server_hello, 1, 0, 3000);
    add(Content::tls_finished, 2, 0, 100);
    for (const std::uint32_t body : {0U, 1U, 1391U, 1392U, 1393U, 1413U, 1414U, 1415U, 70'000U}) {
      add(Content::tls_data, 3, 0, body);
    }
    add(Content::http_request, 7);
    add(Content::http_reply, 7, 0, 70'000);
    for (const std::uint32_t type : {1U, 16U, 28U}) {
      add(Content::dns_query, type);
      add(Content::dns_query, type, 1);
      for (std::uint32_t b = 0; b < 30; ++b) add(Content::dns_reply, type, b);
    }
    add(Content::ntp, 0);
    add(Content::ntp, 1);
    add(Content::coap, 0, 5);
    add(Content::coap, 1, 5);
    for (const std::uint32_t type : {1U, 2U, 3U, 12U, 13U, 14U}) add(Content::mqtt, type, 0xFFFFFFFF);
    for (std::uint32_t a = 0; a < 7; ++a) add(Content::sip, a, 0xFFFFFFFF, 0, 65535);
    add(Content::rtp, 100'000, 1, 160);
    for (std::uint32_t a = 0; a < 5; ++a) add(Content::smtp, a);
    for (const std::uint32_t a : {0U, 20U, 21U, 30U, 31U}) add(Content::ssh, a, 1);
  }
  return out;
}

TEST(Content, AnyPartIsThatOfTheWhole) {
  for (const Message& message : samples()) {
    const auto whole = all_of(message);
    ASSERT_EQ(all_of(message), whole);
    for (const std::uint32_t step : {1U, 7U, 1448U}) {
      if (message.size / step > 3000) continue;
      for (std::uint32_t at = 0; at < message.size; at += step) {
        std::vector<std::uint8_t> part(std::min(step, message.size - at));
        fill(message, at, part);
        ASSERT_TRUE(std::ranges::equal(part, std::span(whole).subspan(at, part.size())))
            << static_cast<int>(message.content) << " at " << at;
      }
    }
  }
}

TEST(Content, TlsIsRecordsToItsEnd) {
  for (const Message& message : samples()) {
    if (message.content < Content::tls_client_hello || message.content > Content::tls_data) continue;
    const auto bytes = all_of(message);
    std::size_t at = 0;
    while (at + 5 <= bytes.size()) {
      EXPECT_TRUE(bytes[at] == 20 || bytes[at] == 22 || bytes[at] == 23);
      EXPECT_EQ(bytes[at + 1], 3);
      const std::size_t length = load_be16(&bytes[at + 3]);
      EXPECT_GT(length, bytes[at] == 23 ? 16U : 0U);
      at += 5 + length;
    }
    EXPECT_EQ(at, bytes.size()) << message.size;
  }
}

TEST(Content, LengthsInHeads) {
  for (const Message& message : samples()) {
    const auto bytes = all_of(message);
    if (message.content == Content::http_reply) {
      const std::string text(bytes.begin(), bytes.begin() + message.head);
      EXPECT_NE(text.find("Content-Length: 70000\r\n\r\n"), std::string::npos) << text;
      EXPECT_EQ(message.size, message.head + 70'000U);
    }
    if (message.content == Content::mqtt) {
      EXPECT_EQ(bytes[1], bytes.size() - 2);
    }
    if (message.content == Content::ssh && message.a != 0) {
      EXPECT_EQ(load_be32(bytes.data()), bytes.size() - 4);
      EXPECT_EQ(bytes.size() % 8, 0U);
      EXPECT_GE(bytes[4], 4);
    }
    if ((message.content == Content::dns_query || message.content == Content::dns_reply) &&
        (message.b & 1) != 0) {
      EXPECT_EQ(load_be16(bytes.data()), bytes.size() - 2);
    }
  }
}

TEST(Content, DifferentSaltsSayDifferentThings) {
  EXPECT_NE(all_of(make_message(Content::dns_query, 1, 1)), all_of(make_message(Content::dns_query, 2, 1)));
  EXPECT_NE(all_of(make_message(Content::noise, 1, 0, 0, 100)),
            all_of(make_message(Content::noise, 2, 0, 0, 100)));
}

}  // namespace
}  // namespace flowloom::synth
