#include "dissect/source_route.hpp"

#include <algorithm>
#include <cstring>

namespace flowloom {
namespace {

constexpr std::size_t kAddress = 16, kRoutingFixed = 8;

/// The list of RFC 6554 §3: addresses without the bytes that they share with the destination. They have
/// `inner` bytes each, the last of them, at `at`, has `last`; 0: there is none.
struct Shortened {
  std::size_t inner, last, at = 0;

  explicit Shortened(Bytes header) : inner(kAddress - (header[4] >> 4)), last(kAddress - (header[4] & 0xFU)) {
    const std::size_t pad = header[5] >> 4, room = header.size() - kRoutingFixed;
    if (room >= pad + last) at = kRoutingFixed + (room - pad - last) / inner * inner;
  }
  [[nodiscard]] bool alone() const { return at == kRoutingFixed; }
};

const std::uint8_t* made_stop(Bytes header, const std::uint8_t* destination,
                              std::array<std::uint8_t, kAddress>& made) {
  const Shortened list(header);
  if (list.at == 0) return nullptr;
  std::memcpy(made.data(), destination, kAddress);
  const auto put = [&](std::size_t at, std::size_t size) {
    std::memcpy(made.data() + kAddress - size, header.data() + at, size);
  };
  // The address before it may share less with the destination; what that changes stays.
  if (!list.alone()) put(list.at - list.inner, list.inner);
  put(list.at, list.last);
  return made.data();
}

}  // namespace

const std::uint8_t* last_stop(Bytes options) {
  constexpr std::uint8_t kEnd = 0, kNothing = 1, kLoose = 131, kStrict = 137;
  for (std::size_t at = 0; at < options.size() && options[at] != kEnd;) {
    if (options[at] == kNothing) {
      ++at;
      continue;
    }
    const std::size_t left = options.size() - at, length = left >= 2 ? options[at + 1] : 0;
    if (length < 2 || length > left) return nullptr;
    if (options[at] == kLoose || options[at] == kStrict) {
      const std::size_t pointer = length >= 3 ? options[at + 2] : 0;  // counts from 1
      const bool on_the_way = length >= 7 && pointer >= 4 && pointer % 4 == 0 && pointer <= length;
      return on_the_way ? options.data() + at + length - 4 : nullptr;
    }
    at += length;
  }
  return nullptr;
}

const std::uint8_t* last_stop(Bytes routing_header, const std::uint8_t* destination,
                              std::array<std::uint8_t, 16>& made) {
  if (routing_header.size() < kRoutingFixed || routing_header[3] == 0) return nullptr;
  const std::size_t count = (routing_header.size() - kRoutingFixed) / kAddress;
  if (routing_header[2] == 3) return made_stop(routing_header, destination, made);
  if (count == 0) return nullptr;
  switch (routing_header[2]) {
    case 0:
      return routing_header.data() + kRoutingFixed + (count - 1) * kAddress;
    case 2:
    case 4:
      return routing_header.data() + kRoutingFixed;
    default:
      return nullptr;
  }
}

AddressTail last_stop_tail(Bytes routing_header) {
  if (routing_header.size() < kRoutingFixed || routing_header[3] == 0 || routing_header[2] != 3) return {};
  const Shortened list(routing_header);
  if (list.at == 0 || (!list.alone() && list.inner > list.last)) return {};
  return {routing_header.data() + list.at, list.last};
}

const std::uint8_t* home_address(Bytes options_header) {
  constexpr std::uint8_t kPad1 = 0, kHomeAddress = 0xC9;
  for (std::size_t at = 2; at < options_header.size();) {
    if (options_header[at] == kPad1) {
      ++at;
      continue;
    }
    const std::size_t left = options_header.size() - at;
    if (left < 2 || options_header[at + 1] + std::size_t{2} > left) return nullptr;
    if (options_header[at] == kHomeAddress && options_header[at + 1] >= kAddress)
      return options_header.data() + at + 2;
    at += options_header[at + 1] + std::size_t{2};
  }
  return nullptr;
}

}  // namespace flowloom
