#include "dissect/sctp_parameters.hpp"

#include <algorithm>

#include "dissect/sctp_reader.hpp"

namespace flowloom::sctp {
namespace {

constexpr std::size_t kHeader = 4;  // of a parameter and of a cause

std::size_t padded(std::size_t length) { return (length + 3) / 4 * 4; }

}  // namespace

void Reader::parameters(std::size_t at, std::size_t end) {
  if (depth_ == kDeepest) {
    d_.anomaly("too_deep", at);
    stopped_ = true;
    return;
  }
  ++depth_;
  while (!stopped_ && at < end) at = parameter(at, end, false);
  --depth_;
}

void Reader::single_parameter(std::size_t at, std::size_t end) {
  if (depth_ == kDeepest) {
    d_.anomaly("too_deep", at);
    stopped_ = true;
    return;
  }
  ++depth_;
  if (at < end) parameter(at, end, true);
  --depth_;
}

/// Says where the next one begins. `single`: what is behind it is its padding.
std::size_t Reader::parameter(std::size_t at, std::size_t end, bool single) {
  if (end - at < kHeader) {
    stop(at, kHeader, end);
    return end;
  }
  d_.put(parameter_type, at, 2);
  const Dissector::Below below(d_);
  d_.put_bits(parameter_bit_1, at);
  d_.put_bits(parameter_bit_2, at);
  d_.put(parameter_length, at + 2, 2);
  const std::size_t length = d_.u16(at + 2);
  if (length < kHeader) {
    d_.anomaly("parameter_length", at + 2, kHeader, length);
    stopped_ = true;
    return end;
  }
  const std::size_t behind = single ? end : std::min(end, at + padded(length));
  parameter_value(d_.u16(at), at, length, behind);
  if (!stopped_ && at + length > end) stop(at, length, end);
  if (!stopped_ && behind > at + length) d_.put(parameter_padding, at + length, behind - at - length);
  return behind;
}

void Reader::parameter_value(unsigned type, std::size_t at, std::size_t length, std::size_t end) {
  const std::size_t behind = at + length, value = at + kHeader;
  switch (type) {
    case 1:
      return take_rest(heartbeat, value, behind, end);
    case 5:
      return take(parameter_ipv4, value, 4, end);
    case 6:
      return take(parameter_ipv6, value, 16, end);
    case 7:
      return take_rest(state_cookie, value, behind, end);
    case 8:
      return single_parameter(value, std::min(end, behind));
    case 9:
      return take(cookie_time, value, 4, end);
    case 11: {
      const Bytes name = d_.bytes(value, std::min(end, behind) - value);
      const auto size = static_cast<std::size_t>(std::find(name.begin(), name.end(), 0) - name.begin());
      return take(host_name, value, size, end);
    }
    case 12:
      return take_each(address_type, value, 2, behind, end);
    case 13:
      take(request_number, value, 4, end);
      take(response_number, value + 4, 4, end);
      take(last_tsn, value + 8, 4, end);
      return take_each(reset_stream, value + 12, 2, behind, end);
    case 14:
      take(request_number, value, 4, end);
      return take_each(reset_stream, value + 4, 2, behind, end);
    case 15:
      return take(request_number, value, 4, end);
    case 16:
      take(response_number, value, 4, end);
      take(result, value + 4, 4, end);
      if (length >= 16) take(sender_tsn, value + 8, 4, end);
      if (length >= 20) take(receiver_tsn, value + 12, 4, end);
      return;
    case 17:
      take(request_number, value, 4, end);
      take(more_out, value + 4, 2, end);
      return take(more_out_reserved, value + 6, 2, end);
    case 18:
      take(request_number, value, 4, end);
      take(more_in, value + 4, 2, end);
      return take(more_in_reserved, value + 6, 2, end);
    case 0x8000:
    case 0xC000:
      return;
    case 0x8002:
      return take_rest(random_number, value, behind, end);
    case 0x8003:
      return take_each(chunk_to_auth, value, 1, behind, end);
    case 0x8004:
      return take_each(hmac_id, value, 2, behind, end);
    case 0x8008:
      return take_each(extension, value, 1, behind, end);
    case 0xC001:
    case 0xC002:
    case 0xC004:
      take(correlation, value, 4, end);
      return stopped_ ? void() : single_parameter(value + 4, std::min(end, behind));
    case 0xC003:
      take(correlation, value, 4, end);
      return stopped_ ? void() : causes(value + 4, std::min(end, behind));
    case 0xC005:
      return take(correlation, value, 4, end);
    case 0xC006:
      return take(adaptation, value, 4, end);
    default:
      return take_rest(sctp::parameter_value, value, behind, end);
  }
}

void Reader::causes(std::size_t at, std::size_t end) {
  if (depth_ == kDeepest) {
    d_.anomaly("too_deep", at);
    stopped_ = true;
    return;
  }
  ++depth_;
  while (!stopped_ && at < end) at = cause(at, end);
  --depth_;
}

/// Says where the next one begins.
std::size_t Reader::cause(std::size_t at, std::size_t end) {
  if (end - at < kHeader) {
    stop(at, kHeader, end);
    return end;
  }
  d_.put(cause_code, at, 2);
  const Dissector::Below below(d_);
  d_.put(cause_length, at + 2, 2);
  const std::size_t length = d_.u16(at + 2);
  if (length < kHeader) {
    d_.anomaly("cause_length", at + 2, kHeader, length);
    stopped_ = true;
    return end;
  }
  const std::size_t behind = std::min(end, at + padded(length));
  cause_value(d_.u16(at), at, length, behind);
  if (!stopped_ && at + length > end) stop(at, length, end);
  if (!stopped_ && behind > at + length) d_.put(cause_padding, at + length, behind - at - length);
  return behind;
}

void Reader::cause_value(unsigned code, std::size_t at, std::size_t length, std::size_t end) {
  const std::size_t behind = at + length, value = at + kHeader;
  switch (code) {
    case 1:
      take(cause_stream, value, 2, end);
      return take(cause_reserved, value + 2, 2, end);
    case 2: {
      take(missing_count, value, 4, end);
      std::size_t next = value + 4;
      for (std::uint32_t left = d_.u32(value); left != 0 && !stopped_; --left, next += 2)
        take(missing_type, next, 2, end);
      return;
    }
    case 3:
      return take(staleness, value, 4, end);
    case 5:
    case 0xA0:
    case 0xA1:
    case 0xA2:
    case 0xA4:
      return single_parameter(value, std::min(end, behind));
    case 8:
    case 11:
      return parameters(value, std::min(end, behind));
    case 6:
      chunk(value, std::min(end, behind));
      return;
    case 9:
      return take(cause_tsn, value, 4, end);
    case 0x105:
      return take(hmac_id, value, 2, end);
    case 4:
    case 7:
    case 10:
    case 0xA3:
      return;
    default:
      return take_rest(cause_information, value, behind, end);
  }
}

}  // namespace flowloom::sctp
