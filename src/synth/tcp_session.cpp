#include "synth/tcp_session.hpp"

#include <algorithm>
#include <span>

#include "dissect/packet_record.hpp"

namespace flowloom::synth {
namespace {

constexpr std::int64_t kMs = 1'000'000, kSecond = 1000 * kMs;
constexpr std::int64_t kPiggyback = 30 * kMs;  ///< an answer so soon takes the acknowledgement along
constexpr std::int64_t kRetransmissionTimeout = 200 * kMs;
constexpr std::uint16_t kPush = 0x008;

}  // namespace

TcpSession::TcpSession(const Path& path, const TcpTraits& traits, const DialogueOptions& dialogue,
                       std::uint64_t seed, std::int64_t start_ns)
    : path_(path),
      traits_(traits),
      dialogue_(dialogue, seed ^ 0x5851F42D4C957F2D),
      random_(seed),
      time_(start_ns) {
  for (unsigned i = 0; i < 2; ++i) {
    next_[i] = static_cast<std::uint32_t>(random_.next());
    clock_[i] = static_cast<std::uint32_t>(random_.next());
    id_[i] = static_cast<std::uint32_t>(random_.next());
    // More than is ever on its way.
    window_[i] = static_cast<std::uint16_t>(traits_.timestamps ? 2048 + random_.below(1024) : 65535);
  }
  if (!traits_.timestamps) traits_.window = std::min<std::uint16_t>(traits_.window, 40);
}

void TcpSession::count_flows(SynthCounts& counts) const {
  ++counts.flows;
  ++counts.tcp_flows;
}

Segment TcpSession::prepare(unsigned from, std::uint16_t flags) {
  Segment segment;
  segment.from = last_from_ = static_cast<std::uint8_t>(from);
  segment.flags = flags;
  segment.seq = next_[from];
  segment.ack = (flags & tcp_flag::ack) != 0 ? next_[1 - from] : 0;
  segment.window = (flags & tcp_flag::rst) != 0 ? 0 : window_[from];
  segment.id = id_[from]++;
  if (traits_.timestamps) {
    segment.options = TcpOptions::timestamps;
    segment.time = clock_[from] + static_cast<std::uint32_t>(time_ / kMs);
    segment.echoed = (flags & tcp_flag::ack) != 0 ? last_clock_[1 - from] : 0;
    last_clock_[from] = segment.time;
  }
  return segment;
}

bool TcpSession::step(Outlet& outlet) {
  switch (state_) {
    case State::syn:
    case State::syn_ack:
    case State::ack:
      handshake(outlet);
      break;
    case State::round:
      send_event(outlet);
      break;
    case State::close:
      close(outlet);
      break;
    case State::done:
      break;
  }
  return state_ != State::done;
}

void TcpSession::handshake(Outlet& outlet) {
  const bool syn = state_ == State::syn, answer = state_ == State::syn_ack;
  const bool refused = answer && traits_.closing == Closing::refused;
  Segment segment = prepare(answer ? 1 : 0, syn       ? tcp_flag::syn
                                            : refused ? tcp_flag::rst | tcp_flag::ack
                                            : answer  ? tcp_flag::syn | tcp_flag::ack
                                                      : tcp_flag::ack);
  if (syn || (answer && !refused)) {
    segment.options = traits_.timestamps ? TcpOptions::syn : TcpOptions::syn_short;
    segment.window = 64240;  // never scaled
  }
  if (refused) {
    segment.options = TcpOptions::none;
    segment.seq = 0;
  }
  if (syn) {
    if (step_ != 0) {
      --segment.seq;  // again
      ++outlet.counts.retransmissions;
    } else {
      ++next_[0];
    }
  } else if (answer) {
    ++next_[1];
  }
  send_segment(outlet, path_, segment, {}, time_);
  if (syn) {
    ++step_;
    const bool lost = step_ < 3 && traits_.closing != Closing::refused && random_.per_mille(traits_.loss / 8);
    if (traits_.closing == Closing::unanswered ? step_ < traits_.attempts : lost) {
      time_ += kSecond << (step_ - 1);
      return;
    }
    time_ += traits_.echo_ns[1];
    state_ = traits_.closing == Closing::unanswered ? State::done : State::syn_ack;
    return;
  }
  if (answer) {
    time_ += traits_.echo_ns[0];
    state_ = refused ? State::done : State::ack;
    return;
  }
  more_ = dialogue_.next(coming_);
  begin_turn();
}

/// The next message, or the end. time_ is that of the last packet.
void TcpSession::begin_turn() {
  if (!more_) {
    begin_close();
    return;
  }
  turn_ = coming_;
  more_ = dialogue_.next(coming_);
  // Who goes on must first have heard what the other sent last.
  const std::int64_t heard = turn_.from == last_from_ ? 0 : traits_.echo_ns[turn_.from];
  sender_ = turn_.from;
  round_.first = 0;
  state_ = State::round;
  begin_round(time_ + heard + turn_.pause_ns + traits_.gap_ns);
}

void TcpSession::begin_round(std::int64_t begin) {
  const std::uint32_t first = round_.first;
  round_ = {};
  round_.begin = begin;
  round_.first = first;
  const std::uint32_t segment =
      most_data(path_, traits_.timestamps ? TcpOptions::timestamps : TcpOptions::none);
  const std::uint32_t left = (turn_.message.size - first + segment - 1) / segment;
  round_.count = static_cast<std::uint16_t>(std::min<std::uint32_t>(left, cwnd_));
  const bool last = left == round_.count;

  const std::uint32_t fate = random_.below(1000);
  const auto index = static_cast<std::uint16_t>(random_.below(round_.count));
  if (fate < traits_.loss) {
    round_.lost = index;
    round_.hidden = fate % 2 == 0;
    round_.acks = static_cast<std::uint16_t>(round_.count - 1);
    choose();
    return;
  }
  const auto even = static_cast<std::uint16_t>(index & ~1U);
  if (fate < traits_.loss + traits_.reorder && even + 1 < round_.count) {
    round_.swapped = even;
  } else if (fate < traits_.loss + traits_.reorder + traits_.duplicate) {
    round_.twice = index;
  }
  // Every second segment is acknowledged (RFC 9293 §3.8.6.3), and the last; but an answer may do that, too.
  round_.acks = static_cast<std::uint16_t>((round_.count + 1) / 2);
  if (last && more_ && coming_.from != sender_ && coming_.pause_ns < kPiggyback) --round_.acks;
  choose();
}

std::uint32_t TcpSession::offset_of(std::uint32_t index) const {
  const std::uint32_t segment =
      most_data(path_, traits_.timestamps ? TcpOptions::timestamps : TcpOptions::none);
  return std::min(round_.first + index * segment, turn_.message.size);
}

std::int64_t TcpSession::data_time(std::uint16_t index) const {
  return round_.begin + index * traits_.gap_ns;
}

/// Segments that an acknowledgement of a regular round covers.
std::uint16_t TcpSession::acked_by(std::uint16_t ack) const {
  return std::min<std::uint16_t>(static_cast<std::uint16_t>(2 * ack + 2), round_.count);
}

std::int64_t TcpSession::ack_time(std::uint16_t index) const {
  const std::int64_t echo = traits_.echo_ns[1 - sender_];
  if (round_.lost == kNone) return data_time(static_cast<std::uint16_t>(acked_by(index) - 1)) + echo;
  return data_time(index < round_.lost ? index : static_cast<std::uint16_t>(index + 1)) + echo;
}

/// After three duplicate acknowledgements (RFC 5681 §3.2), else by time-out.
std::int64_t TcpSession::repair_time() const {
  const auto last = static_cast<std::uint16_t>(round_.count - 1);
  const std::int64_t round_trip = traits_.echo_ns[0] + traits_.echo_ns[1];
  if (last - round_.lost < 3) return data_time(last) + round_trip + kRetransmissionTimeout;
  const std::int64_t third = data_time(static_cast<std::uint16_t>(round_.lost + 3)) + round_trip;
  return std::max(third, data_time(last) + traits_.gap_ns);
}

void TcpSession::consider(Event event, std::int64_t time) {
  if (event_ != Event::none && time >= time_) return;
  event_ = event;
  time_ = time;
}

/// What comes next in the round: event_ and time_.
void TcpSession::choose() {
  event_ = Event::none;
  if (again_due_) consider(Event::again, again_time_);
  if (round_.hidden && round_.sent == round_.lost) ++round_.sent;
  if (round_.sent < round_.count) consider(Event::data, data_time(round_.sent));
  if (round_.acked < round_.acks) consider(Event::ack, ack_time(round_.acked));
  if (round_.lost == kNone) return;
  if (!round_.repaired) {
    if (round_.sent == round_.count) consider(Event::repair, repair_time());
  } else if (!round_.repair_acked) {
    consider(Event::repair_ack, repair_time() + traits_.echo_ns[1 - sender_]);
  }
}

void TcpSession::send_data(Outlet& outlet, std::uint16_t index) {
  Segment segment = prepare(sender_, tcp_flag::ack);
  segment.offset = offset_of(index);
  segment.length = static_cast<std::uint16_t>(offset_of(index + 1U) - segment.offset);
  segment.seq = seq_of(segment.offset);
  if (segment.offset + segment.length == turn_.message.size) segment.flags |= kPush;
  send_segment(outlet, path_, segment, turn_.message, time_);
  if (index == round_.twice && event_ == Event::data) {
    again_ = segment;
    again_due_ = true;
    again_time_ = time_ + 1000 + random_.below(static_cast<std::uint64_t>(traits_.gap_ns / 2));
  }
}

/// `selective`: with a block that says that segments behind the lost one have come, `up_to` the last.
void TcpSession::send_ack(Outlet& outlet, std::uint32_t offset, bool selective, std::uint16_t up_to) {
  Segment segment = prepare(1U - sender_, tcp_flag::ack);
  segment.ack = seq_of(offset);
  if (selective && traits_.timestamps) {
    segment.options = TcpOptions::sack;
    segment.sack_begin = seq_of(offset_of(round_.lost + 1U));
    segment.sack_end = seq_of(offset_of(up_to + 1U));
  }
  send_segment(outlet, path_, segment, {}, time_);
}

void TcpSession::send_event(Outlet& outlet) {
  switch (event_) {
    case Event::data: {
      std::uint16_t index = round_.sent++;
      if (index == round_.swapped) {
        ++index;
      } else if (round_.swapped != kNone && index == round_.swapped + 1) {
        --index;
        ++outlet.counts.reordered;
      }
      send_data(outlet, index);
      break;
    }
    case Event::ack: {
      const std::uint16_t ack = round_.acked++;
      if (round_.lost == kNone) {
        send_ack(outlet, offset_of(acked_by(ack)), false, 0);
      } else if (ack < round_.lost) {
        send_ack(outlet, offset_of(ack + 1U), false, 0);
      } else {
        send_ack(outlet, offset_of(round_.lost), true, static_cast<std::uint16_t>(ack + 1));
      }
      break;
    }
    case Event::repair:
      round_.repaired = true;
      ++outlet.counts.retransmissions;
      if (round_.hidden) ++outlet.counts.lost;
      send_data(outlet, round_.lost);
      break;
    case Event::repair_ack:
      round_.repair_acked = true;
      send_ack(outlet, offset_of(round_.count), false, 0);
      break;
    case Event::again:
      again_due_ = false;
      ++outlet.counts.duplicates;
      send_segment(outlet, path_, again_, turn_.message, time_);
      break;
    case Event::none:
      break;
  }
  choose();
  if (event_ == Event::none) end_round();
}

void TcpSession::end_round() {
  const std::uint32_t done = offset_of(round_.count);
  if (round_.lost != kNone) {
    cwnd_ = std::max<std::uint16_t>(2, cwnd_ / 2);
  } else if (round_.count == cwnd_) {
    cwnd_ = std::min<std::uint16_t>(static_cast<std::uint16_t>(2 * cwnd_), traits_.window);
  }
  if (done < turn_.message.size) {
    round_.first = done;
    begin_round(time_ + traits_.echo_ns[sender_]);
    return;
  }
  next_[sender_] += turn_.message.size;
  begin_turn();
}

void TcpSession::begin_close() {
  state_ = State::close;
  step_ = 0;
  time_ +=
      (last_from_ == traits_.closer ? 0 : traits_.echo_ns[traits_.closer]) + random_.exponential(5 * kMs);
}

void TcpSession::close(Outlet& outlet) {
  struct Part {
    std::uint8_t from;  // 0: who closes
    std::uint16_t flags;
  };
  constexpr std::uint16_t kFinAck = tcp_flag::fin | tcp_flag::ack;
  static constexpr Part kFin[] = {{0, kFinAck}, {1, tcp_flag::ack}, {1, kFinAck}, {0, tcp_flag::ack}};
  static constexpr Part kFast[] = {{0, kFinAck}, {1, kFinAck}, {0, tcp_flag::ack}};
  static constexpr Part kFinRst[] = {{0, kFinAck}, {1, kFinAck}, {0, tcp_flag::rst}};
  static constexpr Part kRst[] = {{0, tcp_flag::rst | tcp_flag::ack}};
  std::span<const Part> parts = kFin;
  if (traits_.closing == Closing::fin_fast) parts = kFast;
  if (traits_.closing == Closing::fin_rst) parts = kFinRst;
  if (traits_.closing == Closing::rst) parts = kRst;

  const Part part = parts[step_++];
  const unsigned from = part.from ^ traits_.closer;
  const Segment segment = prepare(from, part.flags);
  send_segment(outlet, path_, segment, {}, time_);
  if ((part.flags & tcp_flag::fin) != 0) ++next_[from];
  if (step_ == parts.size()) {
    state_ = State::done;
    return;
  }
  const unsigned next = parts[step_].from ^ traits_.closer;
  time_ += next == from ? kMs / 10 : traits_.echo_ns[next];
}

}  // namespace flowloom::synth
