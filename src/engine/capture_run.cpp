#include "engine/capture_run.hpp"

#include <algorithm>
#include <new>
#include <thread>

#include "base/threads.hpp"
#include "capture/problems.hpp"

namespace flowloom {
namespace {

/// Windows in flight: enough that no thread waits for another's window, few enough to stay in the caches.
std::size_t slots_for(unsigned threads) { return threads == 1 ? 1 : 5 * std::size_t{threads}; }

/// Plain captures up to this size are read by one thread each.
constexpr std::uint64_t kSmallCapture = 4 * 1024 * 1024;

/// One thread needs no partitions; where flows depend on packets of other keys, all must be in one.
unsigned partitions_for(unsigned threads, const TrackOptions& options) {
  return options.whole() ? 1 : threads;
}

}  // namespace

CaptureRun::CaptureRun(RunInput& run, const TrackOptions& options, unsigned threads)
    : run_(run),
      options_(options),
      threads_(threads),
      slots_(slots_for(threads)),
      buffers_(threads),
      fragments_(run.seed()) {
  set_partitions(partitions_for(threads, options));
}

void CaptureRun::set_partitions(unsigned partitions) {
  trackers_.clear();
  for (unsigned p = 0; p < partitions; ++p) trackers_.emplace_back(options_);
  for (Slot& slot : slots_) {
    slot.places.clear();
    slot.in_part.assign(partitions, 0);
    slot.flows.resize(partitions);
  }
}

void CaptureRun::show(PacketKeeper* keeper, bool one_partition) {
  keeper_ = keeper;
  fragments_.tell(keeper != nullptr ? &waits_ : nullptr);
  const unsigned partitions = one_partition ? 1 : partitions_for(threads_, options_);
  if (trackers_.size() != partitions) set_partitions(partitions);
}

/// Forgets the capture before.
Result<> CaptureRun::begin() {
  for (Tracker& tracker : trackers_) tracker.reset();
  for (Slot& slot : slots_) {
    slot.state = State::free;
    slot.work.origins = {};
  }
  fragments_.reset();
  windows_.reset();
  if (sequential_) last_ = std::exchange(sequential_, std::nullopt);
  joined_.reset();
  tshark_.reset();
  outcome_ = {};
  damage_.reset();
  first_time_digits_.reset();
  usage_error_.reset();
  position_ = packets_ = records_ = next_read_ = sequenced_ = 0;
  state_ = {};
  place_ = {};
  tracked_.assign(trackers_.size(), 0);
  busy_.assign(trackers_.size(), false);
  reading_ = sequencing_ = ended_ = last_window_read_ = false;
  thrown_ = nullptr;
  allowed_ = run_.left();
  for (Slot& slot : slots_) {
    if (const PacketQuestion* question = run_.question(); question != nullptr && !slot.work.choice)
      slot.work.choice.emplace(*question);
    if (slot.work.filter) continue;
    auto filter = run_.make_filter();
    if (!filter) return filter.error();
    slot.work.filter = std::move(*filter);
  }
  return {};
}

Result<CaptureOutcome> CaptureRun::read(const std::string& path, const ReadHow& how) {
  if (auto begun = begin(); !begun) return begun.error();
  const bool follow = run_.options().follow;
  if (threads_ > 1 && run_.options().limit == 0 && !follow) {
    auto windows = WindowReader::open(path, kWindow);
    if (!windows) return windows.error();
    windows_ = std::move(*windows);
  }
  if (windows_) {
    state_ = windows_->begin();
  } else {
    CaptureReader::Options options = {.window = kWindow, .ahead = run_.threads() > 1 && !follow};
    if (follow) options.follow = [this] { return wait_for_more(); };
    auto before = std::exchange(last_, std::nullopt);
    auto reader = how.file != nullptr ? CaptureReader::open(*how.file, path, options, std::move(before))
                                      : CaptureReader::open(path, options, std::move(before));
    if (how.unchecked && holds_no_capture(reader)) {
      return CaptureOutcome{.captures_read = 0, .skipped = {path}, .problems = {}};
    }
    if (!reader) return reader.error();
    // Several threads share the reading of plain ones. With flows by end, what is read before its turn is
    // kept until then, and compressed ones may be of any size.
    const bool plain = reader->compression() == Compression::none;
    if (how.among_others && (plain ? reader->size() > kSmallCapture : options_.by_end)) {
      return CaptureOutcome{.captures_read = 0, .put_off = true, .skipped = {}, .problems = {}};
    }
    sequential_.emplace(std::move(*reader));
  }
  path_ = path;
  if (asks_tshark()) {
    tshark_.emplace(run_, std::vector{path});
    if (auto started = tshark_->start(0); !started) return started.error();
  }
  return run();
}

/// Called by who reads a followed file, when all of it was read. False: no more is wanted.
bool CaptureRun::wait_for_more() {
  run_.advance(0, 0);  // so that the caller of the run can ask it to stop
  Lock lock(mutex_);
  // Not while another thread still tracks: this is called again.
  const bool tracked = sequenced_ + 1 == next_read_ && tracked_[0] == sequenced_ && !busy_[0];
  if (sink_ != nullptr && tracked) {
    busy_[0] = true;
    lock.unlock();
    sink_->caught_up();
    lock.lock();
    busy_[0] = false;
    changed_.notify_all();
  }
  return !run_.stopping();
}

Result<CaptureOutcome> CaptureRun::read_joined(const CaptureList& captures) {
  if (auto begun = begin(); !begun) return begun.error();
  joined_.emplace(captures, kWindow, run_.threads() > 1);
  if (asks_tshark()) tshark_.emplace(run_, captures.paths);
  outcome_.first = joined_->first();
  first_time_digits_ = joined_->time_digits();
  return run();
}

Result<CaptureOutcome> CaptureRun::run() {
  {
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < threads_ && try_start(helpers, [this, i] { work(i); }); ++i) {
    }
    run_.under_way();
    work(0);
  }
  if (thrown_) std::rethrow_exception(thrown_);
  if (usage_error_) return *usage_error_;
  if (joined_) {
    outcome_.time_digits = joined_->time_digits();
    outcome_.captures_read = joined_->captures_read();
    outcome_.skipped = joined_->skipped();
    outcome_.problems = joined_->problems();
  } else {
    outcome_.time_digits = sequential_ ? time_digits(sequential_->interfaces()) : time_digits(interfaces());
    if (sequential_) damage_ = sequential_->damage();
    const bool wanted = run_.left() != 0;  // what comes behind the last packet that may be read
    if (damage_ && wanted) outcome_.problems.push_back({damage_of(path_, *damage_), false});
    if (tshark_ && run_.options().limit == 0) tshark_->end(0, !damage_);
  }
  if (tshark_) tshark_->end_all(outcome_.problems);
  tshark_.reset();
  outcome_.fates[static_cast<std::size_t>(Fate::fragments_waiting)] += fragments_.unclaimed();
  Tracker::settle_streams(trackers_);
  for (Tracker& tracker : trackers_) tracker.finish();
  return std::move(outcome_);
}

void CaptureRun::work(unsigned thread) {
  Lock lock(mutex_);
  const auto done = [&] {
    return thrown_ != nullptr ||
           (ended_ && !sequencing_ &&
            std::all_of(tracked_.begin(), tracked_.end(), [&](auto t) { return t == sequenced_; }));
  };
  try {
    while (!done()) {
      // What frees memory first.
      // A partition's flows stay in one core's cache as long as both have something to do.
      if (try_sequence(lock) || try_track(lock, thread, 1) || try_read(lock, thread) ||
          try_track(lock, thread, trackers_.size())) {
        continue;
      }
      changed_.wait(lock);
    }
  } catch (...) {  // read() throws it again, from the caller's thread
    if (!lock.owns_lock()) lock.lock();
    if (!thrown_) thrown_ = std::current_exception();
    changed_.notify_all();
  }
}

bool CaptureRun::try_track(Lock& lock, unsigned thread, std::size_t partitions) {
  for (std::size_t i = 0; i < partitions; ++i) {
    const std::size_t p = (thread + i) % trackers_.size();
    if (busy_[p] || tracked_[p] == sequenced_) continue;
    Slot& slot = slot_of(tracked_[p]);
    busy_[p] = true;
    lock.unlock();
    const bool go_on = track(p, slot);
    lock.lock();
    if (!go_on) ended_ = true;
    busy_[p] = false;
    ++tracked_[p];
    if (--slot.pending == 0) slot.state = State::free;
    changed_.notify_all();
    return true;
  }
  return false;
}

/// False if the keeper wants no more.
bool CaptureRun::track(std::size_t partition, Slot& slot) {
  Tracker& tracker = trackers_[partition];
  const auto which = slot.part(partition);
  if (keeper_ != nullptr) {
    tracker.track_telling(slot.work.batch, which, slot.flows[partition]);
    return keeper_->keep(partition, slot.work, which, slot.flows[partition]);
  }
  if (trackers_.size() == 1) {
    tracker.track(slot.work.batch);
  } else {
    tracker.track(slot.work.batch, which);
  }
  return true;
}

bool CaptureRun::try_read(Lock& lock, unsigned thread) {
  if (ended_ || last_window_read_ || slot_of(next_read_).state != State::free) return false;
  if (windows_) {
    if (next_read_ == windows_->windows()) return false;
    // The first blocks of a pcapng say what the others mean.
    if (windows_->format() == CaptureFormat::pcapng && next_read_ != 0 && sequenced_ == 0) return false;
  } else if (reading_) {
    return false;
  }
  const std::uint64_t index = next_read_++;
  Slot& slot = slot_of(index);
  slot.state = State::reading;
  slot.error.reset();
  if (windows_) {
    const bool sure = index == sequenced_;
    const WindowReader::State state = state_;
    lock.unlock();
    const bool passing = keeper_ == nullptr && !slot.work.choice;
    if (passing) std::swap(slot.work.window.buffer, buffers_[thread]);
    read_window(slot, index, state, sure);
    walk(slot);
    if (passing) std::swap(slot.work.window.buffer, buffers_[thread]);
  } else {
    reading_ = true;
    lock.unlock();
    read_next(slot);
    lock.lock();
    reading_ = false;
    last_window_read_ = slot.piece.end;
    changed_.notify_all();
    lock.unlock();
    walk(slot);
  }
  lock.lock();
  slot.state = State::walked;
  changed_.notify_all();
  return true;
}

void CaptureRun::walk(Slot& slot) {
  if (slot.error) return;
  if (auto walked = walk_window(run_, slot.work); !walked) slot.error = walked.error();
  divide(slot);
}

void CaptureRun::read_window(Slot& slot, std::uint64_t index, const WindowReader::State& state, bool sure) {
  auto piece = windows_->read(index, state, sure, slot.work.window);
  if (piece) {
    slot.piece = std::move(*piece);
    note_time_digits(slot);
  } else {
    slot.error = piece.error();
  }
  slot.version = state.version;
  slot.bytes = std::min(windows_->size() - index * kWindow, std::uint64_t{kWindow});
}

void CaptureRun::read_next(Slot& slot) {
  const PacketQuestion* const question = run_.question();
  auto* const origins = question != nullptr && question->needs_origins() ? &slot.work.origins : nullptr;
  const auto more = joined_ ? Result<bool>(joined_->next(slot.work.window, origins, allowed_))
                            : sequential_->next(slot.work.window);
  slot.piece = {};
  if (!more) {
    slot.error = more.error();
    slot.piece.end = true;
  } else {
    auto& packets = slot.work.window.packets;
    if (!*more) packets.clear();
    if (packets.size() > allowed_) {
      packets.resize(static_cast<std::size_t>(allowed_));
      slot.work.origins.ends.clear();
    }
    allowed_ -= packets.size();
    slot.piece.end = !*more || allowed_ == 0 || (sequential_ && sequential_->at_end());
    if (sequential_) note_time_digits(slot);
  }
  const std::uint64_t position = joined_ ? joined_->position() : sequential_->position();
  slot.bytes = position - position_;
  position_ = position;
}

std::vector<Interface> CaptureRun::interfaces() const {
  if (sequential_) return sequential_->interfaces();
  const auto& notes = state_.sections.notes;
  return notes != nullptr ? notes->described() : std::vector<Interface>();
}

/// Decimals of a second of the window's first packet.
void CaptureRun::note_time_digits(Slot& slot) {
  const auto& packets = slot.work.window.packets;
  slot.time_digits.reset();
  if (packets.empty()) return;
  slot.time_digits = slot.work.window.notes->interfaces[packets.front().interface].time_digits;
}

/// Which records each partition tracks.
void CaptureRun::divide(Slot& slot) const {
  const std::uint64_t partitions = trackers_.size();
  if (partitions == 1 && keeper_ == nullptr) return;
  const auto& records = slot.work.batch.records;
  std::size_t room = slot.places.size() / partitions;
  if (room < records.size()) {
    room = records.size();
    slot.places.resize(room * partitions);
  }
  std::ranges::fill(slot.in_part, 0);
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    // The upper half, as a fraction of 1, says which part. Without a branch: nobody can predict it.
    const std::size_t part = (records[i].hash >> 32) * partitions >> 32;
    slot.places[part * room + slot.in_part[part]++] = slot.work.batch.place_of(i);
  }
}

bool CaptureRun::try_sequence(Lock& lock) {
  if (sequencing_ || ended_ || slot_of(sequenced_).state != State::walked) return false;
  Slot& slot = slot_of(sequenced_);
  const std::uint64_t index = sequenced_;
  sequencing_ = true;
  lock.unlock();
  sequence(slot, index);
  const bool go_on = keeper_ == nullptr || keeper_->settled(slot.work, waits_);
  waits_ = {};
  lock.lock();
  sequencing_ = false;
  if (windows_ && !slot.error) state_ = slot.piece.after;
  slot.state = State::sequenced;
  slot.pending = trackers_.size();
  ++sequenced_;
  ended_ = ended_ || !go_on || slot.error || slot.piece.end || run_.stopping() ||
           (windows_ && sequenced_ == windows_->windows());
  changed_.notify_all();
  return true;
}

/// Asks the run's question of a window once all before it are settled.
void CaptureRun::choose(PacketWork& work) {
  PacketChoice::Answer answer;
  if (joined_ && tshark_) {
    answer = [&](const RawPacket& packet) {
      const JoinedReader::Origins::Place& place = work.origins.of(packet);
      return tshark_->at(place.capture, place.offset);
    };
  } else if (tshark_) {
    answer = [&](const RawPacket& packet) { return tshark_->at(0, work.window.place_of(packet)); };
  }
  work.choice->choose(work.window, place_, work.batch, work.origins, answer);
  if (!joined_ || !tshark_) return;
  for (const auto& [capture, whole] : work.origins.ends) tshark_->end(capture, whole);
}

/// Settles a window once all before it are: verifies where it begins, numbers its packets, resolves its
/// fragments.
void CaptureRun::sequence(Slot& slot, std::uint64_t index) {
  if (windows_ && !slot.error && (slot.piece.first != state_.offset || slot.version != state_.version)) {
    read_window(slot, index, state_, true);
    walk(slot);
  }
  if (slot.error) {
    if (slot.error->code == ErrorCode::usage) {
      usage_error_ = slot.error;
    } else {
      outcome_.problems.push_back({*slot.error, false});
    }
    slot.work.batch.clear();
    divide(slot);
    return;
  }
  if (!first_time_digits_) first_time_digits_ = slot.time_digits;
  PacketBatch& batch = slot.work.batch;
  if (slot.work.choice && run_.question()->needs_order()) choose(slot.work);
  batch.number_base = windows_ ? packets_ : 0;  // CaptureReader numbers packets through
  batch.record_base = records_;
  if (!batch.fragments.empty()) {
    fragments_.resolve(batch);
    divide(slot);
  }
  packets_ += slot.work.read;
  records_ += batch.records.size();
  for (std::size_t i = 0; i < kFates; ++i) outcome_.fates[i] += batch.fates[i];
  if (windows_) damage_ = slot.piece.damage;
  run_.advance(slot.bytes, slot.work.read);
}

}  // namespace flowloom
