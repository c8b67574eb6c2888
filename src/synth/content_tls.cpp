// TLS 1.3 as it looks on the wire (RFC 8446, with the middlebox compatibility of its appendix D.4): the
// hellos are in clear, all else is in encrypted records.
#include "synth/content.hpp"

namespace flowloom::synth {
namespace {

constexpr unsigned kHandshake = 22, kChangeCipherSpec = 20;
constexpr unsigned kServerName = 0, kGroups = 10, kSignatures = 13, kAlpn = 16, kVersions = 43,
                   kPskModes = 45, kKeyShare = 51;
constexpr unsigned kX25519 = 0x001D;

void put_change_cipher_spec(Head& head) {
  head.u8(kChangeCipherSpec);
  head.u16(0x0303);
  head.u16(1);
  head.u8(1);
}

void put_extension(Head& head, unsigned type, std::initializer_list<unsigned> bytes) {
  head.u16(type);
  head.u16(static_cast<unsigned>(bytes.size()));
  for (const unsigned byte : bytes) head.u8(byte);
}

void put_server_name(const Message& message, Head& head) {  // RFC 6066 §3
  head.u16(kServerName);
  const std::size_t extension = head.begin_length(2), list = head.begin_length(2);
  head.u8(0);
  const std::size_t name = head.begin_length(2);
  head.host(message.salt);
  head.end_length(name, 2);
  head.end_length(list, 2);
  head.end_length(extension, 2);
}

void put_client_extensions(const Message& message, Head& head) {
  put_server_name(message, head);
  put_extension(head, kGroups, {0, 4, 0, 0x1D, 0, 0x17});
  put_extension(head, kSignatures, {0, 8, 4, 3, 8, 4, 4, 1, 8, 5});
  put_extension(head, kAlpn, {0, 12, 2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'});
  put_extension(head, kVersions, {4, 3, 4, 3, 3});
  put_extension(head, kPskModes, {1, 1});
  head.u16(kKeyShare);
  head.u16(38);
  head.u16(36);
  head.u16(kX25519);
  head.u16(32);
  head.noise(message.salt + 3, 32);
}

void put_server_extensions(const Message& message, Head& head) {
  put_extension(head, kVersions, {3, 4});
  head.u16(kKeyShare);
  head.u16(36);
  head.u16(kX25519);
  head.u16(32);
  head.noise(message.salt + 4, 32);
}

void put_hello(const Message& message, Head& head, bool server) {
  head.u8(kHandshake);
  head.u16(server ? 0x0303 : 0x0301);
  const std::size_t record = head.begin_length(2);
  head.u8(server ? 2 : 1);
  const std::size_t hello = head.begin_length(3);
  head.u16(0x0303);
  head.noise(message.salt + (server ? 2 : 1), 32);
  head.u8(32);  // the session identifier, which the server repeats
  head.noise(message.salt + 5, 32);
  if (server) {
    head.u16(0x1301);
    head.u8(0);
  } else {
    head.u16(8);
    for (const unsigned suite : {0x1301U, 0x1302U, 0x1303U, 0xC02FU}) head.u16(suite);
    head.u16(0x0100);  // one compression method: none
  }
  const std::size_t extensions = head.begin_length(2);
  if (server) {
    put_server_extensions(message, head);
  } else {
    put_client_extensions(message, head);
  }
  head.end_length(extensions, 2);
  head.end_length(hello, 3);
  head.end_length(record, 2);
}

}  // namespace

void put_tls(const Message& message, Head& head) {
  if (message.content == Content::tls_client_hello) return put_hello(message, head, false);
  if (message.content == Content::tls_server_hello) put_hello(message, head, true);
  put_change_cipher_spec(head);
}

}  // namespace flowloom::synth
