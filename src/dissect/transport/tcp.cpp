#include "dissect/transport/tcp.hpp"

#include <algorithm>

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"

namespace flowloom::tcp {
namespace {

/// Twelve letters, a middle dot for each flag that is not set.
void put_flags_text(Dissector& d, std::uint16_t flags) {
  constexpr std::string_view kLetters = "RRRACEUAPRSF", kDot = "\xC2\xB7";
  std::string text;
  for (unsigned bit = 0; bit < 12; ++bit) {
    if ((flags >> (11 - bit) & 1) != 0) {
      text += kLetters[bit];
    } else {
      text += kDot;
    }
  }
  d.put_made(flags_text, text, 12, 2);
}

constexpr std::uint8_t kProtocol = 6;

/// RFC 9293 §3.5.3: what a reset carries is no data but perhaps a text.
bool is_reset(std::uint8_t flags) { return (flags & 4) != 0; }
bool is_reset(const Dissector& d) { return is_reset(d.u8(13)); }

void put_flags(Dissector& d) {
  const std::uint16_t flag_bits = d.u16(12) & 0xFFF;
  d.put_number(flags_reserved, (flag_bits & 0xE00) != 0 ? 1 : 0, 12, 2);
  if (d.wants(flags_text)) put_flags_text(d, flag_bits);
}

}  // namespace

void put_values(Dissector& d, std::size_t header_length) {
  put_flags(d);
  if (d.asked_to_put(checksum_status) || d.asked_for(checksum_calculated))
    put_checksum(d, checksum_status, &checksum_calculated, pseudo_sum(d, kProtocol, d.wire(), d.wire()), 16);
  d.put_told(len, 12, 1);
  if (header_length > protocol.min_length) {
    d.put(options, protocol.min_length, std::min(header_length, d.captured()) - protocol.min_length);
    put_options(d, header_length);
  }
  if (d.captured() > header_length)
    d.put(is_reset(d) ? reset_cause : payload, header_length, d.captured() - header_length);
}

/// Computed when somebody asks.
Told tell_checksum_status(const Tape& tape, const Layer& layer) {
  if (layer.captured < protocol.min_length || read<hdr_len>(layer.data) < protocol.min_length) return {};
  return {true, static_cast<std::uint64_t>(checksum_state(tape, layer, kProtocol, layer.wire))};
}

/// Bytes of the segment, by what the header says of its own length.
Told tell_length(const Tape& /*tape*/, const Layer& layer) {
  if (layer.of_fragment || layer.captured < protocol.min_length) return {};
  const std::uint32_t header = read<hdr_len>(layer.data);
  return {true, layer.wire > header ? layer.wire - header : 0};
}

Told tell_payload(const Tape& /*tape*/, const Layer& layer) {
  if (layer.captured < protocol.min_length || is_reset(layer.data[13])) return {};
  const std::uint32_t header = read<hdr_len>(layer.data);
  if (header < protocol.min_length || header >= layer.captured) return {};
  return Told::bytes(header, layer.captured - header);
}

Next dissect(Dissector& d) {
  const auto header = d.header<protocol>();
  const std::size_t header_length = header.get<hdr_len>();
  if (header_length < protocol.min_length) {
    d.anomaly("header_length", 12, protocol.min_length, header_length);
    if (d.wants_values()) d.put_told(len, 12, 1);
    return Next::nothing();
  }
  const bool whole = d.set_header(header_length);
  if (d.asked_for(checksum_status)) d.note_pseudo_header();
  if (d.wants_values()) put_values(d, header_length);
  // Nothing below an application lies in TCP.
  if (!whole || !d.wants_applications() || d.captured() == header_length || is_reset(d))
    return Next::nothing();
  const auto [low, high] = std::minmax({header.get<srcport>(), header.get<dstport>()});
  const Next next = d.to(Table::tcp_port, low);
  return next.what == Next::What::protocol ? next : d.to(Table::tcp_port, high);
}

Next dissect_cut(Dissector& d) {
  if (d.wants_values() && d.has(14)) put_flags(d);
  return Next::nothing();
}

}  // namespace flowloom::tcp
