// Constants in a filter: what is written becomes a value of the type that it is compared with.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "filter/plan.hpp"

namespace flowloom::filter {

/// The constant that `written` (a word, text or character) is as a `type`. Its bytes go to `texts`.
/// `piece`: for `contains`, an address need not be whole. `named`: the field whose labels may stand for
/// numbers; may be null.
Result<Item> constant_of(const Syntax& written, ValueType type, bool piece, const FieldUse* named,
                         std::deque<std::string>& texts);

/// Bytes written in hexadecimal: "0a:0b", "0a-0b", "0a.0b", "0a0b", "0xa".
[[nodiscard]] std::optional<std::string> bytes_of(std::string_view text);

/// "2020-07-04 12:34:56.789+02:00" and its shorter forms (ISO 8601), or "Sep 26, 2004 23:18:04.954975 UTC";
/// in local time where no zone is named. ns since the epoch.
[[nodiscard]] std::optional<std::int64_t> time_of(std::string_view text);

/// "1.5": seconds with up to nine decimals; ns.
[[nodiscard]] std::optional<std::int64_t> duration_of(std::string_view text);

}  // namespace flowloom::filter
