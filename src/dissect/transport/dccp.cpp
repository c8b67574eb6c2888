#include "dissect/transport/dccp.hpp"

#include <algorithm>

#include "dissect/checksums.hpp"
#include "dissect/dissector.hpp"

namespace flowloom::dccp {
namespace {

enum Type : std::uint8_t {
  kRequest,
  kResponse,
  kData,
  kAck,
  kDataAck,
  kCloseReq,
  kClose,
  kReset,
  kSync,
  kSyncAck,
  kListen
};

/// A number, if the option has its only length.
void put_number(Dissector& d, const Field& field, std::size_t at, std::size_t size) {
  if (size == 4) {
    d.put(field, at, size);
  } else {
    d.anomaly("option_length", at, 4, size);
  }
}

/// Of an option of several bytes: what is behind its length.
void put_value(Dissector& d, unsigned type, std::size_t at, std::size_t size) {
  const auto put_bytes = [&](const Field& field) {
    if (size != 0) d.put(field, at, size);
  };
  switch (type) {
    case 32:
    case 33:
    case 34:
    case 35:
      return size != 0 ? d.put(feature, at, 1) : d.anomaly("option_length", at, 1, size);
    case 36:
      return put_bytes(init_cookie);
    case 37:
      return size >= 1 && size <= 6 ? d.put(ndp_count, at, size) : d.anomaly("option_length", at, 6, size);
    case 38:
      return d.put(ack_vector0, at, size);
    case 39:
      return put_bytes(ack_vector1);
    case 40:
      return put_bytes(data_dropped);
    case 41:
      return put_number(d, timestamp, at, size);
    case 42:
      if (size != 4 && size != 6 && size != 8) return d.anomaly("option_length", at, 4, size);
      d.put(timestamp_echo, at, 4);
      if (size != 4) d.put(elapsed_time, at + 4, size - 4);
      return;
    case 43:
      return size == 2 || size == 4 ? d.put(elapsed_time, at, size) : d.anomaly("option_length", at, 4, size);
    case 44:
      return put_number(d, data_checksum, at, size);
    case 192:
      return put_number(d, loss_rate, at, size);
    case 193:
      return put_bytes(loss_intervals);
    case 194:
      return put_number(d, receive_rate, at, size);
    default:
      constexpr unsigned kFirstOfCcid = 128;
      return d.put(type < kFirstOfCcid ? option_reserved : ccid_data, at, size);
  }
}

/// RFC 4340 §5.8
void put_options(Dissector& d, std::size_t at, std::size_t end) {
  constexpr unsigned kFirstWithLength = 32;
  d.put_number(options, 0, at, end - at);
  const Dissector::Below inside(d);
  while (at < end) {
    const unsigned kind = d.u8(at);
    d.put(option, at, 1);
    const Dissector::Below below(d);
    if (kind < kFirstWithLength) {
      d.put(kind == 0 ? padding : kind == 1 ? mandatory : kind == 2 ? slow_receiver : option_reserved, at, 1);
      ++at;
      continue;
    }
    const std::size_t size = at + 1 < end ? d.u8(at + 1) : 0;
    if (size < 2 || size > end - at) return d.anomaly("option_length", at, size, end - at);
    put_value(d, kind, at + 2, size - 2);
    at += size;
  }
}

/// Bytes of the header before the options; 0: a type that is not known.
std::size_t fixed_length(unsigned kind, bool long_numbers) {
  const std::size_t base = long_numbers ? 16 : 12, acknowledgement = long_numbers ? 8 : 4;
  switch (kind) {
    case kRequest:
    case kListen:
      return base + 4;
    case kData:
      return base;
    case kAck:
    case kDataAck:
    case kCloseReq:
    case kClose:
    case kSync:
    case kSyncAck:
      return base + acknowledgement;
    case kResponse:
    case kReset:
      return base + acknowledgement + 4;
    default:
      return 0;
  }
}

/// Between the sequence number, which ends at `at`, and the options.
void put_fixed(Dissector& d, unsigned kind, bool long_numbers, std::size_t at) {
  if (kind != kRequest && kind != kListen && kind != kData) {
    const std::size_t unused = long_numbers ? 2 : 1, size = long_numbers ? 6 : 3;
    d.put(ack_reserved, at, unused);
    d.put(long_numbers ? ack : short_ack, at + unused, size);
    at += unused + size;
  }
  if (kind == kRequest || kind == kResponse || kind == kListen) d.put(service, at, 4);
  if (kind != kReset) return;
  d.put(reset_code, at, 1);
  d.put(data1, at + 1, 1);
  d.put(data2, at + 2, 1);
  d.put(data3, at + 3, 1);
}

}  // namespace

Next dissect(Dissector& d) {
  constexpr std::uint8_t kProtocol = 33;
  const auto header = d.header<protocol>();
  const unsigned kind = header.get<type>();
  const bool long_numbers = header.get<extended>();
  const std::size_t size = header.get<data_offset>() * std::size_t{4},
                    fixed = fixed_length(kind, long_numbers);
  if (d.wants_values()) {
    if (d.asked_for(checksum_status)) {
      std::uint64_t covered = d.wire();  // RFC 4340 §9.2
      if (header.get<coverage>() != 0)
        covered = std::min<std::uint64_t>(covered, size + (header.get<coverage>() - std::uint64_t{1}) * 4);
      put_checksum(d, checksum_status, nullptr, pseudo_sum(d, kProtocol, d.wire(), covered), 6);
    }
    if (long_numbers) {
      d.put(reserved2, 9, 1);
      d.put(seq_raw, 10, 6);
    } else {
      d.put(seq, 9, 3);
    }
  }
  if (fixed == 0) {
    d.anomaly("packet_type", 8);
    return Next::nothing();
  }
  if (d.wants_values()) put_fixed(d, kind, long_numbers, long_numbers ? 16 : 12);
  if (size < fixed) {
    d.anomaly("header_length", 4, fixed, size);
    return Next::nothing();
  }
  if (d.wants_values() && size > fixed && d.captured() >= fixed)
    put_options(d, fixed, std::min(size, d.captured()));
  return d.set_header(size) ? Next::data() : Next::nothing();
}

}  // namespace flowloom::dccp
