#include "dissect/checksums.hpp"

#include "base/checksum.hpp"

namespace flowloom {

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
  const std::size_t address = network.version == 4 ? 4 : 16;
  const auto fold = [](std::uint64_t v) { return static_cast<std::uint32_t>((v & 0xFFFF) + (v >> 16)); };
  return fold(std::uint64_t{*sum} + sum_words({network.source, address}) +
              sum_words({network.destination, address}) + fold(length) + protocol);
}

void put_checksum(Dissector& d, const Field& status, const Field* calculated,
                  std::optional<std::uint32_t> sum, std::size_t at) {
  if (!sum) {
    if (d.asked_for(status)) put_checksum_state(d, status, ChecksumState::unverified, at);
    return;
  }
  const std::uint16_t right = finish_sum(*sum + static_cast<std::uint16_t>(~d.u16(at)));
  d.note_checksum(status, right, at);
  if (d.asked_for(status))
    put_checksum_state(d, status, finish_sum(*sum) == 0 ? ChecksumState::good : ChecksumState::bad, at);
  if (calculated != nullptr && d.asked_for(*calculated)) d.put_number(*calculated, right, at, 2);
}

}  // namespace flowloom
