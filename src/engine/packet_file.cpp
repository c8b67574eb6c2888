#include "engine/packet_file.hpp"

#include <algorithm>
#include <string>

#include "capture/pcap.hpp"
#include "capture/pcapng_writer.hpp"
#include "engine/run_input.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kWritten = std::size_t{256} * 1024;  ///< bytes written at once
constexpr std::uint32_t kNoSnapLength = 256 * 1024;        ///< what libpcap writes for "no limit"

bool has_nanoseconds(const Interface& interface) { return interface.time_digits > 6; }

std::uint32_t snap_length_of(const Interface& interface) {
  return interface.snap_length != 0 ? interface.snap_length : kNoSnapLength;
}

}  // namespace

void PacketFileFormat::cover(const Interface& interface) {
  nanoseconds = nanoseconds || has_nanoseconds(interface);
  snap_length = std::max(snap_length, snap_length_of(interface));
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
  written_ = 0;
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

Result<> PacketFileWriter::add_records(const PacketSpool::Reader::Records& records) {
  pcap::append_header({.link_type = records.link_type,
                       .nanoseconds = format_->nanoseconds,
                       .snap_length = format_->snap_length},
                      buffer_);
  auto written = file_->write(buffer_, records.pieces);
  buffer_.clear();
  return written;
}

Result<> PacketFileWriter::add_to_pcap(const SpooledPacket& packet, const std::uint8_t* bytes) {
  const bool begins = !pcap_format_;
  if (begins) {
    pcap_format_ = {.link_type = packet.link_type,
                    .nanoseconds = format_->nanoseconds,
                    .snap_length = format_->snap_length};
    buffer_.resize(pcap::kHeaderSize);  // written by end(), when it is known
  } else if (packet.link_type != pcap_format_->link_type) {
    return Error{ErrorCode::unsupported, "its packets have several link types: only pcapng can hold that",
                 name_};
  }
  const Interface& interface = format_->interfaces[packet.interface];
  pcap_format_->snap_length = std::max(pcap_format_->snap_length, snap_length_of(interface));
  if (has_nanoseconds(interface) && !pcap_format_->nanoseconds) {
    if (auto made = make_nanoseconds(); !made) return made;
  }
  auto added =
      pcap::append_record(*pcap_format_, {packet.time}, {bytes, packet.captured}, packet.original, buffer_);
  if (!added) return Error{added.error().code, added.error().what, name_};
  return {};
}

/// Gives the records so far, which have times in µs, times in ns.
Result<> PacketFileWriter::make_nanoseconds() {
  pcap_format_->nanoseconds = true;
  if (auto flushed = flush(); !flushed) return flushed;
  std::vector<std::uint8_t> block(kWritten);
  for (std::uint64_t at = pcap::kHeaderSize; at < written_;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), written_ - at));
    const std::span part = std::span(block).first(size);
    if (auto loaded = file_->read_at(at, part); !loaded) return loaded;
    const std::size_t done = pcap::make_nanoseconds(part);
    if (done == 0) return Error{ErrorCode::io, "was changed while it was written", name_};
    if (auto written = file_->write_at(at, part); !written) return written;
    at += done;
  }
  return {};
}

/// Describes the interface when its first packet comes.
std::uint32_t PacketFileWriter::interface_in_file(std::size_t interface, std::int64_t time_offset) {
  const std::size_t index = 2 * interface + (time_offset != 0 ? 1 : 0);
  if (index >= interface_in_file_.size()) interface_in_file_.resize(2 * format_->interfaces.size(), 0);
  std::uint32_t& number = interface_in_file_[index];
  if (number == 0) {
    interfaces_in_file_.push_back(index);
    number = static_cast<std::uint32_t>(interfaces_in_file_.size());
    pcapng::append_interface(format_->interfaces[interface], time_offset, buffer_);
  }
  return number - 1;
}

void PacketFileWriter::add_to_pcapng(const SpooledPacket& packet, const std::uint8_t* bytes) {
  const std::int64_t time_offset = pcapng::time_offset_for({packet.time});
  const std::uint32_t interface = interface_in_file(packet.interface, time_offset);
  pcapng::append_packet(interface, format_->interfaces[packet.interface].time_digits, {packet.time},
                        time_offset, {bytes, packet.captured}, {bytes + packet.captured, packet.options},
                        packet.original, buffer_);
}

Result<> PacketFileWriter::flush() {
  auto written = file_->write(buffer_);
  written_ += buffer_.size();
  buffer_.clear();
  return written;
}

Result<> PacketFileWriter::end() {
  if (pcap_format_ && written_ == 0) {
    pcap::store_header(*pcap_format_, buffer_.data());
  } else if (pcap_format_) {
    std::uint8_t header[pcap::kHeaderSize];
    pcap::store_header(*pcap_format_, header);
    if (auto written = file_->write_at(0, header); !written) return written;
  }
  if (auto flushed = flush(); !flushed) return flushed;
  auto closed = file_->close();
  file_.reset();
  return closed;
}

}  // namespace flowloom
