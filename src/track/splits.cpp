#include "track/splits.hpp"

namespace flowloom {

Encapsulation Splits::distinguishing(const TrackOptions& options, const PacketRecord& record,
                                     const PacketBatch& batch) {
  Encapsulation wrap;
  if (record.encapsulation != 0) wrap = batch.encapsulations[record.encapsulation - 1];
  if (!options.key_vlan) {
    wrap.vlan = {};
    wrap.vlan_count = 0;
  }
  if (!options.key_tunnel) {
    wrap.tunnel = TunnelKind::none;
    wrap.source = wrap.destination = {};
    wrap.has_id = false;
    wrap.id = 0;
  }
  // Both ways through a tunnel are one: its ends in one order, and no id where each end chooses its own.
  if (wrap.destination < wrap.source) std::swap(wrap.source, wrap.destination);
  if (wrap.tunnel == TunnelKind::gtp || wrap.tunnel == TunnelKind::l2tp || wrap.tunnel == TunnelKind::pptp) {
    wrap.has_id = false;
    wrap.id = 0;
  }
  return wrap;
}

Splits::About& Splits::about(std::uint32_t flow) {
  if (flow >= about_.size()) about_.resize(flow + 1);
  return about_[flow];
}

std::uint32_t Splits::find(std::uint32_t anchor, const Encapsulation& wrap) const {
  const auto found = flows_.find({anchor, wrap});
  return found == flows_.end() ? kNone : found->second;
}

void Splits::insert(std::uint32_t anchor, const Encapsulation& wrap, std::uint32_t flow) {
  about(flow).place = flows_.try_emplace({anchor, wrap}, flow).first;
  ++about(anchor).hanging;
}

void Splits::replace(std::uint32_t flow, std::uint32_t by) {
  const auto place = about(flow).place;
  place->second = by;
  about(by).place = place;
}

bool Splits::erase(std::uint32_t flow) {
  const auto place = about(flow).place;
  const std::uint32_t anchor = place->first.first;
  flows_.erase(place);
  return --about(anchor).hanging == 0;
}

void Splits::clear() {
  flows_.clear();
  about_.clear();
}

}  // namespace flowloom
