// Display filters in Wireshark's language: compiled once, then asked about packet after packet. The face of
// this folder; the other headers are its own.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dissect/dissector.hpp"
#include "flowloom/error.hpp"
#include "flowloom/filter.hpp"

namespace flowloom {

namespace filter {
struct Plan;
class Evaluator;
}  // namespace filter

/// A compiled expression. Copies share it; so may threads.
class PacketFilter {
 public:
  /// The error says what is wrong and at which column. If names are unknown here, `unknown` (may be null)
  /// gets them: another program may know them. `proposed`: names that may be meant by those, besides the
  /// known ones.
  static Result<PacketFilter> compile(std::string_view expression, FilterDialect dialect,
                                      std::vector<std::string>* unknown = nullptr,
                                      const std::vector<std::string>& proposed = {});

  /// What dissection must give for it.
  void add_to(Wanted& wanted) const;

 private:
  friend class PacketMatcher;

  explicit PacketFilter(std::shared_ptr<const filter::Plan> plan) : plan_(std::move(plan)) {}

  std::shared_ptr<const filter::Plan> plan_;
};

/// Whether the expression can be read in each dialect, and means the same: no `or` beside `and` without
/// parentheses, no `!=`.
[[nodiscard]] bool same_in_all_dialects(std::string_view expression);

/// Asks a filter about packets. One a thread.
class PacketMatcher {
 public:
  explicit PacketMatcher(const PacketFilter& filter);
  PacketMatcher(PacketMatcher&&) noexcept;
  PacketMatcher& operator=(PacketMatcher&&) noexcept;
  ~PacketMatcher();

  /// Whether it matches a packet that was dissected with what the filter wants.
  [[nodiscard]] bool matches(const Tape& tape);

 private:
  std::shared_ptr<const filter::Plan> plan_;
  std::unique_ptr<filter::Evaluator> evaluator_;
};

}  // namespace flowloom
