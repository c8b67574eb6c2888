#include "synth/probe_session.hpp"

#include "dissect/packet_record.hpp"

namespace flowloom::synth {
namespace {

constexpr std::uint32_t kPorts = 65521;  // a prime: steps of any length visit all ports
constexpr std::uint32_t kStep = 7919;

}  // namespace

ProbeSession::ProbeSession(const Path& path, const ProbeTraits& traits, std::uint64_t seed,
                           std::int64_t start_ns)
    : path_(path), traits_(traits), random_(seed), time_(start_ns) {
  if (traits_.probes > kPorts - 1) traits_.probes = kPorts - 1;
  isn_ = static_cast<std::uint32_t>(random_.next());
  id_ = static_cast<std::uint32_t>(random_.next());
  first_port_ = static_cast<std::uint16_t>(random_.below(kPorts));
  errors_left_ = 1 + random_.below(20);
  if (traits_.probe != Probe::sweep) path_.port[1] = static_cast<std::uint16_t>(first_port_ + 1);
}

void ProbeSession::count_flows(SynthCounts& counts) const {
  counts.flows += traits_.probes;
  if (traits_.probe == Probe::syn) counts.tcp_flows += traits_.probes;
  if (traits_.probe == Probe::udp) counts.udp_flows += traits_.probes;
}

Segment ProbeSession::segment(unsigned from, std::uint16_t flags, std::uint32_t seq, std::uint32_t ack) {
  Segment s;
  s.from = static_cast<std::uint8_t>(from);
  s.flags = flags;
  s.seq = seq;
  s.ack = ack;
  s.window = (flags & tcp_flag::rst) != 0 ? 0 : 1024;
  s.options = (flags & tcp_flag::syn) != 0 ? TcpOptions::syn_short : TcpOptions::none;
  s.id = id_++;
  return s;
}

bool ProbeSession::step(Outlet& outlet) {
  switch (stage_) {
    case Stage::probe:
      send_probe(outlet);
      if (traits_.probe == Probe::udp) {
        // The first error makes a flow of its own.
        if (errors_left_ == 0 || random_.per_mille(traits_.silent)) return next_probe();
      } else if (random_.per_mille(traits_.silent)) {
        return next_probe();
      }
      open_ = traits_.probe == Probe::syn && random_.per_mille(30);
      stage_ = Stage::answer;
      time_ += traits_.echo_ns[1];
      return true;
    case Stage::answer:
      send_answer(outlet);
      if (!open_) return next_probe();
      stage_ = Stage::reset;
      time_ += traits_.echo_ns[0];
      return true;
    case Stage::reset:
      send_segment(outlet, path_, segment(0, tcp_flag::rst, isn_ + probe_ + 1, 0), {}, time_);
      return next_probe();
  }
  return false;
}

void ProbeSession::send_probe(Outlet& outlet) {
  if (traits_.probe == Probe::syn) {
    send_segment(outlet, path_, segment(0, tcp_flag::syn, isn_ + probe_, 0), {}, time_);
    return;
  }
  Message message;
  if (traits_.probe == Probe::sweep) {
    message = make_message(Content::echo, isn_, 0, 0, 8);
    message.b = 1;
  }
  send_datagram(outlet, path_, {.from = 0, .echo = traits_.probe == Probe::sweep, .begin = 0, .id = id_++},
                message, time_);
}

void ProbeSession::send_answer(Outlet& outlet) {
  switch (traits_.probe) {
    case Probe::syn: {
      server_isn_ = open_ ? static_cast<std::uint32_t>(random_.next()) : 0;
      const std::uint16_t flags =
          static_cast<std::uint16_t>(tcp_flag::ack | (open_ ? tcp_flag::syn : tcp_flag::rst));
      send_segment(outlet, path_, segment(1, flags, server_isn_, isn_ + probe_ + 1), {}, time_);
      return;
    }
    case Probe::udp:
      if (!unreachable_) ++outlet.counts.flows;
      unreachable_ = true;
      --errors_left_;
      send_port_unreachable(outlet, path_, id_ - 1, id_, time_);
      ++id_;
      return;
    case Probe::sweep: {
      Message message = make_message(Content::echo, isn_, 0, 0, 8);
      message.b = 1;
      send_datagram(outlet, path_, {.from = 1, .echo = true, .begin = 0, .id = id_++}, message, time_);
      return;
    }
  }
}

bool ProbeSession::next_probe() {
  stage_ = Stage::probe;
  if (++probe_ >= traits_.probes) return false;
  if (traits_.probe == Probe::sweep) {
    auto& bytes = path_.address[1].bytes;
    const std::size_t last = path_.v6() ? 15 : 3;
    if (++bytes[last] == 0) ++bytes[last - 1];
  } else {
    path_.port[1] =
        static_cast<std::uint16_t>((std::uint64_t{first_port_} + std::uint64_t{probe_} * kStep) % kPorts + 1);
  }
  time_ += traits_.echo_ns[0] + random_.exponential(traits_.pause_ns);
  return true;
}

}  // namespace flowloom::synth
