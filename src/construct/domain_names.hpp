// Domain names of a message, shortened.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dissect/field.hpp"
#include "flowloom/error.hpp"

namespace flowloom::construct {

/// RFC 1035 §4.1.4: a name ends with a pointer to the longest tail that was written before.
class DomainNames {
 public:
  /// `at`: byte of the message where the name will stand. `spelled_out`: without a pointer.
  /// Errors: usage, if it is no name.
  Result<std::vector<std::uint8_t>> write(const Field& field, std::string_view text, std::size_t at,
                                          bool spelled_out);

 private:
  std::map<std::string, std::size_t> tails_;  ///< and where each is
};

}  // namespace flowloom::construct
