#include "engine/packet_run.hpp"

#include <algorithm>
#include <new>
#include <thread>

#include "base/threads.hpp"
#include "capture/problems.hpp"
#include "dissect/frame_origin.hpp"

namespace flowloom {
namespace {

/// Windows in flight: enough that no thread waits for another's window, few enough to stay in the caches.
std::size_t slots_for(unsigned threads) { return threads == 1 ? 1 : 3 * std::size_t{threads}; }

}  // namespace

PacketRun::PacketRun(RunInput& run, std::vector<std::string> captures, const MakeLane& make_lane)
    : run_(run), captures_(std::move(captures)), slots_(slots_for(run.threads())), allowed_(run.left()) {
  for (Slot& slot : slots_) slot.lane = make_lane();
}

Result<PacketRunOutcome> PacketRun::run() {
  for (Slot& slot : slots_) {
    auto made = run_.make_filter();
    if (!made) return made.error();
    slot.filter = std::move(*made);
  }
  {
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < run_.threads() && try_start(helpers, [this] { work_along(); }); ++i) {
    }
    work_along();
  }
  if (thrown_) std::rethrow_exception(thrown_);
  if (failed_) return *failed_;
  return std::move(outcome_);
}

bool PacketRun::done() const {
  if (failed_ || thrown_ != nullptr) return true;
  if (sequencing_ || emitting_ || emitted_ != sequenced_) return false;
  if (stopped_) return true;
  const bool all_claimed =
      next_capture_ == captures_.size() && !claiming_ && (input_ == nullptr || input_->all_claimed);
  return all_claimed && sequenced_ == next_;
}

void PacketRun::work_along() {
  Lock lock(mutex_);
  try {
    while (!done()) {
      // What frees memory first.
      if (try_emit(lock) || try_work(lock) || try_sequence(lock) || try_read(lock)) continue;
      changed_.wait(lock);
    }
  } catch (...) {  // run() throws it again, from the caller's thread
    if (!lock.owns_lock()) lock.lock();
    if (!thrown_) thrown_ = std::current_exception();
  }
  changed_.notify_all();
}

void PacketRun::fail(Lock& lock, Error error) {
  if (!lock.owns_lock()) lock.lock();
  if (!failed_) failed_ = std::move(error);
  changed_.notify_all();
}

bool PacketRun::try_emit(Lock& lock) {
  if (emitting_ || emitted_ == sequenced_ || slot_of(emitted_).state != State::worked) return false;
  Slot& slot = slot_of(emitted_);
  emitting_ = true;
  lock.unlock();
  Result<> emitted;
  if (!slot.window.packets.empty()) emitted = slot.lane->emit(slot.made());
  lock.lock();
  emitting_ = false;
  slot.input.reset();
  slot.state = State::free;
  ++emitted_;
  if (!emitted) fail(lock, emitted.error());
  changed_.notify_all();
  return true;
}

bool PacketRun::try_work(Lock& lock) {
  for (std::uint64_t index = emitted_; index != sequenced_; ++index) {
    Slot& slot = slot_of(index);
    if (slot.state != State::ready) continue;
    slot.state = State::working;
    lock.unlock();
    Result<> worked;
    if (!slot.window.packets.empty()) worked = slot.lane->work(slot.made());
    lock.lock();
    slot.state = State::worked;
    if (!worked) fail(lock, worked.error());
    changed_.notify_all();
    return true;
  }
  return false;
}

bool PacketRun::try_sequence(Lock& lock) {
  if (sequencing_ || stopped_ || sequenced_ == next_ || slot_of(sequenced_).state != State::read)
    return false;
  Slot& slot = slot_of(sequenced_);
  sequencing_ = true;
  lock.unlock();
  sequence(slot);
  lock.lock();
  sequencing_ = false;
  Input& input = *slot.input;
  if (input.windows && !input.ended && !slot.error) input.state = slot.piece.after;
  ++input.sequenced;
  if (slot.error && slot.error->code == ErrorCode::usage) fail(lock, *slot.error);
  input.ended = input.ended || slot.error || slot.piece.end;
  input.all_claimed = input.all_claimed || input.ended;
  slot.state = State::ready;
  ++sequenced_;
  stopped_ = stopped_ || run_.stopping();
  changed_.notify_all();
  return true;
}

/// Settles a window once all before it are: verifies where it begins, numbers its packets.
void PacketRun::sequence(Slot& slot) {
  Input& input = *slot.input;
  auto& packets = slot.window.packets;
  if (input.ended) {  // it was read ahead, but the capture is damaged before it
    packets.clear();
    slot.error.reset();
    return;
  }
  if (input.windows && (slot.piece.first != input.state.offset || slot.version != input.state.version)) {
    read_window(slot, input.state, true);
  }
  if (slot.index == 0 && !slot.unreadable) ++outcome_.captures_read;
  if (slot.error) {
    packets.clear();
    if (slot.error->code != ErrorCode::usage) outcome_.problems.push_back({*slot.error, slot.unreadable});
    return;
  }
  if (const auto& damage = slot.piece.damage)
    outcome_.problems.push_back({damage_of(input.path, *damage), false});
  if (input.packets == 0 && !packets.empty())
    input.context = {packets.front().time.ns, packets.front().time.ns, slot.window.numbered_interfaces};
  slot.context = input.context;
  set_origin(slot.context, slot.window);
  slot.theirs.clear();
  if (input.tshark != nullptr) ask_tshark(slot);
  for (RawPacket& packet : packets) packet.number = ++input.packets;
  if (!packets.empty()) input.context.previous_time = packets.back().time.ns;
  outcome_.packets += packets.size();
  run_.advance(slot.bytes, slot.read);
  const bool last = slot.piece.end || (input.windows && slot.index + 1 == input.windows->windows());
  if (input.tshark == nullptr || !last) return;
  using enum TsharkRun::Extent;
  const auto read = slot.piece.damage ? damaged : run_.options().limit != 0 ? part : whole;
  if (auto problem = input.tshark->end(read)) outcome_.problems.push_back({std::move(*problem), false});
  input.tshark.reset();
}

/// What it says of the window's packets.
void PacketRun::ask_tshark(Slot& slot) {
  Input& input = *slot.input;
  for (const RawPacket& packet : slot.window.packets) {
    const TsharkFrame* theirs = input.tshark->at(slot.window.place_of(packet));
    slot.theirs.push_back(theirs != nullptr ? *theirs : TsharkFrame());
  }
}

bool PacketRun::try_read(Lock& lock) {
  if (stopped_ || claiming_ || slot_of(next_).state != State::free) return false;
  const bool opens = input_ == nullptr || input_->all_claimed;
  if (opens) {
    if (next_capture_ == captures_.size()) return false;
  } else if (input_->windows && input_->windows->format() == CaptureFormat::pcapng &&
             input_->sequenced == 0) {
    return false;  // the first blocks of a pcapng say what the others mean
  }
  Slot& slot = slot_of(next_++);
  slot.state = State::reading;
  slot.error.reset();
  slot.unreadable = false;
  slot.window.packets.clear();
  claiming_ = true;
  if (opens) {
    std::string path = captures_[next_capture_++];
    lock.unlock();
    open_input(slot, std::move(path));
    lock.lock();
    input_ = slot.input;
    changed_.notify_all();
  }
  slot.input = input_;
  Input& input = *input_;
  slot.index = input.claimed++;
  const bool sure = slot.index == input.sequenced;
  if (input.windows) {
    input.all_claimed = input.claimed == input.windows->windows();
    claiming_ = false;
    const WindowReader::State state = input.state;
    lock.unlock();
    read_window(slot, state, sure);
    lock.lock();
  } else {
    lock.unlock();
    if (input.sequential) read_next(slot);
    lock.lock();
    input.all_claimed = input.all_claimed || slot.piece.end || slot.error;
    claiming_ = false;
  }
  slot.state = State::read;
  changed_.notify_all();
  return true;
}

/// A capture that cannot be opened is one window with an error.
void PacketRun::open_input(Slot& slot, std::string path) {
  slot.input = std::make_shared<Input>();
  Input& input = *slot.input;
  input.path = std::move(path);
  slot.piece = {};
  slot.piece.end = true;
  slot.bytes = slot.read = 0;
  slot.unreadable = true;
  if (run_.threads() > 1 && run_.options().limit == 0) {
    auto windows = WindowReader::open(input.path, kWindow);
    if (!windows) {
      slot.error = windows.error();
      return;
    }
    input.windows = std::move(*windows);
  }
  if (input.windows) {
    input.state = input.windows->begin();
  } else {
    auto reader = CaptureReader::open(input.path, {.window = kWindow});
    if (!reader) {
      slot.error = reader.error();
      return;
    }
    input.sequential.emplace(std::move(*reader));
  }
  slot.unreadable = false;
  if (run_.question() == nullptr || run_.question()->tshark() == nullptr) return;
  auto tshark = TsharkRun::start(run_.question()->tshark(), input.path, run_.reads_all(),
                                 [this] { return run_.asked_to_go_on(); });
  if (tshark) {
    input.tshark = std::move(*tshark);
  } else {
    slot.error = tshark.error();
    input.windows.reset();
    input.sequential.reset();
    slot.unreadable = true;
  }
}

void PacketRun::read_window(Slot& slot, const WindowReader::State& state, bool sure) {
  const WindowReader& windows = *slot.input->windows;
  auto piece = windows.read(slot.index, state, sure, slot.window);
  slot.version = state.version;
  slot.bytes = std::min(windows.size() - slot.index * kWindow, std::uint64_t{kWindow});
  slot.error.reset();
  if (!piece) {
    slot.error = piece.error();
    return;
  }
  slot.piece = std::move(*piece);
  filter(slot);
}

void PacketRun::read_next(Slot& slot) {
  CaptureReader& reader = *slot.input->sequential;
  const auto more = reader.next(slot.window);
  auto& packets = slot.window.packets;
  slot.piece = {};
  if (!more) {
    slot.error = more.error();
    return;
  }
  if (!*more) packets.clear();
  if (packets.size() > allowed_) packets.resize(static_cast<std::size_t>(allowed_));
  allowed_ -= packets.size();
  slot.piece.end = !*more || allowed_ == 0;
  if (!*more) slot.piece.damage = reader.damage();
  slot.bytes = reader.position() - slot.input->position;
  slot.input->position = reader.position();
  filter(slot);
}

void PacketRun::filter(Slot& slot) {
  slot.read = slot.window.packets.size();
  if (auto left_out = leave_out(run_, slot.filter, slot.window.packets); !left_out)
    slot.error = left_out.error();
}

}  // namespace flowloom
