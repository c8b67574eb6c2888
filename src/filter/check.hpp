// Gives a filter's names their meaning: fields, types, constants. What Wireshark 4.0 refuses is refused.
#pragma once

#include <string>
#include <vector>

#include "filter/plan.hpp"

namespace flowloom::filter {

/// The plan of a parsed expression (null: empty). `proposed`: names that may be meant by one that is not
/// known, besides the known ones.
Result<Plan> plan_of(const Syntax* expression, const std::vector<std::string>& proposed = {});

/// Names in it that no field here has, where only a field can stand, or that look like one's.
std::vector<std::string> unknown_names(const Syntax& expression);

}  // namespace flowloom::filter
