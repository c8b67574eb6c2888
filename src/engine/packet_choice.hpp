// Which packets of the windows of a capture a display filter leaves for flows, and what they say.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/joined_reader.hpp"
#include "dissect/dissector.hpp"
#include "dissect/packet_record.hpp"
#include "dissect/selection.hpp"
#include "engine/tshark.hpp"
#include "filter/filter.hpp"
#include "flowloom/capture.hpp"
#include "flowloom/error.hpp"

namespace flowloom {

/// What is asked of every packet of a run, by all threads.
class PacketQuestion {
 public:
  /// `filter`: empty: all packets match. `fields`: whose values are wanted. What is not known here, an
  /// installed tshark is asked; `texts`: its values as it prints them. Errors: usage (a mistake in the
  /// filter, unknown fields), io (tshark cannot be asked).
  static Result<PacketQuestion> make(const std::string& filter, FilterDialect dialect,
                                     const std::vector<std::string>& fields, bool texts = false);

  [[nodiscard]] const std::optional<PacketFilter>& filter() const { return filter_; }
  /// Null: no values are asked for.
  [[nodiscard]] const Selection* fields() const { return fields_.get(); }
  [[nodiscard]] const Wanted& wanted() const { return wanted_; }
  /// Null: nothing is asked of it.
  [[nodiscard]] const std::shared_ptr<const TsharkQuestion>& tshark() const { return tshark_; }
  /// It is about what the capture says of packets beside their bytes.
  [[nodiscard]] bool needs_origins() const { return needs_origins_; }
  /// It is about the packet's place in its capture: windows must be looked at in order.
  [[nodiscard]] bool needs_order() const { return needs_order_; }

 private:
  PacketQuestion() = default;

  std::optional<PacketFilter> filter_;
  std::shared_ptr<const TsharkQuestion> tshark_;
  std::shared_ptr<const Selection> fields_;
  Wanted wanted_;
  bool needs_origins_ = false;
  bool needs_order_ = false;
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
  explicit PacketChoice(const PacketQuestion& question) : question_(question), dissector_(question.wanted()) {
    if (question.filter()) matcher_.emplace(*question.filter());
  }

  /// Walks the packets into `batch`.
  void walk(std::span<const RawPacket> packets, const HashSeed& seed, PacketBatch& batch);
  /// Hides those packets of `batch`, which walk() has made of these packets, that do not match; gives the
  /// others their values. Moves `place` behind them.
  /// `tshark`: what it says of a packet; empty: it is not asked.
  using Answer = std::function<const TsharkFrame*(const RawPacket&)>;
  /// `origins`: of the packets, where captures are joined; empty: they are of the window's capture.
  void choose(const PacketWindow& window, PacketPlace& place, PacketBatch& batch,
              const JoinedReader::Origins& origins, const Answer& tshark = {});

 private:
  [[nodiscard]] bool matches(const TsharkFrame* theirs, const Tape& tape);

  const PacketQuestion& question_;
  Dissector dissector_;
  std::optional<PacketMatcher> matcher_;
  std::vector<std::uint8_t> packed_;        ///< values of one packet
  std::vector<std::optional<Fate>> fates_;  ///< of the packets; none: a later fragment, which has none yet
};

}  // namespace flowloom
