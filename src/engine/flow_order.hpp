// The flows of a capture's partitions in one order: that of their first packets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "track/tracker.hpp"

namespace flowloom {

class FlowOrder {
 public:
  /// Trackers that are finished; they must outlive this.
  explicit FlowOrder(std::span<const Tracker> trackers) : trackers_(trackers), next_(trackers.size(), 0) {}

  /// Flows that next() will still give.
  [[nodiscard]] std::size_t left() const {
    std::size_t left = 0;
    for (std::size_t p = 0; p < trackers_.size(); ++p) left += trackers_[p].order().size() - next_[p];
    return left;
  }

  struct Place {
    std::size_t partition;
    std::uint32_t flow;  ///< number in the partition's tracker
  };
  /// The next flow; none at the end.
  std::optional<Place> next() {
    std::optional<Place> first;
    std::uint64_t lowest = 0;
    for (std::size_t p = 0; p < trackers_.size(); ++p) {
      const auto& order = trackers_[p].order();
      if (next_[p] == order.size()) continue;
      const std::uint32_t flow = order[next_[p]];
      const std::uint64_t number = trackers_[p].flow(flow).first_number;
      if (first && number > lowest) continue;
      first = Place{p, flow};
      lowest = number;
    }
    if (first) ++next_[first->partition];
    return first;
  }

 private:
  std::span<const Tracker> trackers_;
  std::vector<std::size_t> next_;  ///< by partition: the next of its flows
};

}  // namespace flowloom
