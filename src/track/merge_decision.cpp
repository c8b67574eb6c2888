// Which stretches of a key are one flow, once all that came before them is there.
#include <algorithm>
#include <map>
#include <set>

#include "track/merge.hpp"

namespace flowloom {

class FlowPart::Decision {
 public:
  explicit Decision(FlowPart& part)
      : part_(part),
        tracker_(part.tracker_),
        stretches_(tracker_.flows_.size()),
        flow_of_(stretches_, kNone),
        first_of_(stretches_, kNone),
        newest_of_(stretches_, kNone),
        quoted_(part.undecided_.size(), kNone) {}

  void join_stretches();
  void place_errors();
  void number_streams();
  void put_in_order();

 private:
  std::uint32_t decide_stretch(std::uint32_t number);
  void decide_split(std::uint32_t number, const Encapsulation& wrap);
  std::uint32_t own_flow(const Undecided& held);
  void absorb(std::uint32_t first, std::uint32_t later);
  void renumber(Tracker::Streams& streams, bool tcp);

  FlowPart& part_;
  Tracker& tracker_;
  std::uint32_t stretches_;                 ///< with what hangs from them
  std::vector<std::uint32_t> flow_of_;      ///< stretch → flow
  std::vector<std::uint32_t> first_of_;     ///< stretch → the key's first stretch
  std::vector<std::uint32_t> newest_of_;    ///< the key's first stretch → its newest flow
  std::vector<std::uint32_t> quoted_;       ///< undecided error → flow that it quotes
  std::map<Place, std::uint32_t> current_;  ///< with --key: the newest flow
};

/// In order of their begins, so that what a key's earlier stretches are is known.
void FlowPart::Decision::join_stretches() {
  std::vector<const Encapsulation*> wraps(stretches_);
  for (const auto& [place, number] : part_.splits_) wraps[number] = &place.second;
  const auto& held = part_.undecided_;
  std::vector<std::uint32_t> errors(held.size());
  for (std::uint32_t i = 0; i < errors.size(); ++i) errors[i] = i;
  std::sort(errors.begin(), errors.end(), [&](auto x, auto y) { return held[x].stretch < held[y].stretch; });
  auto error = errors.begin();
  for (std::uint32_t number = 0; number < stretches_; ++number) {
    if (tracker_.flows_[number].anchor != kNone) {
      decide_split(number, *wraps[number]);
      continue;
    }
    const std::uint32_t continued = decide_stretch(number);
    for (; error != errors.end() && held[*error].stretch == number; ++error) {
      quoted_[*error] = continued;
      if (!part_.keyed()) continue;
      const auto known = current_.find({first_of_[number], held[*error].wrap});
      quoted_[*error] = known != current_.end() ? known->second : kNone;
    }
  }
  // A flow of --key that never saw its stream's number takes the newest.
  for (std::uint32_t number = 0; number < stretches_; ++number) {
    std::uint32_t& anchor = tracker_.flows_[number].anchor;
    if (anchor != kNone) anchor = newest_of_[first_of_[anchor]];
  }
}

/// Wireshark's rule, see Tracker::starts_new_stream. Returns the flow with packets that goes on here, if any.
std::uint32_t FlowPart::Decision::decide_stretch(std::uint32_t number) {
  const Stretch& stretch = part_.stretch(number);
  flow_of_[number] = number;
  first_of_[number] = stretch.previous == kNone ? number : first_of_[stretch.previous];
  newest_of_[first_of_[number]] = number;
  if (stretch.previous == kNone) return kNone;
  const std::uint32_t before = flow_of_[stretch.previous];
  Flow& flow = tracker_.flows_[before];
  const unsigned d = stretch.opening_direction;
  if (stretch.opened && flow.base_set[d] && flow.base_seq[d] != stretch.opening_seq) {
    flow.reason = EndReason::port_reuse;
    return kNone;
  }
  const std::uint32_t continued = flow.has_packets() ? before : kNone;
  flow_of_[number] = newest_of_[first_of_[number]] = before;
  absorb(before, number);
  return continued;
}

/// With --key: a new stream cuts at the flow's next packet.
void FlowPart::Decision::decide_split(std::uint32_t number, const Encapsulation& wrap) {
  Flow& flow = tracker_.flows_[number];
  const std::uint32_t stream = tracker_.flows_[flow_of_[flow.anchor]].stream;
  flow.stream = settled_stream(flow.stream, tracker_.flows_[flow.anchor].stream, stream);
  const auto [entry, is_new] = current_.try_emplace({first_of_[flow.anchor], wrap}, number);
  if (is_new) return;
  Flow& current = tracker_.flows_[entry->second];
  if (current.stream != kNone && current.stream != stream) {
    current.reason = EndReason::port_reuse;
    entry->second = number;
    return;
  }
  absorb(entry->second, number);
}

void FlowPart::Decision::absorb(std::uint32_t first, std::uint32_t later) {
  Flow& rest = tracker_.flows_[later];
  part_.join(first, rest, part_.stretch(later));
  rest.packets[0] = rest.packets[1] = 0;
}

/// Into the flow that they quote if it had packets then, else into flows of their own, which other errors may
/// quote.
void FlowPart::Decision::place_errors() {
  std::set<Place> received;
  for (std::size_t i = 0; i < part_.undecided_.size(); ++i) {
    const Undecided& held = part_.undecided_[i];
    std::uint32_t quoted = quoted_[i];
    if (quoted == kNone && received.contains({held.stretch, held.wrap})) {
      quoted = part_.keyed() ? current_.at({held.stretch, held.wrap}) : held.stretch;
    }
    if (quoted != kNone) {
      part_.append_held(quoted, held, held.direction);
      continue;
    }
    std::uint32_t own = part_.find(held.error);  // not TCP: the key has one stretch
    received.emplace(own, held.wrap);
    if (part_.keyed()) {
      const auto [entry, is_new] = current_.try_emplace({own, held.wrap}, kNone);
      if (is_new) entry->second = part_.split(own, held.wrap);
      own = entry->second;
    }
    part_.append_held(own, held, held.error.direction);
  }
}

void FlowPart::Decision::number_streams() {
  renumber(tracker_.tcp_, true);
  renumber(tracker_.udp_, false);
}

/// Takes out the numbers of stretches that were no streams of their own.
void FlowPart::Decision::renumber(Tracker::Streams& streams, bool tcp) {
  constexpr std::uint32_t kUsed = 0;
  std::vector<std::uint32_t> numbers(streams.born.size(), kNone);
  for (std::uint32_t i = 0; i < stretches_; ++i) {
    const Flow& flow = tracker_.flows_[i];
    if (flow_of_[i] == i && flow.stream != kNone && (flow.key.protocol == ip_proto::tcp) == tcp) {
      numbers[flow.stream] = kUsed;
    }
  }
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] == kNone) continue;
    streams.born[next] = streams.born[i];
    numbers[i] = next++;
  }
  streams.born.resize(next);
  streams.count = next;
  for (std::uint32_t i = 0; i < stretches_; ++i) {
    Flow& flow = tracker_.flows_[i];
    if (flow.stream != kNone && (flow.key.protocol == ip_proto::tcp) == tcp)
      flow.stream = numbers[flow.stream];
  }
}

void FlowPart::Decision::put_in_order() {
  tracker_.order_.clear();
  for (std::uint32_t i = 0; i < tracker_.flows_.size(); ++i) {
    if (tracker_.flows_[i].has_packets()) tracker_.order_.push_back(i);
  }
  tracker_.unordered_ = true;
  tracker_.finish();
}

Tracker FlowPart::finish() && {
  Decision decision(*this);
  decision.join_stretches();
  decision.place_errors();
  decision.number_streams();
  decision.put_in_order();
  return std::move(tracker_);
}

}  // namespace flowloom
