// Calculated tests of fields that need not be looked for in many places as straight code.
#pragma once

#include "filter/plan.hpp"

namespace flowloom::filter {

/// Makes Op::straight of the tests that can be told so, which use_ranges() did not. They mean the same.
void use_straight_code(Plan& plan);

}  // namespace flowloom::filter
