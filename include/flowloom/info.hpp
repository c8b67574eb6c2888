// What is in a capture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flowloom/capture.hpp"
#include "flowloom/error.hpp"
#include "flowloom/flows.hpp"

namespace flowloom {

/// Counts, times and sizes of one capture. Packets that a filter left out count only in `accounting`.
struct CaptureInfo {
  std::string capture;
  CaptureFormat format = CaptureFormat::empty;
  Compression compression = Compression::none;
  std::optional<std::uint64_t> file_bytes = {};
  Accounting accounting = {};
  std::vector<Interface> interfaces = {};
  std::vector<std::pair<LinkType, std::uint64_t>> link_types = {};  ///< packets by link type, by first use
  std::optional<Timestamp> first = {}, last = {};                   ///< smallest and largest time
  std::uint64_t out_of_order = 0;                                   ///< packets earlier than one before them
  std::uint8_t time_digits = 6;
  std::uint64_t bytes = 0;  ///< original lengths, summed
  std::uint64_t captured_bytes = 0;
  std::uint32_t smallest = 0, largest = 0;  ///< original length of a packet
  std::uint64_t cut = 0;                    ///< packets that the snap length cut
  std::optional<Damage> damage = {};
};

/// Reads a whole capture. Errors: those of CaptureReader::open and next, usage for the read filter.
Result<CaptureInfo> read_capture_info(const std::string& path, const ReadOptions& options);

/// Gets a capture's place in the list and what read_capture_info() would say of it; false: no more are
/// wanted.
using TakeCaptureInfo = std::function<bool(std::size_t, Result<CaptureInfo>&&)>;

/// Reads captures, as many at once as there are threads, and hands out what is in them by their order, in the
/// caller's thread. They share the limit. Errors: usage for the read filter.
Result<> read_capture_infos(const std::vector<std::string>& paths, const ReadOptions& options,
                            const TakeCaptureInfo& take);

}  // namespace flowloom
