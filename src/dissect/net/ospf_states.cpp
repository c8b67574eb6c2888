// Link states.
#include <algorithm>
#include <array>
#include <cstring>

#include "dissect/net/ospf.hpp"
#include "dissect/ospf_reader.hpp"

namespace flowloom::ospf {
namespace {

constexpr std::size_t kHead = 20;

}  // namespace

void put_state_checksum(std::span<std::uint8_t> state) {
  constexpr std::size_t kFirst = 2, kChecksum = 16;
  constexpr int kModulus = 255;
  if (state.size() < kHead) return;
  state[kChecksum] = state[kChecksum + 1] = 0;
  int low = 0, high = 0;
  for (const std::uint8_t byte : state.subspan(kFirst)) {
    low = (low + byte) % kModulus;
    high = (high + low) % kModulus;
  }
  // Such that both sums over all become 0; a byte is 255 rather than 0, which would say that there is none.
  const auto behind = static_cast<int>((state.size() - kChecksum - 1) % kModulus);
  const int first = (behind * low - high) % kModulus, second = (high - (behind + 1) * low) % kModulus;
  state[kChecksum] = static_cast<std::uint8_t>(first <= 0 ? first + kModulus : first);
  state[kChecksum + 1] = static_cast<std::uint8_t>(second <= 0 ? second + kModulus : second);
}

void Reader::update(std::size_t at, std::size_t end) {
  take(count, at, 4, end);
  std::uint32_t left = d_.u32(at);
  for (at += 4; left != 0 && !stopped_; --left) {
    if (at + kHead > end) return stop(at, kHead, end);
    const std::size_t length = d_.u16(at + 18);
    head(at, end);
    const Dissector::Below below(d_);
    if (length < kHead) return d_.anomaly("link_state_length", at + 18, kHead, length);
    const std::size_t behind = std::min(end, at + length);
    if (version_ == 2) {
      body2(d_.u8(at + 3), at + kHead, behind);
    } else {
      body3(d_.u16(at + 2) & 0x1FFF, at + kHead, behind);
    }
    if (!stopped_ && at + length > end) stop(at, length, end);
    at += length;
  }
}

void Reader::heads(std::size_t at, std::size_t end) {
  for (; !stopped_ && at < end; at += kHead) {
    if (at + kHead > end) return stop(at, kHead, end);
    head(at, end);
  }
}

/// Pre: it is there.
void Reader::head(std::size_t at, std::size_t end) {
  static constexpr const Field* kKinds[] = {&lsa_is_router, &lsa_is_network, &lsa_is_summary, &lsa_is_asbr,
                                            &lsa_is_asext,  &lsa_is_member,  &lsa_is_nssa,    &lsa_is_attr,
                                            &lsa_is_opaque, &lsa_is_opaque,  &lsa_is_opaque};
  d_.put_bits(lsa_age, at);
  if (version_ == 3) {
    d_.put_bits(lsa3_keep, at);
    type3(at, end);
    d_.put(state_id, at + 4, 4);
  } else {
    constexpr unsigned kNssa = 7, kFirstOpaque = 9;
    const unsigned type = d_.u8(at + 3);
    d_.put_bits(lsa_keep, at);
    take_all({{&lsa_options}}, at, end);
    take_all({{&options2_dn, &options2_o, &options2_dc, &options2_l,
               type == kNssa ? &options2_p : &options2_n, &options2_mc, &options2_e, &options2_mt}},
             at + 2, end);
    d_.put(lsa_type, at + 3, 1);
    if (type >= 1 && type <= std::size(kKinds)) d_.put_number(*kKinds[type - 1], 1, at + 3, 1);
    if (type >= kFirstOpaque && type <= std::size(kKinds)) {
      d_.put(opaque_type, at + 4, 1);
      d_.put(opaque_id, at + 5, 3);
    } else {
      d_.put(lsa_id, at + 4, 4);
    }
  }
  d_.put(advertiser, at + 8, 4);
  take_all({{&lsa_sequence, &lsa_checksum, &lsa_length}}, at, end);
}

/// The type of a link state, in its header.
void Reader::type3(std::size_t at, std::size_t end) {
  static constexpr const Field* kKinds[] = {&lsa3_is_router,      &lsa3_is_network, &lsa3_is_interprefix,
                                            &lsa3_is_interrouter, &lsa3_is_asext,   &lsa3_is_member,
                                            &lsa3_is_nssa,        &lsa3_is_link,    &lsa3_is_intraprefix};
  take_all({{&lsa3_type, &lsa3_u, &lsa3_scope, &lsa3_function}}, at, end);
  constexpr unsigned kRouterInformation = 12;
  const unsigned function = d_.u16(at + 2) & 0x1FFF;
  if (stopped_) return;
  if (function >= 1 && function <= std::size(kKinds)) d_.put_number(*kKinds[function - 1], 1, at + 2, 2);
  if (function == kRouterInformation) d_.put_number(lsa3_is_opaque, 1, at + 2, 2);
}

void Reader::body2(unsigned type, std::size_t at, std::size_t end) {
  switch (type) {
    case 1:
      return router2(at, end);
    case 2:
      take(netmask, at, 4, end);
      return take_each(attached, at + 4, 4, end, end);
    case 3:
    case 4:
      take(netmask_summary, at, 4, end);
      for (at += 4; !stopped_ && at + 4 <= end; at += 4) {
        take(tos, at, 1, end);
        take(metric, at + 1, 3, end);
      }
      return;
    case 5:
    case 7:
      take(external_mask, at, 4, end);
      for (at += 4; !stopped_ && at + 12 <= end; at += 12) {
        take_all({{&external_type, &external_tos}}, at, end);
        take(metric, at + 1, 3, end);
        take(external_forward, at + 4, 4, end);
        take(external_tag, at + 8, 4, end);
      }
      return;
    default:
      return;
  }
}

void Reader::router2(std::size_t at, std::size_t end) {
  take_all({{&router_flags, &router_h, &router_n, &router_w, &router_v, &router_e, &router_b}}, at, end);
  take(link_count, at + 2, 2, end);
  unsigned left = d_.u16(at + 2);
  for (at += 4; left != 0 && !stopped_; --left) {
    take(link_id, at, 4, end);
    const Dissector::Below below(d_);
    take(link_data, at + 4, 4, end);
    take(link_type, at + 8, 1, end);
    take(link_metrics, at + 9, 1, end);
    take(link_metric, at + 10, 2, end);
    unsigned metrics = d_.u8(at + 9);
    for (at += 12; metrics != 0 && !stopped_; --metrics, at += 4) {
      if (at + 4 > end) return stop(at, 4, end);
      d_.put_number(tos_metric, d_.u16(at + 2), at, 4);
    }
  }
}

void Reader::body3(unsigned function, std::size_t at, std::size_t end) {
  switch (function) {
    case 1:
      return router3(at, end);
    case 2:
      take(reserved, at, 1, end);
      options(at + 1, end);
      return take_each(attached3, at + 4, 4, end, end);
    case 3:
      take(reserved, at, 1, end);
      take(metric, at + 1, 3, end);
      prefix_head(at + 4, end);
      take(reserved, at + 6, 2, end);
      prefix(d_.u8(at + 4), at + 8, end);
      return;
    case 4:
      take(reserved, at, 1, end);
      options(at + 1, end);
      take(reserved, at + 4, 1, end);
      take(metric, at + 5, 3, end);
      return take(destination3, at + 8, 4, end);
    case 5:
    case 7:
      return external3(at, end);
    case 8: {
      take(priority3, at, 1, end);
      options(at + 1, end);
      take(ipv4_family_ ? link_local4 : link_local6, at + 4, ipv4_family_ ? 4 : 16, end);
      take(prefixes, at + 20, 4, end);
      std::uint32_t left = d_.u32(at + 20);
      for (at += 24; left != 0 && !stopped_; --left) {
        prefix_head(at, end);
        take(reserved, at + 2, 2, end);
        at = prefix(d_.u8(at), at + 4, end);
      }
      return;
    }
    case 9: {
      take(few_prefixes, at, 2, end);
      take(prefixes_type, at + 2, 2, end);
      take(referenced_id, at + 4, 4, end);
      take(referenced_router, at + 8, 4, end);
      unsigned left = d_.u16(at);
      for (at += 12; left != 0 && !stopped_; --left) {
        prefix_head(at, end);
        take(short_metric, at + 2, 2, end);
        at = prefix(d_.u8(at), at + 4, end);
      }
      return;
    }
    default:
      return;
  }
}

void Reader::router3(std::size_t at, std::size_t end) {
  take_all({{&router3_flags, &router3_w, &router3_v, &router3_e, &router3_b}}, at, end);
  options(at + 1, end);
  for (at += 4; !stopped_ && at + 16 <= end; at += 16) {
    take(link3_type, at, 1, end);
    const Dissector::Below below(d_);
    take(reserved, at + 1, 1, end);
    take(short_metric, at + 2, 2, end);
    take(link3_interface, at + 4, 4, end);
    take(link3_neighbor, at + 8, 4, end);
    take(link3_router, at + 12, 4, end);
  }
}

void Reader::external3(std::size_t at, std::size_t end) {
  constexpr unsigned kForward = 2, kTag = 1;
  const unsigned flags = d_.u8(at);
  const bool referenced = d_.u16(at + 6) != 0;
  take_all({{&external3_flags, &external3_e, &external3_f, &external3_t}}, at, end);
  take(metric, at + 1, 3, end);
  prefix_head(at + 4, end);
  take(referenced_type, at + 6, 2, end);
  at = prefix(d_.u8(at + 4), at + 8, end);
  if ((flags & kForward) != 0) {
    const std::size_t size = ipv4_family_ ? 4 : 16;
    take(ipv4_family_ ? forward4 : forward6, at, size, end);
    at += 16;
  }
  if ((flags & kTag) != 0) {
    take(tag3, at, 4, end);
    at += 4;
  }
  if (referenced) take(referenced_id, at, 4, end);
}

void Reader::prefix_head(std::size_t at, std::size_t end) {
  take_all({{&prefix_length, &prefix_options, &prefix_p, &prefix_mc, &prefix_la, &prefix_nu}}, at, end);
}

std::size_t Reader::prefix(unsigned bits, std::size_t at, std::size_t end) {
  const std::size_t whole = ipv4_family_ ? 4 : 16, size = (bits + 31U) / 32 * 4;
  if (stopped_) return at;
  if (size > whole) {
    d_.anomaly("prefix_length", at, size, whole);
    stopped_ = true;
    return at;
  }
  if (at + size > end) {
    stop(at, size, end);
    return at;
  }
  std::array<char, 16> address = {};
  const Bytes bytes = d_.bytes(at, size);
  if (!bytes.empty()) std::memcpy(address.data(), bytes.data(), bytes.size());
  d_.put_made(ipv4_family_ ? prefix4 : prefix6, {address.data(), whole}, at, size);
  return at + size;
}

}  // namespace flowloom::ospf
