#include "synth/dialogue.hpp"

#include <algorithm>

namespace flowloom::synth {
namespace {

constexpr std::int64_t kMs = 1'000'000, kSecond = 1000 * kMs;
constexpr unsigned kClient = 0, kServer = 1;

/// Exchanges of a dialogue; heavy-tailed like the sizes.
std::uint32_t draw_rounds(const DialogueOptions& options, Random& random) {
  std::uint32_t rounds = 1;
  switch (options.app) {
    case App::https:
    case App::http:
      rounds = random.pareto(1, 14, 60);
      break;
    case App::mqtt:
      rounds = random.pareto(4, 12, 500);
      break;
    case App::coap:
    case App::ntp:
      rounds = random.between(1, 6);
      break;
    case App::rtp:  // a packet each way every 20 ms
      rounds = static_cast<std::uint32_t>(options.duration_ns / (10 * kMs));
      break;
    case App::ssh:
      rounds = random.pareto(8, 12, 3000);
      break;
    case App::ping:
      rounds = random.between(3, 10);
      break;
    default:
      break;
  }
  return std::max(1U, rounds >> options.shrink);
}

}  // namespace

Dialogue::Dialogue(const DialogueOptions& options, std::uint64_t seed)
    : options_(options), random_(seed), salt_(random_.next()) {
  rounds_ = draw_rounds(options_, random_);
  static constexpr std::uint16_t kRecords[] = {1387, 4113, 16401, 16401};
  record_ = kRecords[random_.below(4)];
}

std::uint32_t Dialogue::size(std::uint32_t least, std::uint32_t most) {
  return random_.pareto(least, 13, std::max(least, most >> 2 * options_.shrink));
}

void Dialogue::say(Turn& turn, unsigned from, std::int64_t pause_ns, const Message& message) {
  turn.from = static_cast<std::uint8_t>(from);
  turn.pause_ns = pause_ns;
  turn.message = message;
  ++step_;
}

bool Dialogue::next(Turn& turn) {
  switch (options_.app) {
    case App::https:
      return https(turn);
    case App::http:
      return http(turn);
    case App::dns:
    case App::dns_tcp:
      return dns(turn);
    case App::bulk:
      return bulk(turn);
    case App::mqtt:
      return mqtt(turn);
    case App::coap:
      return coap(turn);
    case App::ntp:
      return ntp(turn);
    case App::sip:
      return sip(turn);
    case App::rtp:
      return rtp(turn);
    case App::smtp:
      return smtp(turn);
    case App::ssh:
      return ssh(turn);
    case App::ping:
      return ping(turn);
  }
  return false;
}

/// The handshake, then `rounds_` requests with their replies.
bool Dialogue::tls(Turn& turn, unsigned step) {
  switch (step) {
    case 0:
      say(turn, kClient, 0, make_message(Content::tls_client_hello, salt_));
      return true;
    case 1: {
      const std::int64_t work = kMs + random_.exponential(2 * kMs);
      const std::uint32_t certificates = random_.between(1200, 4200);
      say(turn, kServer, work, make_message(Content::tls_server_hello, salt_, 1, 0, certificates));
      return true;
    }
    case 2: {
      const std::int64_t work = kMs + random_.exponential(3 * kMs);
      const std::uint32_t request = 58 + random_.between(120, 600);
      say(turn, kClient, work, make_message(Content::tls_finished, salt_, 2, 0, request, 600));
      return true;
    }
    default:
      break;
  }
  if (step > 2 * rounds_ + 1) return false;
  const bool mail = options_.app == App::smtp;
  if (step % 2 == 1) {
    const std::int64_t work = random_.exponential(40 * kMs);
    const std::uint32_t bytes = mail ? 60 : size(700, 8'000'000);
    say(turn, kServer, work, make_message(Content::tls_data, salt_, step, 0, bytes, record_));
  } else {
    // Requests come in groups, between which somebody reads.
    const bool reading = random_.per_mille(150);
    const std::int64_t pause = reading ? random_.exponential(6 * kSecond) : random_.exponential(30 * kMs);
    const bool upload = mail && step == 2 * rounds_;
    const std::uint32_t bytes = upload ? size(1500, 4'000'000) : random_.between(90, 900);
    say(turn, kClient, pause, make_message(Content::tls_data, salt_, step, 0, bytes, record_));
  }
  return true;
}

bool Dialogue::https(Turn& turn) { return tls(turn, step_); }

bool Dialogue::http(Turn& turn) {
  if (step_ >= 2 * rounds_) return false;
  const std::uint32_t round = step_ / 2;
  if (step_ % 2 == 0) {
    const std::int64_t pause = round == 0 ? 0 : random_.exponential(200 * kMs);
    say(turn, kClient, pause, make_message(Content::http_request, salt_, round));
  } else {
    const std::int64_t work = random_.exponential(20 * kMs);
    const std::uint32_t bytes = size(500, 4'000'000);
    say(turn, kServer, work, make_message(Content::http_reply, salt_, round, 0, bytes));
  }
  return true;
}

bool Dialogue::dns(Turn& turn) {
  const std::uint32_t over_tcp = options_.app == App::dns_tcp ? 1 : 0;
  const std::uint64_t kind = salt_ % 100;  // the same for query and reply
  const std::uint32_t type = kind < 60 ? 1 : kind < 90 ? 28 : 16;
  if (step_ == 0) {
    say(turn, kClient, 0, make_message(Content::dns_query, salt_, type, over_tcp));
    again_ = over_tcp == 0 && random_.per_mille(25);  // lost on the way
    return true;
  }
  if (step_ == 1 && again_) {
    say(turn, kClient, 2 * kSecond, make_message(Content::dns_query, salt_, type, over_tcp));
    return true;
  }
  if (step_ != (again_ ? 2U : 1U)) return false;
  const std::uint32_t answers = random_.per_mille(60) ? 0
                                : type == 16          ? random_.between(1, 14)
                                                      : random_.between(1, 4);
  const std::int64_t work =
      random_.per_mille(300) ? random_.exponential(30 * kMs) : random_.exponential(kMs / 4);
  say(turn, kServer, work, make_message(Content::dns_reply, salt_, type, answers << 1 | over_tcp));
  return true;
}

bool Dialogue::bulk(Turn& turn) {
  if (step_ >= 1) return false;
  const unsigned from = random_.per_mille(700) ? kServer : kClient;
  const std::uint32_t bytes = size(60'000, 4'000'000) * 16;
  say(turn, from, 0,
      make_message(Content::noise, salt_, 0, 0, std::max(bytes >> 2 * options_.shrink, 1000U)));
  return true;
}

bool Dialogue::mqtt(Turn& turn) {
  constexpr std::uint32_t kConnect = 1, kConnAck = 2, kPublish = 3, kPing = 12, kPong = 13, kDisconnect = 14;
  const auto packet = [&](std::uint32_t type) { return make_message(Content::mqtt, salt_, type, step_); };
  const std::int64_t period = 10 * kSecond + random_.below(200) * kMs;
  if (step_ == 0) {
    say(turn, kClient, 0, packet(kConnect));
  } else if (step_ == 1) {
    say(turn, kServer, kMs, packet(kConnAck));
  } else if (again_) {
    again_ = false;
    say(turn, kServer, kMs, packet(kPong));
  } else if (step_ <= rounds_) {
    again_ = random_.per_mille(120);
    say(turn, kClient, period, packet(again_ ? kPing : kPublish));
  } else if (rounds_ != 0) {
    rounds_ = 0;
    say(turn, kClient, period, packet(kDisconnect));
  } else {
    return false;
  }
  return true;
}

bool Dialogue::coap(Turn& turn) {
  if (step_ >= 2 * rounds_) return false;
  const std::uint32_t round = step_ / 2, reply = step_ % 2;
  const std::int64_t pause = reply == 1 ? random_.exponential(8 * kMs) : round == 0 ? 0 : 30 * kSecond;
  say(turn, reply, pause,
      make_message(Content::coap, salt_, reply, static_cast<std::uint32_t>(salt_ >> 16 & 0xFFF) + round));
  return true;
}

bool Dialogue::ntp(Turn& turn) {
  if (step_ >= 2 * rounds_) return false;
  const std::uint32_t reply = step_ % 2;
  const std::int64_t pause = reply == 1 ? kMs / 10 : step_ == 0 ? 0 : 16 * kSecond;
  say(turn, reply, pause, make_message(Content::ntp, salt_ + step_ / 2, reply));
  return true;
}

bool Dialogue::sip(Turn& turn) {
  if (step_ > 6) return false;
  static constexpr std::uint8_t kFrom[] = {0, 1, 1, 1, 0, 0, 1};
  const std::int64_t pauses[] = {0, 2 * kMs, 80 * kMs, 1800 * kMs, 5 * kMs, options_.duration_ns, 3 * kMs};
  const unsigned from = kFrom[step_];
  say(turn, from, pauses[step_],
      make_message(Content::sip, salt_, step_, options_.media_address[from], 0, options_.media_port[from]));
  return true;
}

bool Dialogue::rtp(Turn& turn) {
  if (step_ >= rounds_) return false;
  const std::uint32_t from = step_ % 2;
  const std::int64_t pause = 9 * kMs + random_.below(2000) * (kMs / 1000);
  say(turn, from, step_ == 0 ? 0 : pause, make_message(Content::rtp, salt_, step_ / 2, from, 160));
  return true;
}

bool Dialogue::smtp(Turn& turn) {
  if (step_ >= 5) {
    if (step_ == 5) rounds_ = 3;  // sender, recipient, data
    return tls(turn, step_ - 5);
  }
  const unsigned from = step_ % 2 == 0 ? kServer : kClient;
  say(turn, from, random_.exponential(15 * kMs), make_message(Content::smtp, salt_, step_));
  return true;
}

bool Dialogue::ssh(Turn& turn) {
  static constexpr std::uint8_t kSteps[][2] = {{0, 0},  {1, 0},  {0, 20}, {1, 20},
                                               {0, 30}, {1, 31}, {1, 21}, {0, 21}};
  if (step_ < std::size(kSteps)) {
    const auto [from, what] = kSteps[step_];
    say(turn, from, random_.exponential(2 * kMs), make_message(Content::ssh, salt_, what, from));
    return true;
  }
  if (step_ >= std::size(kSteps) + 2 * rounds_) return false;
  const unsigned from = step_ % 2;
  // A key is pressed and shown; sometimes a command prints much.
  const bool prints = from == kServer && random_.per_mille(60);
  const std::int64_t pause =
      from == kServer ? random_.exponential(kMs) : 20 * kMs + random_.exponential(250 * kMs);
  std::uint32_t bytes = prints ? size(600, 200'000) : 36 + 16 * random_.below(3);
  // However it is cut into segments, the last one is long enough to be an encrypted packet.
  const auto short_rest = [&](std::uint32_t segment) { return bytes % segment < 36; };
  while (bytes > 1400 && (short_rest(1428) || short_rest(1440) || short_rest(1448) || short_rest(1460)))
    bytes += 36;
  say(turn, from, pause, make_message(Content::noise, salt_, step_, 0, bytes));
  return true;
}

bool Dialogue::ping(Turn& turn) {
  if (step_ >= 2 * rounds_) return false;
  const bool unanswered = step_ % 2 == 1 && random_.per_mille(30);
  if (unanswered) {
    ++step_;
    if (step_ >= 2 * rounds_) return false;
  }
  const std::uint32_t reply = step_ % 2;
  const std::int64_t pause = reply == 1 ? kMs / 20 : step_ == 0 ? 0 : kSecond;
  Message message = make_message(Content::echo, salt_, 0, 0, 56);
  message.b = step_ / 2 + 1;  // sequence number
  say(turn, reply, pause, message);
  return true;
}

}  // namespace flowloom::synth
