// A capture as a stream of settled records: read, filtered, walked, fragments resolved, every packet
// accounted for. What the flow run and `info` have in common.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "capture/read_filter.hpp"
#include "dissect/packet_record.hpp"
#include "flowloom/capture.hpp"
#include "flowloom/flows.hpp"
#include "reassemble/fragments.hpp"

namespace flowloom {

/// What a run has in common over all its captures.
class RunInput {
 public:
  static Result<RunInput> make(ReadOptions options);
  /// Makes progress say how far these captures are, where their sizes can be told.
  void expect(const std::vector<std::string>& captures);

  [[nodiscard]] const ReadOptions& options() const { return options_; }
  [[nodiscard]] const HashSeed& seed() const { return seed_; }
  [[nodiscard]] bool stopping() const { return options_.stop.stop_requested() || limit_reached(); }
  [[nodiscard]] bool limit_reached() const { return options_.limit != 0 && packets_ >= options_.limit; }

 private:
  friend class PacketSource;
  RunInput() = default;

  ReadOptions options_;
  std::optional<ReadFilter> filter_;
  HashSeed seed_;
  std::uint64_t packets_ = 0;     ///< read so far in the run
  std::uint64_t bytes_done_ = 0;  ///< of captures that are done
  std::uint64_t total_bytes_ = 0;
};

/// One capture of a run.
class PacketSource {
 public:
  static Result<PacketSource> open(const std::string& path, RunInput& run);

  /// The next window's packets as records. False at the end, at the limit, or when asked to stop. The records
  /// and window() are valid until the next call.
  Result<bool> next();

  [[nodiscard]] const PacketBatch& batch() const { return batch_; }
  /// Packets of the window that passed the filters.
  [[nodiscard]] const std::vector<RawPacket>& window() const { return window_.packets; }
  [[nodiscard]] const CaptureReader& reader() const { return reader_; }
  /// All packets read so far and where they went.
  [[nodiscard]] std::array<std::uint64_t, kFates> fates() const;
  /// Decimals of a second that the capture's times have.
  [[nodiscard]] std::uint8_t time_digits() const;

 private:
  PacketSource(CaptureReader reader, RunInput& run)
      : reader_(std::move(reader)), run_(&run), fragments_(run.seed()) {}
  Result<> filter();

  CaptureReader reader_;
  RunInput* run_;
  PacketWindow window_;
  PacketBatch batch_;
  FragmentResolver fragments_;
  std::array<std::uint64_t, kFates> fates_ = {};
};

/// The counts with their names.
[[nodiscard]] Accounting to_accounting(const std::array<std::uint64_t, kFates>& fates);

}  // namespace flowloom
