// Invented traffic: conversations of all profiles, merged by time. Only those that are open are in memory.
#include <algorithm>
#include <deque>
#include <limits>

#include "synth/profiles.hpp"
#include "synth/source.hpp"

namespace flowloom::synth {
namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kTinyFlows = 10'000, kTinyRounds = 10;

/// How many packets and flows the sessions will have.
SynthCounts foresee(std::vector<Session> sessions) {
  Outlet outlet;
  for (Session& session : sessions) {
    std::visit(
        [&](auto& s) {
          s.count_flows(outlet.counts);
          while (s.step(outlet)) {
          }
        },
        session);
  }
  return outlet.counts;
}

class Traffic : public PacketGenerator::Source {
 public:
  Traffic(std::vector<Profile> profiles, const SynthOptions& options);

  bool next(PacketWindow& window) override;
  [[nodiscard]] LinkType link_type() const override { return 1; }
  [[nodiscard]] bool nanoseconds() const override { return false; }
  [[nodiscard]] std::vector<std::pair<std::string_view, SynthCounts>> counts() const override;

 private:
  /// Something that is to happen: a session's next packet, or a profile's next conversation.
  struct Coming {
    std::int64_t time;
    std::uint64_t order;  ///< of what happens at the same time
    std::uint32_t profile;
    std::uint32_t session;  ///< kArrival: the profile's next conversation

    friend bool operator<(const Coming& a, const Coming& b) {  // for a heap with the earliest on top
      return a.time != b.time ? a.time > b.time : a.order > b.order;
    }
  };
  static constexpr std::uint32_t kArrival = 0xFFFFFFFF;

  void push(const Coming& coming);
  void arrive(const Coming& coming);
  void open(std::uint32_t profile, const Session& session);
  [[nodiscard]] bool exhausted(const Profile& profile) const;
  std::vector<Session> fitting(const Profile& profile, SynthCounts& planned) const;

  std::vector<Profile> profiles_;
  std::vector<Outlet> outlets_;  ///< by profile
  Budget left_;                  ///< for sessions that have not begun
  bool rounds_limited_;          ///< nothing else ends "tiny"
  std::vector<Coming> coming_;   ///< a heap
  std::deque<Session> sessions_;
  std::vector<std::uint32_t> free_;  ///< places in sessions_
  FrameWriter frames_;
  std::uint64_t number_ = 0, order_ = 0;
};

Traffic::Traffic(std::vector<Profile> profiles, const SynthOptions& options)
    : profiles_(std::move(profiles)),
      outlets_(profiles_.size()),
      left_{.packets = options.packets == 0 ? kUnlimited : options.packets,
            .flows = options.flows == 0 ? kUnlimited : options.flows},
      rounds_limited_(options.packets == 0) {
  for (std::uint32_t i = 0; i < profiles_.size(); ++i) {
    outlets_[i].frames = &frames_;
    outlets_[i].number = &number_;
    push({profiles_[i].time(), order_++, i, kArrival});
  }
}

void Traffic::push(const Coming& coming) {
  coming_.push_back(coming);
  std::push_heap(coming_.begin(), coming_.end());
}

bool Traffic::exhausted(const Profile& profile) const {
  return left_.packets == 0 || (profile.limited_by_flows() && left_.flows == 0) ||
         (rounds_limited_ && profile.rounds() == kTinyRounds);
}

/// The profile's next sessions, made shorter until there is room for them.
std::vector<Session> Traffic::fitting(const Profile& profile, SynthCounts& planned) const {
  constexpr unsigned kShrinks = 12;
  std::vector<Session> sessions;
  for (unsigned shrink = 0; shrink < kShrinks; ++shrink) {
    sessions.clear();
    profile.draw(shrink, left_, sessions);
    planned = foresee(sessions);
    // One conversation is not to take all that is left, unless it is short anyway.
    const std::uint64_t room = shrink < 6 ? std::max<std::uint64_t>(left_.packets / 4, 50) : left_.packets;
    if (profile.fits() || planned.packets <= std::min(room, left_.packets)) return sessions;
  }
  const std::uint64_t attempts = std::min<std::uint64_t>(left_.packets, Profile::kMostAttempts);
  sessions.clear();
  profile.draw_attempts(static_cast<std::uint32_t>(attempts), sessions);
  planned = foresee(sessions);
  return sessions;
}

void Traffic::arrive(const Coming& coming) {
  Profile& profile = profiles_[coming.profile];
  if (exhausted(profile)) return;
  SynthCounts planned;
  const std::vector<Session> sessions = fitting(profile, planned);
  for (const Session& session : sessions) open(coming.profile, session);
  if (left_.packets != kUnlimited) left_.packets -= planned.packets;
  if (left_.flows != kUnlimited && profile.limited_by_flows())
    left_.flows -= std::min(left_.flows, planned.flows);
  profile.advance(planned.packets);
  push({profile.time(), coming.order, coming.profile, kArrival});
}

void Traffic::open(std::uint32_t profile, const Session& session) {
  std::visit([&](const auto& s) { s.count_flows(outlets_[profile].counts); }, session);
  std::uint32_t place = 0;
  if (free_.empty()) {
    place = static_cast<std::uint32_t>(sessions_.size());
    sessions_.push_back(session);
  } else {
    place = free_.back();
    free_.pop_back();
    sessions_[place] = session;
  }
  push({std::visit([](const auto& s) { return s.time(); }, session), order_++, profile, place});
}

bool Traffic::next(PacketWindow& window) {
  frames_.start(window, kWindow);
  while (!coming_.empty() && frames_.has_room()) {
    std::pop_heap(coming_.begin(), coming_.end());
    Coming coming = coming_.back();
    coming_.pop_back();
    if (coming.session == kArrival) {
      arrive(coming);
      continue;
    }
    const bool goes_on = std::visit(
        [&](auto& session) {
          const bool more = session.step(outlets_[coming.profile]);
          coming.time = session.time();
          return more;
        },
        sessions_[coming.session]);
    if (goes_on) {
      push(coming);
    } else {
      free_.push_back(coming.session);
    }
  }
  return !window.packets.empty();
}

std::vector<std::pair<std::string_view, SynthCounts>> Traffic::counts() const {
  std::vector<std::pair<std::string_view, SynthCounts>> out;
  out.reserve(profiles_.size());
  for (std::size_t i = 0; i < profiles_.size(); ++i)
    out.emplace_back(profiles_[i].name(), outlets_[i].counts);
  return out;
}

}  // namespace

Result<std::unique_ptr<PacketGenerator::Source>> open_traffic(const SynthOptions& options) {
  if (options.packets == 0 && options.flows == 0) {
    return Error{ErrorCode::usage, "a number of packets or of flows is needed"};
  }
  const auto known = synth_profiles();
  std::vector<Profile> profiles;
  std::vector<bool> added(known.size(), false);
  const auto add = [&](std::size_t kind) {
    if (added[kind]) return;
    added[kind] = true;
    profiles.emplace_back(static_cast<Kind>(kind), options.seed,
                          options.flows == 0 ? kTinyFlows : options.flows);
  };
  for (std::size_t kind = 0; kind < known.size(); ++kind) {
    if (options.profiles.empty() && known[kind].by_default) add(kind);
  }
  for (const std::string& name : options.profiles) {
    const auto found = std::ranges::find(known, std::string_view(name), &SynthProfile::name);
    if (found == known.end()) return Error{ErrorCode::usage, "there is no profile \"" + name + "\""};
    add(static_cast<std::size_t>(found - known.begin()));
  }
  return std::unique_ptr<PacketGenerator::Source>(std::make_unique<Traffic>(std::move(profiles), options));
}

}  // namespace flowloom::synth
