// What stands behind a PacketGenerator.
#pragma once

#include <memory>

#include "flowloom/synth.hpp"

namespace flowloom {

class PacketGenerator::Source {
 public:
  virtual ~Source() = default;
  virtual bool next(PacketWindow& window) = 0;
  [[nodiscard]] virtual LinkType link_type() const = 0;
  [[nodiscard]] virtual bool nanoseconds() const = 0;
  [[nodiscard]] virtual std::vector<std::pair<std::string_view, SynthCounts>> counts() const = 0;
};

namespace synth {

/// Bytes of packets handed out at once.
inline constexpr std::size_t kWindow = std::size_t{256} * 1024;

Result<std::unique_ptr<PacketGenerator::Source>> open_traffic(const SynthOptions& options);
Result<std::unique_ptr<PacketGenerator::Source>> open_copies(const CopyOptions& options);

}  // namespace synth
}  // namespace flowloom
