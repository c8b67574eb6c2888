// A value of a field as it is written in filters.
#pragma once

#include <string_view>

#include "construct/layer.hpp"
#include "flowloom/error.hpp"

namespace flowloom::construct {

/// Errors: usage, if the text is no value of the field's type.
Result<Part> part_of(const Field& field, std::string_view text);

}  // namespace flowloom::construct
