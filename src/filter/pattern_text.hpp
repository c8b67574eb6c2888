// PCRE2's syntax in RE2's: where both read an expression, but not as the same.
#pragma once

#include <string>
#include <string_view>

namespace flowloom::filter {

/// An expression that RE2, told to match bytes, matches as PCRE2 does with Wireshark's options (caseless, not
/// UTF). Of what the two read in different ways:
/// - without regard to case means ASCII's letters, not those of Latin-1, nor properties (\p{Lu});
/// - "$" and "\Z" match before a newline at the end, too;
/// - \s has the vertical tab, \v is any vertical space;
/// - "-" and \b (backspace) in classes, "\E" by itself.
/// What RE2 does not read is left as it is.
[[nodiscard]] std::string re2_text(std::string_view pattern);

}  // namespace flowloom::filter
