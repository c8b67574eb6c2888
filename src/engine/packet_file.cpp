#include "engine/packet_file.hpp"

#include <algorithm>
#include <string>

#include "capture/pcapng_writer.hpp"
#include "engine/run_input.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kWritten = std::size_t{256} * 1024;  ///< bytes written at once
constexpr std::uint32_t kNoSnapLength = 256 * 1024;        ///< what libpcap writes for "no limit"

}  // namespace

void PacketFileFormat::add_interfaces(std::span<const Interface> more) {
  for (const Interface& interface : more) {
    interfaces.push_back(interface);
    nanoseconds = nanoseconds || interface.time_digits > 6;
    snap_length = std::max(snap_length, interface.snap_length != 0 ? interface.snap_length : kNoSnapLength);
  }
}

Result<bool> PacketFileWriter::begin(const std::string& name, const PacketFileFormat& format) {
  auto created = folder_.create(name);
  if (!created) return created.error();
  if (!*created) return false;
  file_.reset();
  file_.emplace(std::move(**created));
  name_ = name;
  format_ = &format;
  buffer_.clear();
  for (const std::size_t interface : interfaces_in_file_) interface_in_file_[interface] = 0;
  interfaces_in_file_.clear();
  pcap_format_.reset();
  if (format.pcapng) pcapng::append_section(buffer_);
  return true;
}

Result<> PacketFileWriter::add(const SpooledPacket& packet, const std::uint8_t* bytes) {
  if (buffer_.size() >= kWritten) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  if (!format_->pcapng) return add_to_pcap(packet, bytes);
  add_to_pcapng(packet, bytes);
  return {};
}

void PacketFileWriter::begin_pcap(LinkType link_type) {
  pcap_format_ = {
      .link_type = link_type, .nanoseconds = format_->nanoseconds, .snap_length = format_->snap_length};
  pcap::append_header(*pcap_format_, buffer_);
}

Result<> PacketFileWriter::add_records(const PacketSpool::Reader::Records& records) {
  begin_pcap(records.link_type);
  auto written = file_->write(buffer_, records.pieces);
  buffer_.clear();
  return written;
}

Result<> PacketFileWriter::add_to_pcap(const SpooledPacket& packet, const std::uint8_t* bytes) {
  const auto failed = [this](const char* what) {
    return Error{ErrorCode::unsupported, std::string(what) + ": only pcapng can hold that", name_};
  };
  if (!pcap_format_) begin_pcap(packet.link_type);
  if (packet.link_type != pcap_format_->link_type) return failed("its packets have several link types");
  // An interface with finer times was described since the file was begun.
  if (!pcap_format_->nanoseconds && packet.time % 1000 != 0)
    return failed("its times have several resolutions");
  auto added =
      pcap::append_record(*pcap_format_, {packet.time}, {bytes, packet.captured}, packet.original, buffer_);
  if (!added) return Error{added.error().code, added.error().what, name_};
  return {};
}

/// Describes the interface when its first packet comes.
std::uint32_t PacketFileWriter::interface_in_file(std::size_t interface) {
  if (interface >= interface_in_file_.size()) interface_in_file_.resize(format_->interfaces.size(), 0);
  std::uint32_t& number = interface_in_file_[interface];
  if (number == 0) {
    interfaces_in_file_.push_back(interface);
    number = static_cast<std::uint32_t>(interfaces_in_file_.size());
    pcapng::append_interface(format_->interfaces[interface], format_->time_offset, buffer_);
  }
  return number - 1;
}

void PacketFileWriter::add_to_pcapng(const SpooledPacket& packet, const std::uint8_t* bytes) {
  const std::uint32_t interface = interface_in_file(packet.interface);
  pcapng::append_packet(interface, format_->interfaces[packet.interface].time_digits, {packet.time},
                        format_->time_offset, {bytes, packet.captured},
                        {bytes + packet.captured, packet.options}, packet.original, buffer_);
}

Result<> PacketFileWriter::flush() {
  auto written = file_->write(buffer_);
  buffer_.clear();
  return written;
}

Result<> PacketFileWriter::end() {
  if (auto flushed = flush(); !flushed) return flushed;
  auto closed = file_->close();
  file_.reset();
  return closed;
}

}  // namespace flowloom
