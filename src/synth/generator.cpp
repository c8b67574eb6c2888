#include <utility>

#include "synth/source.hpp"

namespace flowloom {

SynthCounts& SynthCounts::operator+=(const SynthCounts& other) {
  packets += other.packets;
  flows += other.flows;
  tcp_flows += other.tcp_flows;
  udp_flows += other.udp_flows;
  retransmissions += other.retransmissions;
  lost += other.lost;
  reordered += other.reordered;
  duplicates += other.duplicates;
  fragments += other.fragments;
  return *this;
}

Result<PacketGenerator> PacketGenerator::synthesize(const SynthOptions& options) {
  auto source = synth::open_traffic(options);
  if (!source) return source.error();
  return PacketGenerator(std::move(*source));
}

Result<PacketGenerator> PacketGenerator::copy(const CopyOptions& options) {
  auto source = synth::open_copies(options);
  if (!source) return source.error();
  return PacketGenerator(std::move(*source));
}

PacketGenerator::PacketGenerator(std::unique_ptr<Source> source) : source_(std::move(source)) {}
PacketGenerator::PacketGenerator(PacketGenerator&&) noexcept = default;
PacketGenerator& PacketGenerator::operator=(PacketGenerator&&) noexcept = default;
PacketGenerator::~PacketGenerator() = default;

bool PacketGenerator::next(PacketWindow& window) { return source_->next(window); }
LinkType PacketGenerator::link_type() const { return source_->link_type(); }
bool PacketGenerator::nanoseconds() const { return source_->nanoseconds(); }
std::vector<std::pair<std::string_view, SynthCounts>> PacketGenerator::counts() const {
  return source_->counts();
}

}  // namespace flowloom
