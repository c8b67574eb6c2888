// What bytes that are no capture look like, so that a message can say it.
#pragma once

#include <string>
#include <string_view>

#include "flowloom/bytes.hpp"

namespace flowloom {

/// How much of a file looks_like() makes use of.
inline constexpr std::size_t kLooksLikeBytes = 512;

/// "a PNG image", "XML text", …, else "12 bytes that start with 01 02 …". `head` is the begin of a file, its
/// first kLooksLikeBytes if it has so many; `whole` says that there is no more. Only printable ASCII is
/// returned.
[[nodiscard]] std::string looks_like(Bytes head, bool whole);

}  // namespace flowloom
