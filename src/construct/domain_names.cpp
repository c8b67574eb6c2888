#include "construct/domain_names.hpp"

#include <algorithm>

#include "construct/header_bits.hpp"
#include "dissect/domain_name.hpp"

namespace flowloom::construct {

Result<std::vector<std::uint8_t>> DomainNames::write(const Field& field, std::string_view text,
                                                     std::size_t at, bool spelled_out) {
  constexpr std::size_t kLongestLabel = 63, kPointers = 0x4000;
  std::string_view rest = text;
  if (rest == "<Root>") rest = {};
  std::vector<std::uint8_t> written;
  while (!rest.empty()) {
    const auto [known, fresh] = tails_.try_emplace(std::string(rest), at + written.size());
    if (!fresh && known->second < kPointers && !spelled_out) {
      written.push_back(static_cast<std::uint8_t>(0xC0 | known->second >> 8));
      written.push_back(static_cast<std::uint8_t>(known->second));
      return written;
    }
    const std::string_view shown = rest.substr(0, rest.find('.'));
    const std::string label = label_bytes(shown);
    if (label.empty() || label.size() > kLongestLabel)
      return wrong(field, "\"" + std::string(text) + "\" is no name");
    written.push_back(static_cast<std::uint8_t>(label.size()));
    written.insert(written.end(), label.begin(), label.end());
    rest.remove_prefix(std::min(rest.size(), shown.size() + 1));
  }
  written.push_back(0);
  return written;
}

}  // namespace flowloom::construct
