#include "synth/datagram_session.hpp"

namespace flowloom::synth {

DatagramSession::DatagramSession(const Path& path, const DatagramTraits& traits,
                                 const DialogueOptions& dialogue, std::uint64_t seed, std::int64_t start_ns)
    : path_(path),
      traits_(traits),
      dialogue_(dialogue, seed ^ 0x5851F42D4C957F2D),
      random_(seed),
      time_(start_ns) {
  for (std::uint32_t& id : id_) id = static_cast<std::uint32_t>(random_.next());
  dialogue_.next(turn_);  // every dialogue has a first message
  twice_ = random_.per_mille(traits_.duplicate);
}

void DatagramSession::count_flows(SynthCounts& counts) const {
  ++counts.flows;
  if (!traits_.echo) ++counts.udp_flows;
}

bool DatagramSession::step(Outlet& outlet) {
  const Datagram datagram{.from = turn_.from, .echo = traits_.echo, .begin = begin_, .id = id_[turn_.from]};
  send_datagram(outlet, path_, datagram, turn_.message, time_);
  const std::size_t whole = datagram_size(turn_.message);
  const std::size_t piece = piece_size(path_, whole);
  if (begin_ + piece < whole) {
    begin_ += static_cast<std::uint32_t>(piece);
    time_ += kGap;
    return true;
  }
  if (twice_ && piece == whole) {
    twice_ = false;
    ++outlet.counts.duplicates;
    // Its own second sending counts it, at once behind the first.
    time_ += 1000 + random_.below(8000);
    return true;
  }
  return advance();
}

bool DatagramSession::advance() {
  begin_ = 0;
  ++id_[turn_.from];
  twice_ = random_.per_mille(traits_.duplicate);
  if (traits_.unanswered != 0) {
    constexpr std::int64_t kPatience = 5'000'000'000;
    time_ += kPatience;
    return ++said_ < traits_.unanswered;
  }
  const std::uint8_t before = turn_.from;
  if (!dialogue_.next(turn_)) return false;
  time_ += turn_.pause_ns + (turn_.from == before ? kGap : traits_.echo_ns[turn_.from]);
  return true;
}

}  // namespace flowloom::synth
