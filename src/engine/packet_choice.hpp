// Which packets of the windows of a capture a display filter leaves for flows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dissect/dissector.hpp"
#include "dissect/packet_record.hpp"
#include "filter/filter.hpp"
#include "flowloom/error.hpp"

namespace flowloom {

/// What is asked of every packet of a run, by all threads.
class PacketQuestion {
 public:
  /// Errors: usage (a mistake in the filter).
  static Result<PacketQuestion> make(const std::string& filter, FilterDialect dialect);

  [[nodiscard]] const PacketFilter& filter() const { return filter_; }
  [[nodiscard]] const Wanted& wanted() const { return wanted_; }
  /// It is about the packet's place in its capture: windows must be looked at in order.
  [[nodiscard]] bool needs_order() const { return needs_order_; }

 private:
  explicit PacketQuestion(PacketFilter filter);

  PacketFilter filter_;
  Wanted wanted_;
  bool needs_order_;
};

/// What comes before a window in its capture, of the packets that the read filter left.
struct PacketPlace {
  std::uint64_t packets = 0;
  FrameContext context = {};
};

/// Asks the question of one window after the other. One a thread.
class PacketChoice {
 public:
  /// The question must live as long.
  explicit PacketChoice(const PacketQuestion& question)
      : dissector_(question.wanted()), matcher_(question.filter()) {}

  /// Walks the packets into `batch`.
  void walk(std::span<const RawPacket> packets, const HashSeed& seed, PacketBatch& batch);
  /// Hides those packets of `batch`, which walk() has made of these packets, that do not match. Moves `place`
  /// behind them.
  void choose(std::span<const RawPacket> packets, PacketPlace& place, PacketBatch& batch);

 private:
  Dissector dissector_;
  PacketMatcher matcher_;
  std::vector<std::optional<Fate>> fates_;  ///< of the packets; none: a later fragment, which has none yet
};

}  // namespace flowloom
