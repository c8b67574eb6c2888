#include "dissect/link/ethernet.hpp"

#include <algorithm>

#include "dissect/dissector.hpp"
#include "dissect/link/fr.hpp"
#include "dissect/link/frame.hpp"
#include "dissect/link/llc.hpp"
#include "dissect/net/ipx.hpp"

namespace flowloom::eth {
namespace {

constexpr std::uint16_t kFirstType = 0x600, kLastLength = 1500;  // IEEE 802.3 §3.2.6

}  // namespace

Told tell_type(const Tape& /*tape*/, const Layer& layer) {
  if (layer.captured < protocol.min_length) return {};
  const std::uint16_t what = read<type>(layer.data);
  return {what >= kFirstType, what};
}

Next dissect(Dissector& d) {
  const std::uint16_t what = d.u16(12);
  if (what >= kFirstType) {
    if (d.wants_values()) d.put(type);
    return d.by_ethertype(what);
  }
  if (what > kLastLength) {
    if (d.wants_values()) d.put(invalid);
    return Next::data();
  }
  if (d.wants_values()) d.put(len);
  d.limit(std::uint64_t{14} + what);
  // Novell's raw 802.3: an IPX header without a checksum in place of LLC's.
  if (d.u16(14) == 0xFFFF) return d.to(ipx::protocol);
  return d.to(llc::protocol);
}

void put_trailer(Dissector& d, std::size_t end) {
  constexpr std::size_t kShortest = 60, kCheck = 4;  // without the frame check sequence
  const std::size_t left = d.captured() - end;
  const Bytes rest = d.bytes(end, left);
  // Only a frame on a wire has to have a length (a tunnel's is as long as it is), and is padded up to it.
  const bool padded = d.over(frame::protocol) && end < kShortest && end + left >= kShortest;
  std::size_t padding_size = padded ? kShortest - end : 0;
  if (!std::all_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(padding_size),
                   [](auto byte) { return byte == 0; })) {
    padding_size = 0;
  }
  if (padding_size != 0) d.put(padding, end, padding_size);
  std::size_t trailer_size = left - padding_size;
  const bool checked = (d.wire() >= kShortest + kCheck || fr::bridged_with_check(d)) &&
                       trailer_size >= kCheck && d.wire() == d.captured();
  if (checked) trailer_size -= kCheck;
  if (trailer_size != 0) d.put(trailer, end + padding_size, trailer_size);
  if (checked) d.put(fcs, end + padding_size + trailer_size, kCheck);
}

}  // namespace flowloom::eth
