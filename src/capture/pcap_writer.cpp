#include "capture/pcap_writer.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/endian.hpp"
#include "base/store.hpp"
#include "capture/pcap.hpp"

namespace flowloom::pcap {

void store_header(const WrittenFormat& format, std::uint8_t* to) {
  constexpr std::uint32_t kMicroseconds = 0xA1B2C3D4, kNanoseconds = 0xA1B23C4D;
  std::fill_n(to, kHeaderSize, 0);  // time zone and accuracy stay 0
  store_le32(to, format.nanoseconds ? kNanoseconds : kMicroseconds);
  store_le16(to + 4, 2);
  store_le16(to + 6, 4);
  store_le32(to + 16, format.snap_length);
  store_le32(to + 20, format.link_type);
}

void append_header(const WrittenFormat& format, std::vector<std::uint8_t>& out) {
  const std::size_t at = out.size();
  out.resize(at + kHeaderSize);
  store_header(format, out.data() + at);
}

bool store_record_header(bool nanoseconds, Timestamp time, std::uint32_t captured,
                         std::uint32_t original_length, std::uint8_t* to) {
  const std::int64_t seconds = time.ns / kNsPerSecond;
  if (time.ns < 0 || seconds > std::numeric_limits<std::uint32_t>::max()) return false;
  const std::int64_t fraction = time.ns % kNsPerSecond;
  store_le32(to, static_cast<std::uint32_t>(seconds));
  store_le32(to + 4, static_cast<std::uint32_t>(nanoseconds ? fraction : fraction / 1000));
  store_le32(to + 8, captured);
  store_le32(to + 12, original_length);
  return true;
}

Result<> append_record(const WrittenFormat& format, Timestamp time, Bytes packet,
                       std::uint32_t original_length, std::vector<std::uint8_t>& out) {
  std::uint8_t header[kRecordHeader];
  if (!store_record_header(format.nanoseconds, time, static_cast<std::uint32_t>(packet.size()),
                           original_length, header)) {
    return Error{ErrorCode::unsupported,
                 "a packet's time is before 1970 or after 2106, which pcap cannot say"};
  }
  out.insert(out.end(), header, header + sizeof header);
  out.insert(out.end(), packet.begin(), packet.end());
  return {};
}

std::size_t make_nanoseconds(std::span<std::uint8_t> records) {
  std::size_t at = 0;
  while (at < records.size() && records.size() - at >= kRecordHeader) {
    std::uint8_t* const record = &records[at];
    constexpr bool kSwapped = std::endian::native != std::endian::little;
    store_le32(record + 4, load32(record + 4, kSwapped) * 1000);
    at += kRecordHeader + load32(record + 8, kSwapped);
  }
  return at;
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
