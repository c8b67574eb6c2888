// Where the packets of `flowloom packets` go.
#pragma once

#include <memory>
#include <string>

#include "engine/packet_lanes.hpp"
#include "flowloom/write.hpp"

namespace flowloom::cli {

/// One output of a run. Lanes of it may be used until it is destroyed.
class PacketSink {
 public:
  virtual ~PacketSink() = default;
  /// Opens the output where that was not done yet.
  virtual Result<> open() = 0;
  virtual std::unique_ptr<PacketLane> make_lane(const PacketAsk& ask) = 0;
  /// Ends it and puts it in its place; what is at its place now. `keep_existing` as TableWriter's.
  virtual Result<std::string> commit(bool keep_existing) = 0;
};

/// Rows with the selection's fields; it must live as long.
std::unique_ptr<PacketSink> make_table_sink(const std::string& path, const Selection& selection,
                                            const PacketCells& cells, bool with_capture,
                                            const Provenance& provenance, const WriteOptions& options);
std::unique_ptr<PacketSink> make_document_sink(const std::string& path, PacketFormat format,
                                               bool with_capture, const Provenance& provenance);
/// A pcap file. Packets of another link type than the first cannot be in it.
std::unique_ptr<PacketSink> make_pcap_sink(const std::string& path);
/// A pcapng file with the interfaces of the captures.
std::unique_ptr<PacketSink> make_pcapng_sink(const std::string& path);
/// A folder with a file a packet: {capture}_{number}.{extension of the format}.
std::unique_ptr<PacketSink> make_each_sink(const std::string& folder, PacketFormat format,
                                           const Provenance& provenance);
/// The same with pcap files.
std::unique_ptr<PacketSink> make_each_pcap_sink(const std::string& folder);
/// Only the number of packets, as a line.
std::unique_ptr<PacketSink> make_count_sink(const std::string& path);

}  // namespace flowloom::cli
