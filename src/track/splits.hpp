// With --key: the flows of one key, told apart by the tags and the tunnel that their packets are wrapped in.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "dissect/packet_record.hpp"
#include "track/flow.hpp"
#include "track/lifetimes.hpp"

namespace flowloom {

/// The anchor of a key holds its stream's state and no packets; the key's flows hang from it.
class Splits {
 public:
  /// What the record is wrapped in, as far as these options tell flows apart by it.
  static Encapsulation distinguishing(const TrackOptions& options, const PacketRecord& record,
                                      const PacketBatch& batch);

  /// The anchor's flow with this wrap, kNone if there is none.
  [[nodiscard]] std::uint32_t find(std::uint32_t anchor, const Encapsulation& wrap) const;
  void insert(std::uint32_t anchor, const Encapsulation& wrap, std::uint32_t flow);
  /// Another flow takes a flow's place.
  void replace(std::uint32_t flow, std::uint32_t by);
  /// A flow is gone; true if none hangs from its anchor any more.
  bool erase(std::uint32_t flow);
  [[nodiscard]] bool hangs_any(std::uint32_t anchor) const {
    return anchor < about_.size() && about_[anchor].hanging != 0;
  }
  void clear();

 private:
  using Flows = std::map<std::pair<std::uint32_t, Encapsulation>, std::uint32_t>;
  struct About {  ///< by flow
    Flows::iterator place = {};
    std::uint32_t hanging = 0;  ///< of an anchor: flows
  };
  About& about(std::uint32_t flow);

  Flows flows_;
  std::vector<About> about_;
};

}  // namespace flowloom
