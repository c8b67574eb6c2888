// Names that are known and look like one that is not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flowloom {

constexpr std::size_t kProposed = 3;  ///< names that are proposed, at most

/// Looks for the names most like one.
class SimilarNames {
 public:
  /// `name` must live as long.
  explicit SimilarNames(std::string_view name);

  void look_at(std::string_view known);
  /// Most alike first, each once.
  [[nodiscard]] std::vector<std::string> best(std::size_t most = kProposed) const;

 private:
  std::string_view name_;
  std::size_t limit_;  ///< letters that may be others
  std::vector<std::pair<std::size_t, std::string>> near_;
};

/// "; did you mean a, b or c?", to be put behind an error; empty if nothing known looks like the name,
/// or is the name itself. `others`: what is known besides the registry's names.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& others = {},
                         std::size_t most = kProposed);

}  // namespace flowloom
