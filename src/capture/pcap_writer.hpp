// Writing of pcap files (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html): little-endian,
// version 2.4, times in µs or ns. Where the bytes go is the caller's affair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "flowloom/bytes.hpp"
#include "flowloom/error.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

/// Takes the bytes of a file in order.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Result<> write(Bytes bytes) = 0;
};

namespace pcap {

/// What the header of a written file says.
struct WrittenFormat {
  LinkType link_type = 1;
  bool nanoseconds = false;
  std::uint32_t snap_length = 256 * 1024;
};

inline constexpr std::size_t kRecordHeader = 16;  ///< bytes

/// Writes the file's header to `to`: kHeaderSize bytes.
void store_header(const WrittenFormat& format, std::uint8_t* to);
/// Appends it to `out`.
void append_header(const WrittenFormat& format, std::vector<std::uint8_t>& out);
/// Writes a record's header to `to`, with finer parts of the time than µs or ns left out; false: the time is
/// before 1970 or after 2106, and nothing was written.
[[nodiscard]] bool store_record_header(bool nanoseconds, Timestamp time, std::uint32_t captured,
                                       std::uint32_t original_length, std::uint8_t* to);
/// Appends a record: its header and `packet`, of which `original_length` bytes were on the wire. Finer parts
/// of the time than the format has are left out. Errors: unsupported, a time before 1970 or after 2106.
Result<> append_record(const WrittenFormat& format, Timestamp time, Bytes packet,
                       std::uint32_t original_length, std::vector<std::uint8_t>& out);

/// Gives records that were written with times in µs such in ns. The last one may be cut. Returns where the
/// first is that was not done: the end, or where a header is cut, or beyond the end where a packet is.
std::size_t make_nanoseconds(std::span<std::uint8_t> records);

/// Writes one pcap file to a sink, in large pieces.
class Writer {
 public:
  /// `sink` must outlive the writer.
  Writer(ByteSink& sink, const WrittenFormat& format);

  /// Errors: those of append_record() and of the sink.
  Result<> write(Timestamp time, Bytes packet, std::uint32_t original_length);
  Result<> write(const RawPacket& packet) {
    return write(packet.time, packet.bytes.view(), packet.original_length);
  }
  /// Hands what is left to the sink. Nothing may be written after it.
  Result<> finish();

  /// Of the file so far.
  [[nodiscard]] std::uint64_t bytes() const { return handed_out_ + buffer_.size(); }

 private:
  static constexpr std::size_t kPiece = std::size_t{256} * 1024;

  Result<> flush();

  ByteSink& sink_;
  WrittenFormat format_;
  std::uint64_t handed_out_ = 0;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace pcap
}  // namespace flowloom
