// What generated conversations say: messages of real protocols as far as a dissector reads them, with
// pseudo-random bytes where encryption or data would be. A message is a value of a few words whose bytes can
// be asked for at any time and from any offset, so a retransmission needs no copy of what was sent.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "flowloom/bytes.hpp"

namespace flowloom::synth {

/// `a`, `b`: what Message::a and Message::b mean there; nothing: not used.
enum class Content : std::uint8_t {
  noise,             ///< only pseudo-random bytes
  text,              ///< only pseudo-random letters and digits
  tls_client_hello,  ///< RFC 8446 §4.1.2, with a server name
  tls_server_hello,  ///< …, change cipher spec; then encrypted records (the body)
  tls_finished,      ///< change cipher spec; then encrypted records
  tls_data,          ///< encrypted records
  http_request,      ///< GET
  http_reply,        ///< 200; body: text
  dns_query,         ///< a: type; b: 1 over TCP
  dns_reply,         ///< a: type; b: answers · 2 + 1 over TCP. No answer: no such name
  ntp,               ///< a: 0 the client's, 1 the server's
  coap,              ///< a: 0 request, 1 reply; b: message identifier
  mqtt,              ///< a: control packet type (MQTT 3.1.1 §2.2.1); b: serial number of what is published
  sip,   ///< a: 0 INVITE, 1 trying, 2 ringing, 3 OK, 4 ACK, 5 BYE, 6 OK to it; b: IPv4 address, record: port
         ///< of the sound
  rtp,   ///< a: serial number; b: 0 the caller's, 1 the other's
  smtp,  ///< a: line of the opening up to STARTTLS
  ssh,   ///< a: step of the opening
  echo,  ///< ICMP echo data
};

struct Message {
  Content content = Content::noise;
  std::uint16_t head = 0;    ///< bytes before the body; what they are is made anew whenever they are needed
  std::uint16_t record = 0;  ///< TLS: longest record
  std::uint32_t size = 0;    ///< bytes, head and body
  std::uint32_t a = 0, b = 0;
  std::uint64_t salt = 0;  ///< what differs between conversations: names, identifiers, keys
};

/// A message with `body` bytes behind its head (TLS: or some more, so that the last record is no runt).
Message make_message(Content content, std::uint64_t salt, std::uint32_t a = 0, std::uint32_t b = 0,
                     std::uint32_t body = 0, std::uint16_t record = 16401);

/// Writes the message's bytes from `offset` on. Pre: offset + out.size() <= message.size.
void fill(const Message& message, std::uint32_t offset, std::span<std::uint8_t> out);

/// Pseudo-random bytes: those at `offset` of the endless row that belongs to `salt`.
void fill_noise(std::uint64_t salt, std::uint32_t offset, std::span<std::uint8_t> out);

/// The bytes before a message's body, while they are written.
class Head {
 public:
  static constexpr std::size_t kMost = 4608;

  void u8(unsigned value);
  void u16(unsigned value);
  void u32(std::uint32_t value);
  void text(std::string_view text);
  void number(std::uint64_t value);  ///< decimal
  void ipv4(std::uint32_t address);  ///< dotted decimal
  void noise(std::uint64_t salt, std::size_t count);
  /// An invented host name below .example or .test.
  void host(std::uint64_t salt);
  /// The same as DNS labels.
  void labels(std::uint64_t salt);
  /// Room for a length of `width` bytes, which end_length() fills with the number of bytes that follow it.
  std::size_t begin_length(unsigned width);
  void end_length(std::size_t at, unsigned width);
  /// Changes a byte that is already there.
  void set(std::size_t at, unsigned value) { bytes_[at] = static_cast<std::uint8_t>(value); }

  [[nodiscard]] Bytes bytes() const { return {bytes_.data(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::array<std::uint8_t, kMost> bytes_;  // only the first size_ are meaningful
  std::size_t size_ = 0;
};

// Writers of heads, by protocol: content_tls.cpp, content_binary.cpp, content_text.cpp.
void put_tls(const Message& message, Head& head);
void put_dns(const Message& message, Head& head);
void put_ntp(const Message& message, Head& head);
void put_coap(const Message& message, Head& head);
void put_mqtt(const Message& message, Head& head);
void put_rtp(const Message& message, Head& head);
void put_ssh(const Message& message, Head& head);
void put_http(const Message& message, Head& head);
void put_sip(const Message& message, Head& head);
void put_smtp(const Message& message, Head& head);

}  // namespace flowloom::synth
