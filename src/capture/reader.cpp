// CaptureReader: takes bytes from a source, a window at a time, and hands them to the format's parser.
#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "capture/ahead_source.hpp"
#include "capture/byte_source.hpp"
#include "capture/decompress.hpp"
#include "capture/follow_source.hpp"
#include "capture/looks_like.hpp"
#include "capture/pcap.hpp"
#include "capture/pcapng.hpp"
#include "capture/problems.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {

namespace {
constexpr std::size_t kLargestWindow = std::size_t{1} << 30;
}  // namespace

struct CaptureReader::State {
  std::string path;
  std::unique_ptr<ByteSource> source;
  std::size_t window = 0;
  bool ahead = false;
  CaptureFormat format = CaptureFormat::empty;
  Compression compression = Compression::none;
  pcap::Format pcap;
  pcapng::Sections sections;                  // its notes are those of a pcap, too
  std::shared_ptr<const CaptureNotes> known;  // of the capture before: many have the same
  std::vector<Interface> interfaces;          // of this capture's notes
  std::optional<Damage> damage;

  // Read, but not yet given out: the begin of a record, or of the file. The first `carried_size` bytes.
  std::vector<std::uint8_t> carried;
  std::size_t carried_size = 0;
  std::size_t head = 0;      // bytes of it that are the file's header
  bool whole = false;        // it is all of a small file, with room for next() behind
  std::uint64_t offset = 0;  // of `carried` in the (uncompressed) file
  std::size_t needed = 1;    // at `offset`, before the parser can go on
  std::uint64_t gap = 0;     // bytes to pass over before `offset`
  std::uint64_t packets = 0;
  bool finished = false;

  [[nodiscard]] Bytes waiting() const { return Bytes(carried).first(carried_size); }
  Result<> look_at_head();
  Result<> read_head(std::size_t size);
  Result<bool> next(PacketWindow& out);
  Result<bool> pass_gap();
  RecordsRead parse(PaddedBytes bytes, std::vector<RawPacket>& out);
  void finish(std::optional<Damage> found);
  [[nodiscard]] std::optional<Damage> damage_at_end(Bytes rest) const;
};

/// Reads until `carried` has so many bytes or there are no more.
Result<> CaptureReader::State::read_head(std::size_t size) {
  if (carried.size() < size + kRoomBehind) carried.resize(size + kRoomBehind);
  while (carried_size < size) {
    const Result<std::size_t> n = source->read(carried.data() + carried_size, size - carried_size);
    if (!n) return n.error();
    if (*n == 0) break;
    carried_size += *n;
  }
  return {};
}

/// Finds out what the bytes are.
Result<> CaptureReader::State::look_at_head() {
  static_assert(pcap::kHeaderSize >= pcapng::kHeaderSize);
  std::size_t first = std::max(pcap::kHeaderSize, kCompressionMagicBytes);
  // A small file is read at once.
  if (const auto size = source->size(); size && *size <= std::min(window, kSmallFile)) {
    first = std::max<std::size_t>(first, *size);
    whole = *size != 0;  // files of /proc say that they have no bytes
  }
  if (Result<> r = read_head(first); !r) return r;
  if (carried_size == 0) {
    finished = true;
    return {};
  }
  compression = compression_of(waiting());
  if (compression != Compression::none) {
    whole = false;
    std::vector<std::uint8_t> begin(waiting().begin(), waiting().end());
    carried_size = 0;
    Result<std::unique_ptr<ByteSource>> content =
        decompress(compression, std::move(begin), std::move(source));
    if (!content) return content.error();
    source = ahead ? read_ahead(std::move(*content)) : std::move(*content);
    if (Result<> r = read_head(pcap::kHeaderSize); !r) return r;
  }
  if (pcap::has_magic(waiting())) {
    format = CaptureFormat::pcap;
    if (carried_size < pcap::kHeaderSize) {
      finish(Damage{0, "file header of " + std::to_string(pcap::kHeaderSize) + " bytes cut after " +
                           std::to_string(carried_size)});
      return {};
    }
    const Result<pcap::Format> header = pcap::parse_header(waiting());
    if (!header) return header.error();
    pcap = *header;
    sections.notes = known != nullptr && known->pcap == pcap ? known : notes_of(pcap);
    interfaces.assign(1, sections.notes->interfaces.front().described());
    head = pcap::kHeaderSize;
    offset = pcap::kHeaderSize;
    return {};
  }
  constexpr std::uint8_t kSectionHeader[] = {0x0a, 0x0d, 0x0d, 0x0a};
  const bool cut_section = carried_size >= 4 && carried_size < pcapng::kHeaderSize &&
                           std::equal(std::begin(kSectionHeader), std::end(kSectionHeader), carried.begin());
  if (pcapng::has_magic(waiting()) || cut_section) {
    format = CaptureFormat::pcapng;
    return cut_section ? Result<>() : pcapng::check_version(waiting());
  }
  if (Result<> r = read_head(kLooksLikeBytes); !r) return r;
  const Bytes begin = waiting().first(std::min(carried_size, kLooksLikeBytes));
  const std::string compressed =
      compression == Compression::none ? "" : ", " + std::string(name_of(compression)) + "-compressed";
  if (const std::optional<std::string> why = source->early_end(); why && carried_size < pcapng::kHeaderSize) {
    return Error{ErrorCode::damaged, "too little of it can be decompressed: " + *why};
  }
  return Error{ErrorCode::not_a_capture,
               "no capture; it looks like " + looks_like(begin, begin.size() < kLooksLikeBytes) + compressed};
}

RecordsRead CaptureReader::State::parse(PaddedBytes bytes, std::vector<RawPacket>& out) {
  if (format != CaptureFormat::pcapng) {
    RecordsRead read = parse_records(pcap, bytes, offset, packets + 1, out);
    interfaces[0].packets += out.size();
    return read;
  }
  RecordsRead read = parse_blocks(sections, bytes, offset, packets + 1, out);
  while (interfaces.size() < sections.interfaces()) {
    interfaces.push_back(sections.notes->interfaces[interfaces.size()].described());
  }
  for (const RawPacket& packet : out) ++interfaces[packet.interface].packets;
  return read;
}

/// The source has come to its end, with such damage as the format sees in that.
void CaptureReader::State::finish(std::optional<Damage> found) {
  finished = true;
  damage = std::move(found);
  const std::optional<std::string> why = source->early_end();
  if ((damage || why) && source->grows()) {
    damage.reset();
  } else if (why) {
    damage = Damage{damage ? damage->offset : offset, damage ? *why + "; " + damage->reason : *why};
  }
}

std::optional<Damage> CaptureReader::State::damage_at_end(Bytes rest) const {
  return format == CaptureFormat::pcapng ? pcapng::damage_at_end(sections, rest, offset)
                                         : pcap::damage_at_end(pcap, rest, offset);
}

/// False if the file ends in the gap.
Result<bool> CaptureReader::State::pass_gap() {
  if (gap == 0) return true;
  const Result<std::uint64_t> passed = source->skip(gap);
  if (!passed) return passed.error();
  offset += *passed;
  const bool all = *passed == gap;
  gap = 0;
  return all;
}

Result<bool> CaptureReader::State::next(PacketWindow& out) {
  out.packets.clear();
  out.numbered_interfaces = format == CaptureFormat::pcapng;
  if (finished) return false;
  std::vector<std::uint8_t>& buffer = out.buffer;
  std::size_t begin = std::exchange(head, 0);  // of what is parsed, in the buffer
  std::size_t filled = carried_size - begin;
  if (std::exchange(whole, false)) {
    std::swap(buffer, carried);
  } else {
    const std::size_t wanted = filled + window + kPadding;
    // One that has held a giant packet is not kept.
    if (buffer.size() < wanted || buffer.size() > 4 * wanted) {
      buffer = std::vector<std::uint8_t>(wanted + wanted / 8);
    }
    std::ranges::copy(waiting().subspan(std::exchange(begin, 0)), buffer.begin());
  }
  carried_size = 0;

  while (!finished) {
    if (Result<bool> passed = pass_gap(); !passed) {
      return passed.error();
    } else if (!*passed) {
      finish(damage_at_end({}));
      break;
    }
    const std::size_t room = buffer.size() - begin;
    // A giant. Its length may be a lie, so memory is taken only as bytes really come.
    if (needed + kPadding > room && filled + kPadding == room)
      buffer.resize(begin + std::min(needed + kPadding, room * 2));
    assert(begin + filled + kPadding < buffer.size());
    const Result<std::size_t> n =
        source->read(buffer.data() + begin + filled, buffer.size() - kPadding - filled - begin);
    if (!n) return n.error();
    filled += *n;
    if (*n != 0 && filled < needed) continue;

    out.offset = offset - begin;
    const RecordsRead read = parse(PaddedBytes(buffer.data() + begin, filled), out.packets);
    packets += out.packets.size();
    needed = read.needed;
    const auto used = static_cast<std::size_t>(std::min<std::uint64_t>(read.consumed, filled));
    gap = read.consumed - used;
    offset += used;
    const Bytes rest(buffer.data() + begin + used, filled - used);
    if (read.damage) {
      damage = read.damage;
      finished = true;
    } else if (*n == 0 && gap == 0) {
      finish(damage_at_end(rest));
    } else if (out.packets.empty()) {
      std::memmove(buffer.data(), rest.data(), rest.size());
      begin = 0;
      filled = rest.size();
    } else {
      if (carried.size() < rest.size()) carried.resize(rest.size());
      std::ranges::copy(rest, carried.begin());
      carried_size = rest.size();
      break;
    }
    if (!out.packets.empty()) break;
  }
  out.notes = sections.notes;
  return !out.packets.empty();
}

CaptureReader::CaptureReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
CaptureReader::CaptureReader(CaptureReader&&) noexcept = default;
CaptureReader& CaptureReader::operator=(CaptureReader&&) noexcept = default;
CaptureReader::~CaptureReader() = default;

namespace {

Error at(const std::string& path, Error error) {
  error.where = input_name(path);
  return error;
}

}  // namespace

Result<CaptureReader> CaptureReader::start(std::unique_ptr<ByteSource> source, const std::string& path,
                                           const Options& options, std::optional<CaptureReader> before,
                                           SmallFile* whole) {
  std::unique_ptr<State> state = before ? std::move(before->state_) : std::make_unique<State>();
  // Memory stays where it is: of many small captures this is much of the work.
  State old = std::exchange(*state, State());
  state->carried = std::move(old.carried);
  state->known = std::move(old.sections.notes);
  state->interfaces = std::move(old.interfaces);
  state->interfaces.clear();
  state->path = std::move(old.path);
  state->path = path;
  state->source = std::move(source);
  if (whole != nullptr) {
    std::swap(state->carried, whole->bytes);
    state->carried_size = whole->size;
    state->source = end_of_file(state->path, whole->size);
  }
  state->window = std::clamp<std::size_t>(options.window, 1, kLargestWindow);
  state->ahead = options.ahead;
  if (Result<> r = state->look_at_head(); !r) return at(state->path, r.error());
  return CaptureReader(std::move(state));
}

Result<CaptureReader> CaptureReader::open(const std::string& path, const Options& options,
                                          std::optional<CaptureReader> before) {
  Result<std::unique_ptr<ByteSource>> source =
      options.follow ? follow_file(path, options.follow) : open_file(path);
  if (!source) return at(path, source.error());
  return start(std::move(*source), path, options, std::move(before));
}

Result<CaptureReader> CaptureReader::open(SmallFile& file, const std::string& path, const Options& options,
                                          std::optional<CaptureReader> before) {
  return start(nullptr, path, options, std::move(before), &file);
}

Result<CaptureReader> CaptureReader::from_memory(Bytes capture, const std::string& name,
                                                 const Options& options) {
  return start(open_memory(capture), name, options);
}

Result<bool> CaptureReader::next(PacketWindow& window) {
  Result<bool> more = state_->next(window);
  if (more) return more;
  state_->finished = true;  // what was read before the error is lost: there is no going on behind it
  Error error = at(state_->path, more.error());
  error.where += ", offset " + std::to_string(position());
  return error;
}

bool CaptureReader::at_end() const { return state_->finished; }
const std::string& CaptureReader::path() const { return state_->path; }
CaptureFormat CaptureReader::format() const { return state_->format; }
Compression CaptureReader::compression() const { return state_->compression; }
const std::vector<Interface>& CaptureReader::interfaces() const { return state_->interfaces; }
const std::optional<Damage>& CaptureReader::damage() const { return state_->damage; }
std::uint64_t CaptureReader::position() const { return state_->source->position(); }
std::optional<std::uint64_t> CaptureReader::size() const { return state_->source->size(); }

}  // namespace flowloom
