#include "dissect/checksums.hpp"

#include "base/checksum.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"

namespace flowloom {
namespace {

ChecksumState state_of(std::uint32_t sum) {
  return finish_sum(sum) == 0 ? ChecksumState::good : ChecksumState::bad;
}

std::uint32_t sum_of_ends(const Dissector::Network& network) {
  const std::size_t size = network.version == 4 ? 4 : 16;
  return sum_words({network.source, size}) + sum_words({network.destination, size});
}

std::uint32_t with_pseudo(std::uint64_t sum, std::uint32_t ends, std::uint64_t length,
                          std::uint8_t protocol) {
  const auto fold = [](std::uint64_t v) { return static_cast<std::uint32_t>((v & 0xFFFF) + (v >> 16)); };
  return fold(sum + ends + fold(length) + protocol);
}

}  // namespace

std::optional<std::uint32_t> checksum_sum(const Dissector& d, std::uint64_t size) {
  if (size > d.captured()) return std::nullopt;
  return sum_words(d.bytes(0, static_cast<std::size_t>(size)));
}

std::optional<std::uint32_t> pseudo_sum(const Dissector& d, std::uint8_t protocol, std::uint64_t length,
                                        std::uint64_t covered) {
  const Dissector::Network& network = d.network();
  if (network.version == 0 || network.fragment || !network.whole) return std::nullopt;
  const std::optional<std::uint32_t> sum = checksum_sum(d, covered);
  if (!sum) return std::nullopt;
  return with_pseudo(*sum, sum_of_ends(network), length, protocol);
}

void put_checksum(Dissector& d, const Field& status, const Field* calculated,
                  std::optional<std::uint32_t> sum, std::size_t at) {
  if (!sum) {
    if (d.asked_to_put(status)) put_checksum_state(d, status, ChecksumState::unverified, at);
    return;
  }
  const std::uint16_t right = finish_sum(*sum + static_cast<std::uint16_t>(~d.u16(at)));
  d.note_checksum(status, right, at);
  if (d.asked_to_put(status)) put_checksum_state(d, status, state_of(*sum), at);
  if (calculated != nullptr && d.asked_for(*calculated)) d.put_number(*calculated, right, at, 2);
}

void Dissector::note_pseudo_header() {
  PseudoHeader& noted = tape_.pseudo_headers.emplace_back();
  noted.layer = layer_;
  noted.version = network_.version;
  noted.whole = !network_.fragment && network_.whole;
  noted.quoted = network_.quoted;
  if (network_.version != 0) noted.ends = sum_of_ends(network_);
}

PseudoHeader pseudo_header(const Tape& tape, const Layer& layer) {
  if (tape.plain == 0) {
    for (const PseudoHeader& noted : tape.pseudo_headers) {
      if (&tape.layers[noted.layer] == &layer) return noted;
    }
    return {};
  }
  const Layer& network = tape.layers[tape.layers.size() - 2];
  const bool four = network.protocol->definition == &ip::protocol;
  // One address lies behind the other.
  static_assert(ip::src.bit + ip::src.width == ip::dst.bit &&
                ipv6::src.bit + ipv6::src.width == ipv6::dst.bit);
  const std::uint32_t ends = four ? sum_words({network.data + ip::src.bit / 8, 8})
                                  : sum_words({network.data + ipv6::src.bit / 8, 32});
  return {.version = static_cast<std::uint8_t>(four ? 4 : 6), .whole = true, .ends = ends};
}

ChecksumState checksum_state(const Tape& tape, const Layer& layer, std::uint8_t protocol,
                             std::uint64_t covered) {
  const PseudoHeader pseudo = pseudo_header(tape, layer);
  if (pseudo.version == 0 || !pseudo.whole || covered > layer.captured) return ChecksumState::unverified;
  const std::uint32_t sum = sum_words({layer.data, static_cast<std::size_t>(covered)});
  return state_of(with_pseudo(sum, pseudo.ends, layer.wire, protocol));
}

}  // namespace flowloom
