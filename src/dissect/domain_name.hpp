// Domain names as DNS writes them (RFC 1035 §3.1).
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "dissect/dissector.hpp"

namespace flowloom {

/// A name with its compression undone (RFC 1035 §4.1.4), as text; control characters are escaped.
struct DomainName {
  std::array<char, 1024> letters = {};  ///< four for each of 255 that are to be escaped
  std::size_t size = 0;
  std::size_t length = 0;  ///< of the name itself, with its points (the root: of what it is called)
  unsigned labels = 0;
  std::size_t end = 0;  ///< behind it in the header; 0: it is damaged
  [[nodiscard]] std::string_view text() const { return {letters.data(), size}; }
};

/// The name at `at`, which may point to other places of the message that begins at `begin`. A damaged one is
/// an anomaly.
[[nodiscard]] DomainName read_domain_name(Dissector& d, std::size_t at, std::size_t begin);

/// The bytes that a label's text stands for: escapes undone.
[[nodiscard]] std::string label_bytes(std::string_view text);

}  // namespace flowloom
