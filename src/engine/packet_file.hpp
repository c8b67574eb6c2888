// A capture file of an output folder that is being written: pcap or pcapng.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "capture/pcap_writer.hpp"
#include "engine/packet_spool.hpp"
#include "flowloom/capture.hpp"
#include "write/output_folder.hpp"

namespace flowloom {

/// What the files cut out of a capture have in common.
struct PacketFileFormat {
  bool pcapng = false;
  std::vector<Interface> interfaces = {};  ///< of the capture; a file has those of its packets
  // pcap: of all files at least; one is what the interfaces of its packets are.
  bool nanoseconds = false;
  std::uint32_t snap_length = 0;

  /// Makes all files what the interface is.
  void cover(const Interface& interface);

  /// For `extension` of names.
  [[nodiscard]] const char* extension() const { return pcapng ? ".pcapng" : ".pcap"; }
};

/// Writes one file after the other; memory is used again.
class PacketFileWriter {
 public:
  explicit PacketFileWriter(const OutputFolder& folder) : folder_(folder) {}

  /// Begins a file; false if there is one of that name. `format` must outlive it, and may get more interfaces
  /// while the file is written. Errors: io.
  Result<bool> begin(const std::string& name, const PacketFileFormat& format);
  /// `bytes`: the packet's, and behind them its options'. Errors: io; unsupported (a time or several link
  /// types that pcap cannot hold).
  Result<> add(const SpooledPacket& packet, const std::uint8_t* bytes);
  /// Adds to a pcap file, as yet empty, records of it, all that there will be. Errors: io.
  Result<> add_records(const PacketSpool::Reader::Records& records);
  /// Ends the file. Errors: io.
  Result<> end();

 private:
  Result<> flush();
  Result<> add_to_pcap(const SpooledPacket& packet, const std::uint8_t* bytes);
  Result<> make_nanoseconds();
  void add_to_pcapng(const SpooledPacket& packet, const std::uint8_t* bytes);
  std::uint32_t interface_in_file(std::size_t interface, std::int64_t time_offset);

  const OutputFolder& folder_;
  std::optional<OutputFolder::File> file_;
  std::string name_;
  const PacketFileFormat* format_ = nullptr;
  /// pcapng: by the capture's interface and whether its times are before 1970, 1 + the file's; 0: not there.
  std::vector<std::uint32_t> interface_in_file_;
  std::vector<std::size_t> interfaces_in_file_;     ///< … which are there
  std::optional<pcap::WrittenFormat> pcap_format_;  ///< pcap: of the packets so far
  std::uint64_t written_ = 0;                       ///< bytes of the file
  std::vector<std::uint8_t> buffer_;
};

}  // namespace flowloom
