#include "dissect/app/bfd.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::bfd {
namespace {

/// RFC 5880 §4.1: the part behind the fixed one.
void authentication(Dissector& dissector) {
  enum : std::uint8_t { kPassword = 1, kMd5 = 2, kMeticulousMd5 = 3, kSha1 = 4, kMeticulousSha1 = 5 };
  constexpr std::size_t kAt = protocol.min_length, kLeast = 4, kHead = 8;
  const std::size_t size = dissector.u8(kAt + 1);
  const std::size_t room = dissector.captured() - kAt;
  const bool there = room >= kLeast && size <= room;
  if (there) dissector.put_all({{&auth_type, &auth_length, &auth_key}}, 0, dissector.captured());
  if (!there || size < kLeast - 1) {
    dissector.anomaly("authentication_length", kAt, size, room);
    return;
  }
  const unsigned type = dissector.u8(kAt);
  if (type == kPassword) {
    dissector.put(auth_password, kAt + 3, size - 3);
  } else if (type >= kMd5 && type <= kMeticulousSha1) {
    const std::size_t code = type <= kMeticulousMd5 ? 16 : 20;
    if (size != kHead + code) dissector.anomaly("authentication_length", kAt, kHead + code, size);
    dissector.put_all({{&auth_sequence}}, 0, kAt + size);
    if (size >= kHead + code) dissector.put(auth_code, kAt + kHead, code);
  }
}

}  // namespace

Next dissect(Dissector& dissector) {
  const auto header = dissector.header<protocol>();
  const std::size_t size = header.get<length>();
  if (size < protocol.min_length || size > dissector.wire())
    dissector.anomaly("message_length", 3, size, dissector.captured());
  if (size >= protocol.min_length) dissector.limit(size);
  if (dissector.wants_values()) {
    const std::size_t there = dissector.captured();
    if (header.get<version>() == 0) {
      dissector.put_all({{&h0, &d0, &p, &f}}, 0, there);
    } else {
      dissector.put_all({{&state, &p, &f, &c, &a, &d, &m}}, 0, there);
      constexpr unsigned kAuthentication = 4;
      if ((header.get<flags>() & kAuthentication) != 0) authentication(dissector);
    }
  }
  dissector.set_header(dissector.captured());
  return Next::nothing();
}

}  // namespace flowloom::bfd
