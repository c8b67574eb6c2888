// The ways of cutting captures into files, and what they share.
#pragma once

#include <string>
#include <vector>

#include "engine/run_input.hpp"
#include "engine/split_names.hpp"
#include "flowloom/split.hpp"
#include "write/output_folder.hpp"

namespace flowloom {

struct SplitRun {
  const SplitOptions& options;  ///< flow_ids are sorted, memory is set
  RunInput& input;
  OutputFolder& folder;
  UniqueNames names;
  SplitResult result;

  /// Counts a file of so many packets; false: it is left out.
  bool count_file(std::uint64_t packets) {
    const bool room = result.files < options.max_files;
    ++(room ? result.files : result.files_left_out);
    (room ? result.packets_written : result.packets_left_out) += packets;
    return room;
  }
};

// Each reads all captures and writes the folder's files. Errors: those of split_captures().

/// By flow, host, pair of hosts, port: packets are kept by flow until the capture has been read.
Result<> split_by_flows(SplitRun& run, const CaptureList& captures);
/// By time and by packets: written as they are read.
Result<> split_to_pieces(SplitRun& run, const CaptureList& captures);
/// No packets, but what the flow table says of them.
Result<> split_to_json(SplitRun& run, const CaptureList& captures);

}  // namespace flowloom
