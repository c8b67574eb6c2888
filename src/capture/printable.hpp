// Text of unknown origin made fit for a message.
#pragma once

#include <string>
#include <string_view>

namespace flowloom {

/// `text` with all that could steer a terminal (control characters, marks of writing direction) and all that
/// is no UTF-8 written as \xNN.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace flowloom
