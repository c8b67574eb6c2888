// Logic as steps: a test, and which step is next if it holds and if it does not.
#pragma once

#include "filter/plan.hpp"

namespace flowloom::filter {

/// Adds the steps that find out about a node and go on at `yes` or `no`; says which is the first.
std::uint32_t add_steps(Plan& plan, std::uint32_t node, std::uint32_t yes, std::uint32_t no);

}  // namespace flowloom::filter
