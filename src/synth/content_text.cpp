// HTTP/1.1, SIP with SDP, and the opening of an SMTP session.
#include "synth/content.hpp"

namespace flowloom::synth {

// RFC 9112
void put_http(const Message& message, Head& head) {
  if (message.content == Content::http_request) {
    head.text("GET /");
    head.number(message.salt >> 40);
    head.text("/item/");
    head.number(message.a);
    head.text(" HTTP/1.1\r\nHost: ");
    head.host(message.salt);
    head.text(
        "\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0\r\n"
        "Accept: */*\r\nAccept-Language: en\r\nAccept-Encoding: identity\r\nConnection: keep-alive\r\n\r\n");
    return;
  }
  head.text(
      "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/plain\r\n"
      "Cache-Control: max-age=3600\r\nConnection: keep-alive\r\nContent-Length: ");
  head.number(message.size - message.head);
  head.text("\r\n\r\n");
}

// RFC 3261; the session description: RFC 8866
void put_sip(const Message& message, Head& head) {
  static constexpr std::string_view kFirstLines[] = {"INVITE sip:bob@phone.example SIP/2.0\r\n",
                                                     "SIP/2.0 100 Trying\r\n",
                                                     "SIP/2.0 180 Ringing\r\n",
                                                     "SIP/2.0 200 OK\r\n",
                                                     "ACK sip:bob@phone.example SIP/2.0\r\n",
                                                     "BYE sip:bob@phone.example SIP/2.0\r\n",
                                                     "SIP/2.0 200 OK\r\n"};
  static constexpr std::string_view kMethods[] = {"INVITE", "INVITE", "INVITE", "INVITE",
                                                  "ACK",    "BYE",    "BYE"};
  const std::uint64_t call = message.salt;
  head.text(kFirstLines[message.a]);
  head.text("Via: SIP/2.0/UDP desk.example;branch=z9hG4bK");
  head.number(call + message.a / 4);
  head.text("\r\nMax-Forwards: 70\r\nFrom: <sip:alice@desk.example>;tag=");
  head.number(call >> 44);
  head.text("\r\nTo: <sip:bob@phone.example>");
  if (message.a >= 2) {
    head.text(";tag=");
    head.number(call >> 24 & 0xFFFFF);
  }
  head.text("\r\nCall-ID: ");
  head.number(call);
  head.text("@desk.example\r\nCSeq: ");
  head.number(message.a >= 5 ? 2 : 1);
  head.text(" ");
  head.text(kMethods[message.a]);
  head.text("\r\nContact: <sip:alice@desk.example>\r\n");
  if (message.a != 0 && message.a != 3) {
    head.text("Content-Length: 0\r\n\r\n");
    return;
  }
  Head session;
  session.text("v=0\r\no=- 1 1 IN IP4 ");
  session.ipv4(message.b);
  session.text("\r\ns=call\r\nc=IN IP4 ");
  session.ipv4(message.b);
  session.text("\r\nt=0 0\r\nm=audio ");
  session.number(message.record);
  session.text(" RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n");
  head.text("Content-Type: application/sdp\r\nContent-Length: ");
  head.number(session.size());
  head.text("\r\n\r\n");
  const Bytes body = session.bytes();
  for (const std::uint8_t byte : body) head.u8(byte);
}

// RFC 5321, RFC 3207
void put_smtp(const Message& message, Head& head) {
  switch (message.a) {
    case 0:
      head.text("220 ");
      head.host(message.salt);
      head.text(" ESMTP ready\r\n");
      return;
    case 1:
      head.text("EHLO desk.example\r\n");
      return;
    case 2:
      head.text("250-");
      head.host(message.salt);
      head.text("\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 STARTTLS\r\n");
      return;
    case 3:
      head.text("STARTTLS\r\n");
      return;
    default:
      head.text("220 2.0.0 Ready to start TLS\r\n");
      return;
  }
}

}  // namespace flowloom::synth
