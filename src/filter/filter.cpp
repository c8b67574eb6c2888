#include "filter/filter.hpp"

#include <algorithm>
#include <utility>

#include "filter/check.hpp"
#include "filter/evaluate.hpp"
#include "filter/ranges.hpp"
#include "filter/straighten.hpp"

namespace flowloom {
namespace {

bool same(const filter::Syntax& x, const filter::Syntax& y) {
  const auto same_range = [](const filter::Range& a, const filter::Range& b) {
    return a.first == b.first && a.second == b.second && a.until == b.until;
  };
  return x.what == y.what && x.text == y.text && x.comparison == y.comparison &&
         x.quantifier == y.quantifier && std::ranges::equal(x.ranges, y.ranges, same_range) &&
         std::ranges::equal(x.children, y.children,
                            [](const auto& a, const auto& b) { return same(*a, *b); });
}

}  // namespace

bool same_in_all_dialects(std::string_view expression) {
  const auto four = filter::parse(expression, FilterDialect::wireshark4);
  const auto three = filter::parse(expression, FilterDialect::wireshark3);
  if (!four || !three || *four == nullptr || *three == nullptr) return false;
  return same(**four, **three);
}

Result<PacketFilter> PacketFilter::compile(std::string_view expression, FilterDialect dialect,
                                           std::vector<std::string>* unknown,
                                           const std::vector<std::string>& proposed) {
  auto tree = filter::parse(expression, dialect);
  if (!tree) return tree.error();
  auto plan = filter::plan_of(tree->get(), proposed);
  if (!plan) {
    if (unknown != nullptr) *unknown = filter::unknown_names(**tree);
    return plan.error();
  }
  filter::use_ranges(*plan);
  filter::use_straight_code(*plan);
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
