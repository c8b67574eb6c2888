// Captures cut into files: one a flow, a host, a port, or one after the other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flowloom/flows.hpp"

namespace flowloom {

enum class SplitFormat : std::uint8_t {
  automatic,  ///< pcap; pcapng where a capture has several link types or times that pcap cannot say
  pcap,
  pcapng,  ///< with the capture's interfaces
  json,    ///< one file a capture: the payloads and times of its TCP and UDP flows, as pypcaptools has them
};

/// What goes into a file together.
enum class SplitBy : std::uint8_t {
  flow,
  host,       ///< all packets from and to an address; most packets are in two files
  host_pair,  ///< all packets between two addresses
  port,       ///< the flows of a protocol whose initiator calls the same port
  time,       ///< the packets of an interval, whatever they are; SplitOptions::interval_ns
  packets,    ///< so many packets in a row, whatever they are; SplitOptions::packets_each
};

enum class SplitNaming : std::uint8_t {
  flowloom,  ///< {capture}_{src}_{sport}_{dst}_{dport}_{PROTO}.pcap
  splitcap,  ///< {capture}.{PROTO}_{src}_{sport}_{dst}_{dport}.pcap, with '-' for the dots of addresses
};

struct SplitOptions {
  FlowOptions flows = {};  ///< which packets make a flow; join and community_id have no meaning here
  SplitFormat format = SplitFormat::automatic;
  SplitNaming naming = SplitNaming::flowloom;
  SplitBy by = SplitBy::flow;
  std::int64_t interval_ns = 0;              ///< by time
  std::uint64_t packets_each = 0;            ///< by packets
  std::uint64_t min_packets = 0;             ///< only flows with so many packets or more
  bool from_syn = false;                     ///< TCP flows only if their first packet has SYN and not ACK
  std::vector<std::uint64_t> flow_ids = {};  ///< only these (numbers of the flow table); empty: all
  std::uint64_t max_files = 100'000;         ///< what would need more is left out, and counted
  std::uint64_t memory = 0;  ///< bytes of packets held before they go to disk; 0: see docs/split.md
};

struct SplitResult {
  /// That now holds the files; empty: nothing could be read, and nothing was written. If the run was stopped
  /// and the folder that was asked for was there already, it is another one beside it, with ".partial" in its
  /// name.
  std::string folder;
  std::uint64_t files = 0;
  std::uint64_t flows = 0;            ///< also those without a file
  std::uint64_t packets_written = 0;  ///< a packet in two files counts twice
  std::uint64_t files_left_out =
      0;  ///< by max_files, or because the run was stopped while files were written
  std::uint64_t packets_left_out = 0;  ///< in them
  std::size_t captures_read = 0;
  std::vector<std::string> skipped = {};    ///< the list's, and files of folders that are no captures
  std::uint64_t packets = 0;                ///< read, also those that the filters leave out
  std::vector<InputProblem> problems = {};  ///< captures that could not be read, or not to their end
};

/// Writes files into `folder`, which must be empty or not be there yet and appears with all its files at
/// once; docs/split.md says how they are named. Asked to stop (options.flows.read.stop), it writes what was
/// read; asked while it writes, it ends with the files that are complete. Errors: usage (mistake in the read
/// filter; options that do not go together), io, unsupported (a time, or several link types, that a pcap file
/// cannot hold).
Result<SplitResult> split_captures(const CaptureList& captures, const std::string& folder,
                                   const SplitOptions& options);
inline Result<SplitResult> split_captures(std::vector<std::string> captures, const std::string& folder,
                                          const SplitOptions& options) {
  return split_captures(CaptureList{.paths = std::move(captures), .skipped = {}}, folder, options);
}

}  // namespace flowloom
