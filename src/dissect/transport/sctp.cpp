#include "dissect/transport/sctp.hpp"

#include <algorithm>
#include <bit>

#include "base/crc32c.hpp"
#include "dissect/checksums.hpp"
#include "dissect/sctp_reader.hpp"

namespace flowloom::sctp {
namespace {

enum Type : std::uint8_t {
  kData = 0,
  kInit = 1,
  kInitAck = 2,
  kSack = 3,
  kHeartbeat = 4,
  kHeartbeatAck = 5,
  kAbort = 6,
  kShutdown = 7,
  kShutdownAck = 8,
  kError = 9,
  kCookieEcho = 10,
  kCookieAck = 11,
  kEcne = 12,
  kCwr = 13,
  kShutdownComplete = 14,
  kAuth = 15,
  kNrSack = 16,
  kIData = 64,
  kAsconfAck = 128,
  kPacketDrop = 129,
  kReconfig = 130,
  kPad = 132,
  kForwardTsn = 192,
  kAsconf = 193,
  kIForwardTsn = 194,
};

constexpr const Field* kDataFields[] = {&data_i,   &data_u,   &data_b,   &data_e,
                                        &data_tsn, &data_sid, &data_ssn, &data_ppid};
constexpr const Field* kIDataFields[] = {&data_i,   &data_u,   &data_b,        &data_e,
                                         &data_tsn, &data_sid, &data_reserved, &data_mid};
constexpr const Field* kInitFields[] = {&init_tag, &initiate_tag, &init_credit,
                                        &init_out, &init_in,      &init_tsn};
constexpr const Field* kInitAckFields[] = {&initack_tag, &initiate_tag, &initack_credit,
                                           &initack_out, &initack_in,   &initack_tsn};
constexpr const Field* kSackFields[] = {&sack_nonce, &sack_tsn, &sack_rwnd, &sack_gaps, &sack_duplicates};
constexpr const Field* kNrSackFields[] = {&nr_nonce,   &nr_tsn,        &nr_rwnd,    &nr_gaps,
                                          &nr_nr_gaps, &nr_duplicates, &nr_reserved};
constexpr const Field* kAbortFields[] = {&abort_t};
constexpr const Field* kShutdownFields[] = {&shutdown_tsn};
constexpr const Field* kEcneFields[] = {&ecne_tsn};
constexpr const Field* kCwrFields[] = {&cwr_tsn};
constexpr const Field* kCompleteFields[] = {&complete_t};
constexpr const Field* kAuthFields[] = {&auth_key};
constexpr const Field* kAsconfFields[] = {&asconf_number};
constexpr const Field* kAsconfAckFields[] = {&asconf_ack_number};
constexpr const Field* kDropFields[] = {&drop_m,     &drop_b,      &drop_t,       &drop_bandwidth,
                                        &drop_queue, &drop_length, &drop_reserved};
constexpr const Field* kForwardFields[] = {&forward_tsn};
constexpr const Field* kIForwardFields[] = {&i_forward_tsn};

/// What a type of chunk begins with.
struct Shape {
  Type type;
  std::uint8_t shortest;  ///< length of a chunk that is looked into
  std::span<const Field* const> fields;
};
constexpr Shape kShapes[] = {
    {kData, 16, kDataFields},
    {kInit, 20, kInitFields},
    {kInitAck, 20, kInitAckFields},
    {kSack, 4, kSackFields},
    {kAbort, 4, kAbortFields},
    {kShutdown, 4, kShutdownFields},
    {kEcne, 4, kEcneFields},
    {kCwr, 4, kCwrFields},
    {kShutdownComplete, 4, kCompleteFields},
    {kAuth, 4, kAuthFields},
    {kNrSack, 4, kNrSackFields},
    {kIData, 20, kIDataFields},
    {kAsconfAck, 8, kAsconfAckFields},
    {kPacketDrop, 16, kDropFields},
    {kForwardTsn, 8, kForwardFields},
    {kAsconf, 8, kAsconfFields},
    {kIForwardTsn, 8, kIForwardFields},
};

}  // namespace

void Reader::chunks(std::size_t at, std::size_t end) {
  while (!stopped_ && at < end) at = chunk(at, end);
}

/// Says where the next one begins.
std::size_t Reader::chunk(std::size_t at, std::size_t end) {
  constexpr std::size_t kHeader = 4;
  if (end - at < kHeader) {
    stop(at, kHeader, end);
    return end;
  }
  d_.put_bits(chunk_type, at);
  const Dissector::Below below(d_);
  for (const Field* field : {&chunk_bit_1, &chunk_bit_2, &chunk_flags, &chunk_length})
    d_.put_bits(*field, at);
  const std::size_t length = d_.u16(at + 2);
  if (length < kHeader) {
    d_.anomaly("chunk_length", at + 2, kHeader, length);
    stopped_ = length == 0;
    return at + kHeader;
  }
  const unsigned type = d_.u8(at);
  const auto* const shape =
      std::find_if(std::begin(kShapes), std::end(kShapes), [&](const Shape& x) { return x.type == type; });
  const std::size_t behind = std::min(end, at + (length + 3) / 4 * 4);
  if (at + length > end) {
    stop(at, length, end);
    stopped_ = false;  // not before what there is of it
    cut_ = true;
  }
  if (shape != std::end(kShapes) && length < shape->shortest) {
    d_.anomaly("chunk_length", at + 2, shape->shortest, length);
  } else {
    if (shape != std::end(kShapes)) take_all(shape->fields, at, behind);
    if (!stopped_) contents(type, at, length, behind);
  }
  if (!stopped_ && behind > at + length) d_.put(chunk_padding, at + length, behind - at - length);
  stopped_ |= cut_;
  return behind;
}

void Reader::contents(unsigned type, std::size_t at, std::size_t length, std::size_t end) {
  const std::size_t behind = at + length;
  const unsigned flags = d_.u8(at + 1);
  switch (type) {
    case kData:
      return data(flags, at, 16, length);
    case kIData:  // its first piece says the protocol, the others which piece they are
      take_all({{(flags & 2) != 0 ? &i_data_ppid : &data_fsn}}, at, end);
      return data(flags, at, 20, length);
    case kInit:
    case kInitAck:
      return parameters(at + 20, std::min(end, behind));
    case kHeartbeat:
    case kHeartbeatAck:
    case kReconfig:
      return parameters(at + 4, std::min(end, behind));
    case kAsconf:
    case kAsconfAck:
      return parameters(at + 8, std::min(end, behind));
    case kSack:
      return selective(at, end);
    case kNrSack:
      return selective_kept(at, end);
    case kAbort:
    case kError:
      return causes(at + 4, std::min(end, behind));
    case kCookieEcho:
      return take_rest(cookie, at + 4, behind, end);
    case kAuth:
      take(hmac_id, at + 6, 2, end);
      return length < 8 ? stop(at, 8, end) : take_rest(hmac, at + 8, behind, end);
    case kPacketDrop:
      return dropped(flags, at, length, end);
    case kPad:
      if (length == 4) d_.put(padding_data, at + 4, 0);
      return take_rest(padding_data, at + 4, behind, end);
    case kForwardTsn:
      for (std::size_t entry = at + 8; !stopped_ && entry + 4 <= behind; entry += 4) {
        take(forward_sid, entry, 2, end);
        take(forward_ssn, entry + 2, 2, end);
      }
      return;
    case kIForwardTsn:
      for (std::size_t entry = at + 8; !stopped_ && entry + 8 <= behind; entry += 8)
        take_all({{&i_forward_sid, &i_forward_flags, &i_forward_res, &i_forward_u, &i_forward_mid}}, entry,
                 end);
      return;
    case kShutdown:
    case kShutdownAck:
    case kCookieAck:
    case kEcne:
    case kCwr:
    case kShutdownComplete:
      return;
    default:
      return take_rest(chunk_value, at + 4, behind, end);
  }
}

void Reader::data(unsigned flags, std::size_t at, std::size_t header, std::size_t length) {
  constexpr unsigned kFirst = 2;
  if (stopped_ || length == header || (flags & kFirst) == 0) return;  // a later piece says no protocol
  payload_ = std::min(payload_, at + header);
  d_.carry(Next::data(), at + header, length - header);
}

void Reader::selective(std::size_t at, std::size_t end) {
  static constexpr Blocks kGaps{gap_start, gap_start_tsn, gap_end, gap_end_tsn, gap_acked};
  std::size_t next = blocks(kGaps, d_.u16(at + 12), d_.u32(at + 4), at + 16, end);
  for (unsigned left = d_.u16(at + 14); left != 0 && !stopped_; --left, next += 4)
    take(duplicate, next, 4, end);
}

void Reader::selective_kept(std::size_t at, std::size_t end) {
  static constexpr Blocks kGaps{nr_gap_start, nr_gap_start_tsn, nr_gap_end, nr_gap_end_tsn, nr_gap_acked};
  static constexpr Blocks kKept{kept_start, kept_start_tsn, kept_end, kept_end_tsn, kept_acked};
  const std::uint32_t base = d_.u32(at + 4);
  std::size_t next = blocks(kGaps, d_.u16(at + 12), base, at + 20, end);
  next = blocks(kKept, d_.u16(at + 14), base, next, end);
  for (unsigned left = d_.u16(at + 16); left != 0 && !stopped_; --left, next += 4)
    take(nr_duplicate, next, 4, end);
}

/// Says where they end.
std::size_t Reader::blocks(const Blocks& block, unsigned count, std::uint32_t base, std::size_t at,
                           std::size_t end) {
  std::uint32_t sum = 0;
  const std::size_t first = at;
  for (unsigned left = count; left != 0 && !stopped_; --left, at += 4) {
    const std::uint32_t from = d_.u16(at), to = d_.u16(at + 2);
    take(block.start, at, 2, end);
    if (!stopped_) d_.put_number(block.start_tsn, base + from, at, 2);
    take(block.last, at + 2, 2, end);
    if (!stopped_) d_.put_number(block.last_tsn, base + to, at + 2, 2);
    sum += to - from + 1;
  }
  if (count != 0 && !stopped_) d_.put_number(block.sum, sum, first, at - first);
  return at;
}

void Reader::dropped(unsigned flags, std::size_t at, std::size_t length, std::size_t end) {
  constexpr unsigned kCut = 4;
  if ((flags & kCut) != 0) return take_rest(drop_data, at + 16, at + length, end);
  if (length > 16) d_.carry(d_.to(protocol), at + 16, length - 16);
}

Next dissect(Dissector& d) {
  if (d.asked_for(checksum_status)) {
    ChecksumState state = ChecksumState::unverified;
    if (d.captured() == d.wire() && !d.network().fragment && d.network().whole) {
      constexpr std::uint8_t kNone[4] = {};
      std::uint32_t crc = crc32c(kCrc32cStart, d.bytes(0, 8));
      crc = crc32c(crc, kNone);
      crc = ~crc32c(crc, d.bytes(protocol.min_length, d.captured()));
      // The one number of the header that is little-endian.
      d.note_checksum(checksum_status, __builtin_bswap32(crc), 8, 4);
      state = crc == __builtin_bswap32(d.u32(8)) ? ChecksumState::good : ChecksumState::bad;
    }
    d.put_number(checksum_status, static_cast<std::uint64_t>(state), 8, 4);
  }
  Reader reader(d);
  // What is carried is found by going through all, so that values are put in any case.
  if (d.wants_values() || d.wants_payload()) reader.chunks(protocol.min_length, d.captured());
  d.set_header(std::min(reader.payload(), d.captured()));
  return Next::nothing();
}

}  // namespace flowloom::sctp
