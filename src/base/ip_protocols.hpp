// Names of IP protocols.
#pragma once

#include <cstdint>
#include <string_view>

namespace flowloom {

/// IANA's keyword in lower case (https://www.iana.org/assignments/protocol-numbers), "ip-proto-N" where there
/// is none.
[[nodiscard]] std::string_view ip_protocol_name(std::uint8_t protocol);

}  // namespace flowloom
