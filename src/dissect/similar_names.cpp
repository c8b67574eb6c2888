#include "dissect/similar_names.hpp"

#include <algorithm>

#include "dissect/registry.hpp"

namespace flowloom {
namespace {

/// Insertions, deletions and replacements of letters that make one name of the other; more than `limit` is
/// told as limit + 1.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > limit) return limit + 1;
  std::vector<std::size_t> row(a.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
  for (std::size_t j = 1; j <= b.size(); ++j) {
    std::size_t diagonal = row[0];
    row[0] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[i];
      row[i] = std::min({row[i] + 1, row[i - 1] + 1, replaced});
    }
  }
  return std::min(row.back(), limit + 1);
}

}  // namespace

SimilarNames::SimilarNames(std::string_view name)
    : name_(name), limit_(std::max<std::size_t>(2, name.size() / 3)) {}

void SimilarNames::look_at(std::string_view known) {
  const std::size_t far = distance(name_, known, limit_);
  if (far <= limit_) near_.emplace_back(far, known);
}

std::vector<std::string> SimilarNames::best(std::size_t most) const {
  auto near = near_;
  std::ranges::sort(near);
  const auto rest = std::ranges::unique(near);
  near.erase(rest.begin(), rest.end());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(most, near.size()); ++i) names.push_back(std::move(near[i].second));
  return names;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& others, std::size_t most) {
  SimilarNames similar(name);
  Registry::instance().each_name([&](std::string_view known) { similar.look_at(known); });
  for (const std::string& known : others) similar.look_at(known);
  const std::vector<std::string> near = similar.best(most);
  if (!near.empty() && near.front() == name) return {};
  std::string text;
  for (std::size_t i = 0; i < near.size(); ++i) {
    text += i == 0 ? "; did you mean " : i + 1 == near.size() ? " or " : ", ";
    text += near[i];
  }
  return text.empty() ? text : text + "?";
}

}  // namespace flowloom
