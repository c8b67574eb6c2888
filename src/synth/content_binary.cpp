// DNS, NTP, CoAP, MQTT, RTP, and the opening of an SSH connection.
#include "synth/content.hpp"

namespace flowloom::synth {
namespace {

constexpr unsigned kTypeA = 1, kTypeTxt = 16, kTypeAaaa = 28;

}  // namespace

// RFC 1035 §4; the OPT record: RFC 6891 §6.1
void put_dns(const Message& message, Head& head) {
  const bool reply = message.content == Content::dns_reply, over_tcp = (message.b & 1) != 0;
  const unsigned answers = reply ? message.b >> 1 : 0;
  const std::size_t length = over_tcp ? head.begin_length(2) : 0;
  head.u16(static_cast<unsigned>(message.salt >> 48));
  head.u16(!reply ? 0x0100 : answers == 0 ? 0x8183 : 0x8180);
  head.u16(1);
  head.u16(answers);
  head.u16(0);
  head.u16(1);
  head.labels(message.salt);
  head.u16(message.a);
  head.u16(1);
  for (unsigned i = 0; i < answers; ++i) {
    head.u16(0xC00C);  // the question's name
    head.u16(message.a);
    head.u16(1);
    head.u32(60 + static_cast<std::uint32_t>(message.salt & 0xFFF));
    const std::size_t data = head.begin_length(2);
    switch (message.a) {
      case kTypeA:
        head.u32(0xC6130000 | static_cast<std::uint32_t>(message.salt >> 8 & 0xFF00) | (i + 1));
        break;
      case kTypeAaaa:
        head.u32(0x20010DB8);
        head.noise(message.salt + i, 12);
        break;
      default:
        head.u8(255);
        head.noise(message.salt + i, 255);
        break;
    }
    head.end_length(data, 2);
  }
  head.u8(0);
  head.u16(41);
  head.u16(message.a == kTypeTxt ? 4096 : 1232);
  head.u32(0);
  head.u16(0);
  if (over_tcp) head.end_length(length, 2);
}

// RFC 5905 §7.3
void put_ntp(const Message& message, Head& head) {
  const bool server = message.a != 0;
  head.u8(server ? 0x24 : 0x23);
  head.u8(server ? 2 : 3);
  head.u8(6);
  head.u8(0xEC);
  head.u32(0x00000400);
  head.u32(0x00000800);
  head.u32(0xC6120001);
  for (unsigned i = 0; i < 4; ++i) {  // times in seconds since 1900
    head.u32(server || i == 3 ? 3908988800U + static_cast<std::uint32_t>(message.salt & 0xFFFF) : 0);
    head.u32(server || i == 3 ? static_cast<std::uint32_t>(message.salt >> 32) : 0);
  }
}

// RFC 7252 §3
void put_coap(const Message& message, Head& head) {
  const bool reply = message.a != 0;
  constexpr unsigned kConfirmable = 0x42, kAcknowledgement = 0x62, kGet = 0x01, kContent = 0x45;
  head.u8(reply ? kAcknowledgement : kConfirmable);
  head.u8(reply ? kContent : kGet);
  head.u16(message.b & 0xFFFF);
  head.u16(static_cast<unsigned>(message.salt & 0xFFFF));
  if (!reply) {
    head.u8(0xB7);  // Uri-Path, 7 bytes
    head.text("sensors");
    head.u8(0x04);  // Uri-Path again
    head.text("temp");
    return;
  }
  head.u8(0xC0);  // Content-Format: text
  head.u8(0xFF);
  head.number(15 + (message.salt + message.b) % 15);
  head.text(".");
  head.number((message.salt >> 8) % 10);
}

// MQTT 3.1.1
void put_mqtt(const Message& message, Head& head) {
  constexpr unsigned kConnect = 1, kConnAck = 2, kPublish = 3;
  head.u8(message.a << 4);
  const std::size_t length = head.begin_length(1);
  const std::uint64_t device = message.salt >> 50;
  if (message.a == kConnect) {
    head.u16(4);
    head.text("MQTT");
    head.u8(4);
    head.u8(2);
    head.u16(60);
    const std::size_t name = head.begin_length(2);
    head.text("sensor-");
    head.number(device);
    head.end_length(name, 2);
  } else if (message.a == kConnAck) {
    head.u16(0);
  } else if (message.a == kPublish) {
    const std::size_t topic = head.begin_length(2);
    head.text("site/");
    head.number(device & 31);
    head.text("/sensor/");
    head.number(device);
    head.end_length(topic, 2);
    head.text("{\"n\":");
    head.number(message.b);
    head.text(",\"t\":");
    head.number(15 + (message.salt + message.b) % 15);
    head.text("}");
  }
  head.end_length(length, 1);
}

// RFC 3550 §5.1: G.711, 160 samples a packet
void put_rtp(const Message& message, Head& head) {
  head.u8(0x80);
  head.u8(message.a == 0 ? 0x80 : 0);  // the marker on the first
  head.u16((message.a + static_cast<unsigned>(message.salt & 0x7FFF)) & 0xFFFF);
  head.u32(message.a * 160);
  head.u32(static_cast<std::uint32_t>(message.salt >> 32) ^ message.b);
}

// RFC 4253 §4.2, §6, §7.1; RFC 8731
void put_ssh(const Message& message, Head& head) {
  constexpr unsigned kKexInit = 20, kEcdhInit = 30, kEcdhReply = 31;  // 21, new keys, has nothing inside
  if (message.a == 0) {
    head.text(message.b == 0 ? "SSH-2.0-OpenSSH_9.6\r\n" : "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
    return;
  }
  const std::size_t length = head.begin_length(4);
  const std::size_t padding = head.size();
  head.u8(0);
  head.u8(message.a);
  if (message.a == kKexInit) {
    head.noise(message.salt + message.b, 16);
    for (const std::string_view names :
         {"curve25519-sha256", "ssh-ed25519", "aes128-ctr,aes256-ctr", "aes128-ctr,aes256-ctr",
          "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", ""}) {
      head.u32(static_cast<std::uint32_t>(names.size()));
      head.text(names);
    }
    head.u8(0);
    head.u32(0);
  } else if (message.a == kEcdhInit) {
    head.u32(32);
    head.noise(message.salt + 2, 32);
  } else if (message.a == kEcdhReply) {
    head.u32(51);  // the host key
    head.u32(11);
    head.text("ssh-ed25519");
    head.u32(32);
    head.noise(message.salt + 3, 32);
    head.u32(32);
    head.noise(message.salt + 4, 32);
    head.u32(83);  // the signature
    head.u32(11);
    head.text("ssh-ed25519");
    head.u32(64);
    head.noise(message.salt + 5, 64);
  }
  const std::size_t unpadded = head.size() - length;
  std::size_t count = 8 - unpadded % 8;
  if (count < 4) count += 8;
  head.noise(message.salt + 6, count);
  head.end_length(length, 4);
  head.set(padding, static_cast<unsigned>(count));
}

}  // namespace flowloom::synth
