#include "engine/capture_pool.hpp"

#include <algorithm>
#include <new>
#include <numeric>

#include "base/threads.hpp"

namespace flowloom {
namespace {

std::uint64_t packets_in(const ReadCapture& capture) {
  if (!capture.outcome) return 0;
  const auto& fates = capture.outcome->fates;
  return std::accumulate(fates.begin(), fates.end(), std::uint64_t{0});
}

}  // namespace

CapturePool::CapturePool(RunInput& run, const TrackOptions& options, CaptureList captures, bool join,
                         std::optional<RowOptions> rows)
    : run_(run),
      options_(options),
      captures_(std::move(captures)),
      join_(join),
      rows_(std::move(rows)),
      ahead_(4 * std::size_t{run.threads()}) {}

CapturePool::~CapturePool() = default;

ReadCapture* CapturePool::next() {
  give_back();
  if (next_ == captures_.paths.size() || (next_ != 0 && run_.stopping())) return nullptr;
  if (join_ && captures_.paths.size() > 1) return read_joined();
  if (run_.options().limit != 0 || captures_.paths.size() == 1) return read_here(next_++);
  if (run_.threads() == 1) {
    const std::size_t index = next_++;
    return read_here(index, desk_.files.take(captures_, index, captures_.paths.size()));
  }
  if (piece_ == nullptr || piece_->given == piece_->captures.size()) {
    Lock lock(mutex_);
    while (helpers_.size() + 1 < run_.threads() &&
           try_start(helpers_, [this](const std::stop_token& stop) { work(stop); })) {
    }
    await_piece(lock);
  }
  given_ = &piece_->captures[piece_->given++];
  const bool last = piece_->given == piece_->captures.size();
  next_ = last ? piece_->behind : piece_->captures[piece_->given].index;
  if (given_->outcome && given_->outcome->put_off) return read_here(given_->index);
  return given_;
}

/// Keeps the memory of the capture that was given out last for others.
void CapturePool::give_back() {
  ReadCapture* const given = std::exchange(given_, nullptr);
  if (given == nullptr || given->run == nullptr) return;
  if (given == &here_) {
    large_ = std::move(given->run);
    return;
  }
  const std::lock_guard lock(mutex_);
  idle_runs_.push_back(std::move(given->run));
}

/// Takes the first piece; works along until it is there.
void CapturePool::await_piece(Lock& lock) {
  if (piece_ != nullptr) idle_pieces_.push_back(std::move(piece_));
  while (pieces_.empty() || pieces_.front()->state != Piece::State::read) {
    if (thrown_) std::rethrow_exception(thrown_);
    if (pieces_.empty() || pieces_.front()->state == Piece::State::unclaimed || may_claim()) {
      read_claimed(lock, desk_);
    } else {
      changed_.wait(lock);
    }
  }
  piece_ = std::move(pieces_.front());
  pieces_.pop_front();
  waiting_ -= piece_->packets;
  changed_.notify_all();
}

/// The first piece that nobody reads yet; null: none.
CapturePool::Piece* CapturePool::unclaimed() const {
  const auto at = std::ranges::find(pieces_, Piece::State::unclaimed, [](const auto& p) { return p->state; });
  return at != pieces_.end() ? at->get() : nullptr;
}

bool CapturePool::may_claim() const {
  return waiting_ < kMostWaiting && !run_.stopping() &&
         (unclaimed() != nullptr || (claimed_ != captures_.paths.size() && pieces_.size() < ahead_));
}

/// The first piece that nobody reads yet; there must be one, or captures that are in none.
CapturePool::Piece& CapturePool::claim() {
  Piece* next = unclaimed();
  if (next == nullptr) {
    if (idle_pieces_.empty()) idle_pieces_.push_back(std::make_unique<Piece>());
    next = pieces_.emplace_back(std::move(idle_pieces_.back())).get();
    idle_pieces_.pop_back();
    next->first = claimed_;
    claimed_ = std::min(claimed_ + piece_size_, captures_.paths.size());
    next->behind = claimed_;
  }
  Piece& piece = *next;
  piece.state = Piece::State::reading;
  piece.captures.clear();
  piece.given = 0;
  piece.packets = 0;
  if (piece.rows) {
    piece.rows->clear();
  } else if (rows_) {
    piece.rows.emplace(rows_->schema, rows_->table, FlowTableBuilder::Lists::later);
  }
  return piece;
}

/// Reads the next of the captures that nobody reads yet.
void CapturePool::read_claimed(Lock& lock, Desk& desk) {
  Piece& piece = claim();
  lock.unlock();
  const std::size_t behind = read_piece(piece, desk);
  lock.lock();
  piece_size_ = behind == piece.behind ? std::min(2 * piece_size_, kMostInPiece) : 1;
  if (behind != piece.behind) {  // the others are for whoever comes first
    auto rest = std::make_unique<Piece>();
    rest->first = behind;
    rest->behind = std::exchange(piece.behind, behind);
    const auto at = std::ranges::find(pieces_, &piece, [](const auto& p) { return p.get(); });
    pieces_.insert(std::next(at), std::move(rest));
  }
  waiting_ += piece.packets;
  piece.state = Piece::State::read;
  changed_.notify_all();
}

/// Reads captures of the piece, one at least; says before which it stopped.
std::size_t CapturePool::read_piece(Piece& piece, Desk& desk) {
  for (std::size_t index = piece.first;;) {
    ReadCapture read = read_capture(index, piece.behind, desk);
    const std::uint64_t packets = packets_in(read);
    piece.packets += packets;
    const bool flows = read.outcome && !read.outcome->put_off;
    if (flows && piece.rows && packets < kPiecePackets) {
      make_rows(piece, std::move(read), desk.run->trackers().front());
    } else {
      if (flows) read.run = std::move(desk.run);
      piece.captures.push_back(std::move(read));
    }
    if (++index == piece.behind || piece.packets >= kPiecePackets || (piece.rows && piece.rows->full()) ||
        run_.stopping())
      return index;
  }
}

/// Its flows are in the desk's run then.
ReadCapture CapturePool::read_capture(std::size_t index, std::size_t behind, Desk& desk) {
  ReadCapture read;
  read.index = index;
  SmallFile* const file = desk.files.take(captures_, index, behind);
  if (file == nullptr && !can_wait(captures_, index)) {
    read.outcome->put_off = true;
    return read;
  }
  if (desk.run == nullptr) {
    const std::lock_guard lock(mutex_);
    if (!idle_runs_.empty()) {
      desk.run = std::move(idle_runs_.back());
      idle_runs_.pop_back();
    }
  }
  if (desk.run == nullptr) desk.run = std::make_unique<CaptureRun>(run_, options_, 1);
  read.outcome = desk.run->read(
      path(index), {.unchecked = captures_.is_unchecked(index), .among_others = true, .file = file});
  read.first_time_digits = desk.run->first_time_digits();
  return read;
}

/// Adds the capture's flows to the piece's rows, and the capture to the one before it if times have as many
/// digits in both.
void CapturePool::make_rows(Piece& piece, ReadCapture&& read, const Tracker& tracker) const {
  const std::string& capture = path(read.index);
  FlowTableBuilder& rows = *piece.rows;
  ReadCapture* into = piece.captures.empty() ? nullptr : &piece.captures.back();
  if (into != nullptr && into->rows != nullptr && into->first_time_digits == read.first_time_digits &&
      into->outcome->time_digits == read.outcome->time_digits) {
    into->outcome->add(std::move(*read.outcome));
  } else {
    into = &piece.captures.emplace_back(std::move(read));
    into->rows = &rows;
    into->row = rows.rows();
  }
  std::uint64_t begun = 0;
  for (const std::uint32_t number : tracker.order()) {
    const std::uint64_t id = options_.by_end ? tracker.id(number) : begun++;
    add_flow_row(rows, rows_->table, into->flows + id, capture, number, tracker);
  }
  into->flows += options_.by_end ? tracker.flows() : begun;
  into->rows_end = rows.rows();
  rows.settle();
}

ReadCapture* CapturePool::begin_here(std::size_t index) {
  here_.index = index;
  here_.run =
      large_ != nullptr ? std::move(large_) : std::make_unique<CaptureRun>(run_, options_, run_.threads());
  if (sink_ != nullptr) here_.run->set_sink(sink_);
  return given_ = &here_;
}

ReadCapture* CapturePool::read_here(std::size_t index, SmallFile* file) {
  begin_here(index);
  here_.outcome =
      here_.run->read(captures_.paths[index], {.unchecked = captures_.is_unchecked(index), .file = file});
  return &here_;
}

ReadCapture* CapturePool::read_joined() {
  next_ = captures_.paths.size();
  begin_here(0);
  here_.outcome = here_.run->read_joined(captures_);
  if (here_.outcome) here_.index = here_.outcome->first;
  return &here_;
}

void CapturePool::work(const std::stop_token& stop) {
  Desk desk;
  Lock lock(mutex_);
  try {
    while (!stop.stop_requested() && thrown_ == nullptr && !run_.stopping()) {
      if (may_claim()) {
        read_claimed(lock, desk);
      } else {
        changed_.wait(lock, stop, [&] { return thrown_ != nullptr || may_claim(); });
      }
    }
  } catch (...) {  // next() throws it again, from the caller's thread
    if (!lock.owns_lock()) lock.lock();
    if (!thrown_) thrown_ = std::current_exception();
    changed_.notify_all();
  }
}

}  // namespace flowloom
