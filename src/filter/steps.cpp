#include "filter/steps.hpp"

namespace flowloom::filter {

std::uint32_t add_steps(Plan& plan, std::uint32_t node, std::uint32_t yes, std::uint32_t no) {
  const Node test = plan.nodes[node];
  const auto child = [&](std::uint32_t i) -> std::uint32_t& { return plan.children[test.b + i]; };
  switch (test.op) {
    case Op::negation:
      return add_steps(plan, test.a, no, yes);
    case Op::conjunction:  // from the last on, so that each knows what follows
      for (std::uint32_t i = test.c; i-- > 0;) yes = add_steps(plan, child(i), yes, no);
      return yes;
    case Op::disjunction:
      for (std::uint32_t i = test.c; i-- > 0;) no = add_steps(plan, child(i), yes, no);
      return no;
    case Op::exclusive:
      for (std::uint32_t i = 0; i < test.c; ++i) child(i) = add_steps(plan, child(i), Step::kYes, Step::kNo);
      break;
    default:
      break;
  }
  plan.steps.push_back({node, yes, no});
  return static_cast<std::uint32_t>(plan.steps.size() - 1);
}

}  // namespace flowloom::filter
