#include "filter/filter.hpp"

#include <utility>

#include "filter/check.hpp"
#include "filter/evaluate.hpp"

namespace flowloom {

Result<PacketFilter> PacketFilter::compile(std::string_view expression, FilterDialect dialect,
                                           std::vector<std::string>* unknown) {
  auto tree = filter::parse(expression, dialect);
  if (!tree) return tree.error();
  auto plan = filter::plan_of(tree->get());
  if (!plan) {
    if (unknown != nullptr) *unknown = filter::unknown_names(**tree);
    return plan.error();
  }
  return PacketFilter(std::make_shared<const filter::Plan>(std::move(*plan)));
}

void PacketFilter::add_to(Wanted& wanted) const {
  for (const filter::FieldUse& use : plan_->fields) wanted.add(*use.named);
}

PacketMatcher::PacketMatcher(const PacketFilter& filter)
    : plan_(filter.plan_), evaluator_(std::make_unique<filter::Evaluator>(*plan_)) {}
PacketMatcher::PacketMatcher(PacketMatcher&&) noexcept = default;
PacketMatcher& PacketMatcher::operator=(PacketMatcher&&) noexcept = default;
PacketMatcher::~PacketMatcher() = default;

bool PacketMatcher::matches(const Tape& tape) { return evaluator_->matches(tape); }

}  // namespace flowloom
