#include "dissect/radiotap_he.hpp"

#include "dissect/dissector.hpp"

namespace flowloom::radiotap {
namespace {

std::uint16_t little(const Dissector& d, std::size_t at) { return __builtin_bswap16(d.u16(at)); }

/// A number of two bytes and its parts.
void put_word(Dissector& d, const Field& word, std::span<const Bits> parts, std::size_t at,
              std::uint32_t known = 0) {
  d.put_little(word, at, 2);
  put_bits_of(d, parts, little(d, at), at, 2, known);
}

}  // namespace

void put_he(Dissector& d, std::size_t at) {
  const std::uint32_t known = little(d, at) | std::uint32_t{little(d, at + 2)} << 16;
  put_word(d, he_1, kHe1, at);
  put_word(d, he_2, kHe2, at + 2);
  put_word(d, he_3, kHe3, at + 4, known);
  enum Format : std::uint8_t { single, extended, several, triggered };
  const auto format = static_cast<Format>(known & 3);
  put_word(d, he_4,
           format == several     ? std::span<const Bits>(kHe4Several)
           : format == triggered ? std::span<const Bits>(kHe4Triggered)
                                 : kHe4Single,
           at + 6, known);
  const bool sized = (d.u8(at + 8) & 0xC0) != 0;
  put_word(d, he_5, kHe5, at + 8, (known & ~(1U << kSized)) | std::uint32_t{sized} << kSized);
  put_word(d, he_6, kHe6, at + 10, known);
}

void put_he_mu(Dissector& d, std::size_t at) {
  constexpr unsigned kKnowsFirst = 8, kKnowsSecond = 9;
  const std::uint32_t known = little(d, at) | std::uint32_t{little(d, at + 2)} << 16;
  const bool widest = (known >> 16 & 3) == 3;  // 160 MHz: Wireshark shows all of them as known
  put_word(d, mu_1, kMu1, at, known);
  put_word(d, mu_2, kMu2, at + 2, known);
  for (std::size_t i = 0; i < kMuUnits.size(); ++i) {
    const unsigned flag = i < kMuUnits.size() / 2 ? kKnowsFirst : kKnowsSecond;
    d.put_bits(widest || (known >> flag & 1) != 0 ? kMuUnits[i] : kMuUnknownUnits[i], at);
  }
}

void put_l_sig(Dissector& d, std::size_t at) {
  put_word(d, l_sig_1, kLSig1, at);
  put_word(d, l_sig_2, kLSig2, at + 2);
}

void put_s1g(Dissector& d, std::size_t at) {
  put_word(d, s1g_known, kS1gKnown, at);
  put_word(d, s1g_1, kS1g1, at + 2);
  put_word(d, s1g_2, kS1g2, at + 4);
  const Dissector::Below below(d);
  d.put(s1g_rssi, at + 5, 1);
}

}  // namespace flowloom::radiotap
