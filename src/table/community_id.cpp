#include "table/community_id.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstring>

#include "base/build_info.hpp"
#include "base/late_library.hpp"

namespace flowloom {
namespace {

/// Types of requests and answers in place of ports; 255: none, such a flow has one direction only.
constexpr std::uint8_t kNoAnswer = 255;

std::uint8_t answer_of(std::uint8_t type, bool v6) {
  if (v6) {
    switch (type) {  // RFC 4443, RFC 2710, RFC 4861, RFC 4620, RFC 4286
      case 128:
        return 129;
      case 129:
        return 128;
      case 133:
        return 134;
      case 134:
        return 133;
      case 135:
        return 136;
      case 136:
        return 135;
      case 130:
        return 131;
      case 131:
        return 130;
      case 144:
        return 145;
      case 145:
        return 144;
      default:
        return kNoAnswer;
    }
  }
  switch (type) {  // RFC 792, RFC 950, RFC 1256
    case 0:
      return 8;
    case 8:
      return 0;
    case 9:
      return 10;
    case 10:
      return 9;
    case 13:
      return 14;
    case 14:
      return 13;
    case 15:
      return 16;
    case 16:
      return 15;
    case 17:
      return 18;
    case 18:
      return 17;
    default:
      return kNoAnswer;
  }
}

/// What is used of libcrypto. It is there as long as the process, and so is the method.
struct Crypto {
  decltype(&::EVP_MD_fetch) fetch = nullptr;
  decltype(&::EVP_Digest) digest = nullptr;
  decltype(&::EVP_EncodeBlock) encode_block = nullptr;
  const EVP_MD* sha1 = nullptr;
};

Result<Crypto> load_crypto() {
  Crypto crypto;
  LateLibrary library(kLibcrypto, "community_id");
  library.find("EVP_MD_fetch", crypto.fetch)
      .find("EVP_Digest", crypto.digest)
      .find("EVP_EncodeBlock", crypto.encode_block);
  if (library.failure()) return *library.failure();
  crypto.sha1 = crypto.fetch(nullptr, "SHA1", nullptr);
  if (crypto.sha1 == nullptr) return Error{ErrorCode::unsupported, "libcrypto does not offer SHA-1", {}};
  return crypto;
}

const Result<Crypto>& loaded_crypto() {
  static const Result<Crypto> kCrypto = load_crypto();
  return kCrypto;
}

std::string base64(const std::uint8_t* bytes, std::size_t size) {
  std::string text(4 * ((size + 2) / 3), '\0');
  loaded_crypto()->encode_block(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size));
  return text;
}

}  // namespace

Result<> prepare_community_ids() { return loaded_crypto() ? Result<>() : loaded_crypto().error(); }

std::string community_id(const Flow& flow) {
  const FlowKey& key = flow.key;
  const std::size_t size = key.version == 4 ? 4 : 16;
  const unsigned from = flow.initiator;
  std::uint16_t ports[2] = {key.port[from], key.port[1 - from]};
  bool with_ports = false, one_way = false;
  switch (key.protocol) {
    case ip_proto::tcp:
    case ip_proto::udp:
    case ip_proto::sctp:
      with_ports = !key.cut();
      break;
    case ip_proto::icmp:
    case ip_proto::icmpv6: {
      if (key.cut()) break;
      with_ports = true;
      const std::uint8_t answer = answer_of(flow.icmp_type, key.protocol == ip_proto::icmpv6);
      one_way = answer == kNoAnswer;
      ports[0] = flow.icmp_type;
      ports[1] = one_way ? flow.icmp_code : answer;
      break;
    }
    default:
      break;
  }
  const std::uint8_t* ends[2] = {key.address[from].data(), key.address[1 - from].data()};
  const int order = std::memcmp(ends[0], ends[1], size);
  if (!one_way && (order > 0 || (order == 0 && with_ports && ports[0] > ports[1]))) {
    std::swap(ends[0], ends[1]);
    std::swap(ports[0], ports[1]);
  }

  std::array<std::uint8_t, 2 + 16 + 16 + 2 + 4> input = {};  // seed 0 first
  std::size_t at = 2;
  for (const std::uint8_t* end : ends) {
    std::memcpy(&input[at], end, size);
    at += size;
  }
  input[at++] = key.protocol;
  input[at++] = 0;
  if (with_ports) {
    for (const std::uint16_t port : ports) {
      input[at++] = static_cast<std::uint8_t>(port >> 8);
      input[at++] = static_cast<std::uint8_t>(port);
    }
  }
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest = {};
  unsigned digest_size = 0;
  const Crypto& crypto = *loaded_crypto();
  crypto.digest(input.data(), at, digest.data(), &digest_size, crypto.sha1, nullptr);
  return "1:" + base64(digest.data(), digest_size);
}

}  // namespace flowloom
