#include "capture/pcap_writer.hpp"

#include <cstring>
#include <limits>

#include "base/store.hpp"
#include "capture/pcap.hpp"

namespace flowloom::pcap {
namespace {

constexpr std::size_t kRecordHeader = 16;

}  // namespace

void append_header(const WrittenFormat& format, std::vector<std::uint8_t>& out) {
  constexpr std::uint32_t kMicroseconds = 0xA1B2C3D4, kNanoseconds = 0xA1B23C4D;
  const std::size_t at = out.size();
  out.resize(at + kHeaderSize);  // time zone and accuracy stay 0
  std::uint8_t* const p = out.data() + at;
  store_le32(p, format.nanoseconds ? kNanoseconds : kMicroseconds);
  store_le16(p + 4, 2);
  store_le16(p + 6, 4);
  store_le32(p + 16, format.snap_length);
  store_le32(p + 20, format.link_type);
}

Result<> append_record(const WrittenFormat& format, Timestamp time, Bytes packet,
                       std::uint32_t original_length, std::vector<std::uint8_t>& out) {
  const std::int64_t seconds = time.ns / kNsPerSecond;
  if (time.ns < 0 || seconds > std::numeric_limits<std::uint32_t>::max()) {
    return Error{ErrorCode::unsupported,
                 "a packet's time is before 1970 or after 2106, which pcap cannot say"};
  }
  const std::int64_t fraction = time.ns % kNsPerSecond;
  std::uint8_t header[kRecordHeader];
  store_le32(header, static_cast<std::uint32_t>(seconds));
  store_le32(header + 4, static_cast<std::uint32_t>(format.nanoseconds ? fraction : fraction / 1000));
  store_le32(header + 8, static_cast<std::uint32_t>(packet.size()));
  store_le32(header + 12, original_length);
  out.insert(out.end(), header, header + sizeof header);
  out.insert(out.end(), packet.begin(), packet.end());
  return {};
}

Writer::Writer(ByteSink& sink, const WrittenFormat& format) : sink_(sink), format_(format) {
  buffer_.reserve(2 * kPiece);
  append_header(format_, buffer_);
}

Result<> Writer::write(Timestamp time, Bytes packet, std::uint32_t original_length) {
  if (buffer_.size() >= kPiece) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  return append_record(format_, time, packet, original_length, buffer_);
}

Result<> Writer::flush() {
  handed_out_ += buffer_.size();
  auto written = sink_.write(buffer_);
  buffer_.clear();
  return written;
}

Result<> Writer::finish() { return flush(); }

}  // namespace flowloom::pcap
