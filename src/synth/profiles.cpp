#include "synth/profiles.hpp"

#include <algorithm>
#include <array>

#include "base/endian.hpp"
#include "base/store.hpp"

namespace flowloom {

std::span<const SynthProfile> synth_profiles() {
  // In the order of synth::Kind.
  static constexpr SynthProfile kProfiles[] = {
      {"web", "HTTPS and HTTP over IPv4 and IPv6"},
      {"dns", "names asked for over UDP, long answers in fragments, some over TCP"},
      {"bulk", "a few long transfers, some with two VLAN tags"},
      {"scan", "ports and hosts probed, with and without answers"},
      {"iot", "MQTT, CoAP and NTP of small devices in a VLAN"},
      {"tunnels", "TCP, UDP and ICMP inside IP-in-IP, GRE, VXLAN, GTP-U and Geneve"},
      {"voip", "SIP calls with their RTP"},
      {"mail", "SMTP that goes over to TLS"},
      {"ssh", "keys pressed one by one, and what commands print"},
      {"ping", "ICMP and ICMPv6 echo"},
      {"flood", "SYNs to one server, a flow each", false},
      {"tiny", "packets of 60 bytes, evenly over many flows (10,000, or --flows)", false},
  };
  return kProfiles;
}

namespace synth {
namespace {

constexpr std::int64_t kUs = 1000, kMs = 1000 * kUs, kSecond = 1000 * kMs;
constexpr std::uint32_t kFloodBurst = 1000;

/// Mean time between conversations.
constexpr std::int64_t kPauses[] = {20 * kMs,    8 * kMs,   2 * kSecond, 3 * kSecond, 60 * kMs, 30 * kMs,
                                    3 * kSecond, 400 * kMs, 800 * kMs,   300 * kMs,   0,        0};

IpAddress address4(std::uint32_t number) {
  IpAddress address;
  address.version = 4;
  store_be32(address.bytes.data(), number);
  return address;
}

/// In 2001:db8::/32 (RFC 3849).
IpAddress address6(std::uint32_t network, std::uint32_t host) {
  IpAddress address;
  address.version = 6;
  store_be32(address.bytes.data(), 0x20010DB8);
  store_be32(address.bytes.data() + 4, network);
  store_be32(address.bytes.data() + 12, host);
  return address;
}

/// Client and port of a conversation by its number. No pair comes twice: each client takes all ephemeral
/// ports, then others take its place.
struct Client {
  std::uint32_t number;
  std::uint16_t port;
};
Client client_of(std::uint64_t index) {
  constexpr std::uint64_t kClients = 250, kFirstPort = 32768, kPorts = 28232;  // as Linux gives them out
  const std::uint64_t block = index / kClients;
  const std::uint64_t client = (index % kClients * 167 + block * 89) % kClients;
  const std::uint64_t epoch = block / kPorts;
  const std::uint64_t port = (block % kPorts * 9973 + Random::mix(client)) % kPorts;
  return {static_cast<std::uint32_t>((epoch & 0xFF) << 8 | (client + 2)),
          static_cast<std::uint16_t>(kFirstPort + port)};
}

std::uint32_t v4_number(const IpAddress& address) { return load_be32(address.bytes.data()); }

}  // namespace

Profile::Profile(Kind kind, std::uint64_t seed, std::uint64_t flows)
    : kind_(kind),
      seed_(Random::mix(seed * 64 + static_cast<std::uint64_t>(kind))),
      flows_(flows),
      time_(Random(seed_).below(50) * kMs) {}

std::string_view Profile::name() const { return synth_profiles()[static_cast<std::size_t>(kind_)].name; }

void Profile::advance(std::uint64_t packets) {
  ++index_;
  if (kind_ == Kind::flood) {
    flooded_ += packets;
    time_ += static_cast<std::int64_t>(packets) * 20 * kUs;
  } else if (kind_ == Kind::tiny) {
    time_ += static_cast<std::int64_t>(flows_) * 4 * kUs;
  } else {
    time_ += Random(seed_ ^ Random::mix(index_)).exponential(kPauses[static_cast<std::size_t>(kind_)]);
  }
}

Profile::Ends Profile::draw_ends(Random& random, bool allow_v6) const {
  const auto kind = static_cast<std::uint32_t>(kind_);
  const Client client = client_of(index_);
  const std::uint32_t popular = random.below(40) + 1;
  const std::uint32_t server = random.below(popular) + 1;
  Ends ends;
  if (allow_v6 && random.per_mille(300)) {
    ends.path.address = {address6(kind, client.number), address6(0x8000 + kind, server)};
  } else {
    ends.path.address = {address4(0x0A400000 | kind << 16 | client.number),
                         address4(0xC6120000 | kind << 8 | server)};
  }
  ends.path.port = {client.port, 0};
  ends.path.ttl = {64, static_cast<std::uint8_t>(48 + random.below(12))};
  ends.echo_ns[0] = 100 * kUs + random.exponential(400 * kUs);
  ends.echo_ns[1] = random.pareto(3000, 14, 300'000) * kUs;
  if (kind_ == Kind::iot) {
    ends.path.vlans = 1;
    ends.path.vlan = {20, 0};
  } else if (kind_ == Kind::voip) {
    ends.path.vlans = 1;
    ends.path.vlan = {5 << 13 | 100, 0};
  } else if (kind_ == Kind::bulk && random.per_mille(250)) {
    ends.path.vlans = 2;
    ends.path.vlan = {1000, 300};
  } else if (kind_ == Kind::tunnels) {
    wrap(ends.path, random);
  }
  return ends;
}

void Profile::wrap(Path& path, Random& random) const {
  static constexpr Wrap kWraps[] = {Wrap::ipip, Wrap::gre, Wrap::vxlan, Wrap::gtp, Wrap::geneve};
  path.wrap = kWraps[random.below(5)];
  const std::uint32_t near = random.between(1, 4), far = random.between(1, 8);
  const bool over_v6 = (path.wrap == Wrap::geneve || path.wrap == Wrap::ipip) && random.per_mille(400);
  if (over_v6) {
    path.outer = {address6(0xFFFE, near), address6(0xFFFF, far)};
  } else {
    path.outer = {address4(0xC0000200 | near), address4(0xC6336400 | far)};  // TEST-NET-1, TEST-NET-2
  }
  const std::uint32_t id = random.between(1, 200);
  path.wrap_id = {id, id};
  if (path.wrap == Wrap::gtp) {
    path.wrap_id = {static_cast<std::uint32_t>(0x10000 + index_),
                    static_cast<std::uint32_t>(0x80000000 + index_)};
  }
}

TcpTraits Profile::draw_traits(const Ends& ends, Random& random) const {
  TcpTraits traits;
  traits.echo_ns = ends.echo_ns;
  static constexpr std::int64_t kGaps[] = {12 * kUs, 12 * kUs, 30 * kUs, 120 * kUs, 240 * kUs};
  traits.gap_ns = kGaps[random.below(std::size(kGaps))];
  traits.timestamps = random.per_mille(850);
  traits.closer = static_cast<std::uint8_t>(random.below(3) / 2);
  // Most ways are good; on some much is lost.
  traits.loss = random.per_mille(150) ? 60 : 2;
  traits.reorder = 6;
  traits.duplicate = 4;
  const std::uint32_t fate = random.below(1000);
  if (fate < 25) {
    traits.closing = Closing::unanswered;
    traits.attempts = static_cast<std::uint8_t>(random.between(1, 4));
  } else if (fate < 50) {
    traits.closing = Closing::refused;
  } else if (fate < 120) {
    traits.closing = Closing::rst;
  } else if (fate < 200) {
    traits.closing = Closing::fin_rst;
  } else if (fate < 500) {
    traits.closing = Closing::fin_fast;
  }
  if (kind_ == Kind::bulk && fate < 50) traits.closing = Closing::fin;
  return traits;
}

Session Profile::draw_tcp(App app, std::uint16_t port, unsigned shrink, Random& random) const {
  Ends ends = draw_ends(random, true);
  ends.path.port[1] = port;
  const TcpTraits traits = draw_traits(ends, random);
  return TcpSession(ends.path, traits, {.app = app, .shrink = shrink}, random.next(), time_);
}

Session Profile::draw_udp(App app, std::uint16_t port, unsigned shrink, Random& random) const {
  Ends ends = draw_ends(random, true);
  ends.path.port[1] = port;
  DatagramTraits traits{.echo_ns = ends.echo_ns, .echo = app == App::ping, .duplicate = 3};
  if (app == App::dns && random.per_mille(15)) traits.unanswered = random.between(1, 3);
  return DatagramSession(ends.path, traits, {.app = app, .shrink = shrink}, random.next(), time_);
}

Session Profile::draw_scan(unsigned shrink, Random& random) const {
  Ends ends = draw_ends(random, true);
  // Each scan has hosts of its own, so that its ICMP errors are a flow of its own.
  const auto target = static_cast<std::uint32_t>((index_ * 64 + (index_ >> 14)) & 0xFFFFF);
  ends.path.address[1] =
      ends.path.v6() ? address6(0x9000, target) : address4(0xAC100000 | target);  // 172.16.0.0/12
  static constexpr Probe kProbes[] = {Probe::syn, Probe::syn, Probe::udp, Probe::sweep};
  ProbeTraits traits{.probe = kProbes[random.below(4)], .echo_ns = ends.echo_ns};
  traits.probes = std::max(1U, random.pareto(40, 12, 8000) >> shrink);
  if (traits.probe == Probe::sweep) traits.probes = std::min(traits.probes, 60U);
  traits.pause_ns = random.pareto(200, 12, 100'000) * kUs;
  traits.silent = random.per_mille(300) ? 900 : 50;
  return ProbeSession(ends.path, traits, random.next(), time_);
}

void Profile::draw_call(unsigned shrink, Random& random, std::vector<Session>& out) const {
  Ends ends = draw_ends(random, false);
  const Path& path = ends.path;
  const DatagramTraits traits{.echo_ns = ends.echo_ns};
  Ends media = ends;
  media.path.address[1].bytes[3] = static_cast<std::uint8_t>(200 + index_ / 20000 % 50);  // a gateway
  media.path.port = {static_cast<std::uint16_t>(16384 + 2 * (index_ % 8000)),
                     static_cast<std::uint16_t>(20000 + 2 * (index_ % 20000))};
  const std::int64_t duration =
      std::min((4 * kSecond + random.exponential(40 * kSecond)), 600 * kSecond) >> shrink;
  const DialogueOptions signalling{
      .app = App::sip,
      .shrink = shrink,
      .duration_ns = duration,
      .media_address = {v4_number(path.address[0]), v4_number(media.path.address[1])},
      .media_port = media.path.port};
  ends.path.port[1] = 5060;
  out.emplace_back(DatagramSession(ends.path, traits, signalling, random.next(), time_));
  constexpr std::int64_t kSetUp = 2 * kSecond + 500 * kMs;
  out.emplace_back(DatagramSession(media.path, traits, {.app = App::rtp, .duration_ns = duration},
                                   random.next(), time_ + kSetUp));
}

Session Profile::draw_inside_tunnel(unsigned shrink, Random& random) const {
  switch (random.below(8)) {
    case 0:
    case 1:
      return draw_udp(App::dns, 53, shrink, random);
    case 2:
      return draw_udp(App::ping, 0, shrink, random);
    case 3:
      return draw_tcp(App::http, 80, shrink, random);
    default:
      return draw_tcp(App::https, 443, shrink, random);
  }
}

void Profile::draw(unsigned shrink, const Budget& budget, std::vector<Session>& out) const {
  Random random(Random::mix(seed_ + index_));
  switch (kind_) {
    case Kind::web:
      if (random.per_mille(800)) {
        out.push_back(draw_tcp(App::https, 443, shrink, random));
      } else {
        out.push_back(draw_tcp(App::http, 80, shrink, random));
      }
      return;
    case Kind::dns:
      if (random.per_mille(30)) {
        out.push_back(draw_tcp(App::dns_tcp, 53, shrink, random));
      } else {
        out.push_back(draw_udp(App::dns, 53, shrink, random));
      }
      return;
    case Kind::bulk:
      out.push_back(draw_tcp(App::bulk, 5201, shrink, random));
      return;
    case Kind::scan:
      out.push_back(draw_scan(shrink, random));
      return;
    case Kind::iot: {
      const std::uint32_t what = random.below(3);
      out.push_back(what == 0   ? draw_tcp(App::mqtt, 1883, shrink, random)
                    : what == 1 ? draw_udp(App::coap, 5683, shrink, random)
                                : draw_udp(App::ntp, 123, shrink, random));
      return;
    }
    case Kind::tunnels:
      out.push_back(draw_inside_tunnel(shrink, random));
      return;
    case Kind::voip:
      draw_call(shrink, random, out);
      return;
    case Kind::mail:
      out.push_back(draw_tcp(App::smtp, 25, shrink, random));
      return;
    case Kind::ssh:
      out.push_back(draw_tcp(App::ssh, 22, shrink, random));
      return;
    case Kind::ping:
      out.push_back(draw_udp(App::ping, 0, shrink, random));
      return;
    case Kind::flood: {
      const std::uint64_t count = std::min<std::uint64_t>({kFloodBurst, budget.packets, budget.flows});
      out.emplace_back(FloodSession(flooded_, static_cast<std::uint32_t>(count), seed_, time_));
      return;
    }
    case Kind::tiny:
      out.emplace_back(TinySession(index_, flows_, std::min(flows_, budget.packets), seed_, time_));
      return;
  }
}

void Profile::draw_attempts(std::uint32_t packets, std::vector<Session>& out) const {
  Random random(Random::mix(seed_ + index_));
  Ends ends = draw_ends(random, true);
  const auto unanswered = [&](App app, std::uint16_t port) {
    ends.path.port[1] = port;
    const DatagramTraits traits{.echo_ns = ends.echo_ns, .echo = app == App::ping, .unanswered = packets};
    out.emplace_back(DatagramSession(ends.path, traits, {.app = app}, random.next(), time_));
  };
  switch (kind_) {
    case Kind::dns:
      return unanswered(App::dns, 53);
    case Kind::iot:
      return unanswered(App::ntp, 123);
    case Kind::voip:
      return unanswered(App::sip, 5060);
    case Kind::ping:
      return unanswered(App::ping, 0);
    default:
      break;
  }
  TcpTraits traits{.echo_ns = ends.echo_ns, .closing = Closing::unanswered};
  traits.attempts = static_cast<std::uint8_t>(packets);
  ends.path.port[1] = kind_ == Kind::mail ? 25 : kind_ == Kind::ssh ? 22 : 443;
  out.emplace_back(TcpSession(ends.path, traits, {.app = App::https}, random.next(), time_));
}

}  // namespace synth
}  // namespace flowloom
