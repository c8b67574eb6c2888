#include "capture/window_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/endian.hpp"
#include "capture/printable.hpp"

namespace flowloom {
namespace {

/// Read beyond the window's end, for the end of its last record: most packets are shorter.
constexpr std::size_t kOverlap = 2048;
/// Records in a row that make a guess good; it is verified in any case.
constexpr int kChain = 4;

/// What may be a pcap record's header.
struct PlausibleRecord {
  std::uint32_t longest;  ///< packet
  std::uint32_t units;    ///< in a second
  std::uint32_t second;   ///< about which times are
  bool swapped;

  [[nodiscard]] bool operator()(const std::uint8_t* p, std::uint32_t captured) const {
    constexpr std::uint32_t kYears = 10U * 365 * 86400;
    const std::uint32_t apart = load32(p, swapped) - second;
    return captured <= longest && load32(p + 12, swapped) >= captured && load32(p + 4, swapped) < units &&
           (apart <= kYears || 0U - apart <= kYears);
  }

  /// Whether records seem to follow one another from here.
  [[nodiscard]] bool follow(Bytes bytes, std::size_t at, std::size_t header) const {
    for (int chain = 0; chain < kChain; ++chain) {
      if (at == bytes.size()) return true;
      if (bytes.size() - at < header) return chain > 0;
      const std::uint8_t* const p = bytes.data() + at;
      const std::uint32_t captured = load32(p + 8, swapped);
      if (!(*this)(p, captured)) return false;
      if (captured > bytes.size() - at - header) return chain > 0;
      at += header + captured;
    }
    return true;
  }
};

Error failed(const std::string& path, std::uint64_t offset) {
  return Error{ErrorCode::io, "cannot read: " + std::generic_category().message(errno),
               printable(path) + ", offset " + std::to_string(offset)};
}

bool same_structure(const pcapng::Sections& a, const pcapng::Sections& b) {
  return a.in_section == b.in_section && a.swapped == b.swapped && a.section == b.section &&
         a.first_interface == b.first_interface && a.interfaces() == b.interfaces() &&
         a.passed_over == b.passed_over;
}

/// A pcapng block's length if one may begin here, else 0. The whole block must be there.
template <bool Swapped>
std::size_t block_length(Bytes bytes, std::size_t at) {
  if (bytes.size() - at < 12) return 0;
  const std::uint32_t type = load32(bytes.data() + at, Swapped);
  const bool known =
      (type >= 1 && type <= 6) || type == 9 || type == 10 || type == 0x0BAD || type == 0x40000BAD;
  const std::uint32_t length = load32(bytes.data() + at + 4, Swapped);
  if (!known || length < 12 || length % 4 != 0 || length > bytes.size() - at) return 0;
  return load32(bytes.data() + at + length - 4, Swapped) == length ? length : 0;
}

template <bool Swapped>
std::optional<std::size_t> guess_block(Bytes bytes, std::size_t first, std::size_t limit) {
  for (std::size_t at = first; at < limit && at < bytes.size(); at += 4) {
    std::size_t p = at;
    int chain = 0;
    for (; chain < kChain && p < bytes.size(); ++chain) {
      const std::size_t length = block_length<Swapped>(bytes, p);
      if (length == 0) break;
      p += length;
    }
    if (chain == kChain || (chain > 0 && p == bytes.size())) return at;
  }
  return std::nullopt;
}

}  // namespace

WindowReader::Close::~Close() {
  if (fd >= 0) ::close(fd);
}

Result<std::optional<WindowReader>> WindowReader::open(const std::string& path, std::size_t window) {
  WindowReader reader;
  reader.path_ = path;
  reader.window_ = window;
  reader.file_ = std::make_unique<Close>();
  struct stat about = {};
  if (path.contains('\0')) return std::nullopt;
  if (path == "-" || ::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
  reader.file_->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (reader.file_->fd < 0) return std::nullopt;  // CaptureReader says why
  reader.size_ = static_cast<std::uint64_t>(about.st_size);
  reader.windows_ = (reader.size_ + window - 1) / window;

  PacketWindow head;
  const auto filled = reader.fill(0, 0, pcap::kHeaderSize + 16, head);
  if (!filled) return filled.error();
  const Bytes bytes(head.buffer.data(), *filled);
  if (bytes.size() == pcap::kHeaderSize + 16 && pcap::has_magic(bytes)) {
    const auto format = pcap::parse_header(bytes);
    if (!format) return std::nullopt;
    reader.pcap_ = *format;
    reader.first_second_ = load32(bytes.data() + pcap::kHeaderSize, format->swapped);
    reader.begin_.sections.notes = notes_of(*format);
    reader.begin_.offset = pcap::kHeaderSize;
    return reader;
  }
  if (pcapng::has_magic(bytes) && pcapng::check_version(bytes)) {
    reader.format_ = CaptureFormat::pcapng;
    return reader;
  }
  return std::nullopt;
}

/// Makes out.buffer hold `want` bytes of the file from `offset`, of which `have` are there; says how many it
/// could.
Result<std::size_t> WindowReader::fill(std::uint64_t offset, std::size_t have, std::size_t want,
                                       PacketWindow& out) const {
  if (out.buffer.size() < want + kPadding) out.buffer.resize(want + kPadding);
  while (have < want) {
    const ssize_t n =
        ::pread(file_->fd, out.buffer.data() + have, want - have, static_cast<off_t>(offset + have));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(path_, offset + have);
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  return have;
}

Result<WindowReader::Piece> WindowReader::read(std::uint64_t index, const State& state, bool sure,
                                               PacketWindow& out) const {
  out.packets.clear();
  out.numbered_interfaces = format_ == CaptureFormat::pcapng;
  Piece piece;
  piece.after = state;
  const std::uint64_t end = std::min(window_end(index), size_);
  std::uint64_t from = sure ? state.offset : index * window_;
  piece.first = from;
  if (from >= end) {  // a record of a window before goes on beyond this one
    piece.end = sure && from >= size_;
    return piece;
  }
  const auto window_bytes = static_cast<std::size_t>(end - from);
  const auto readable =
      static_cast<std::size_t>(std::min<std::uint64_t>(size_ - from, window_bytes + kOverlap));
  out.offset = from;
  auto filled = fill(from, 0, readable, out);
  if (!filled) return filled.error();
  std::size_t skipped = 0;
  if (!sure) {
    const auto start = guess(state, Bytes(out.buffer.data(), *filled), window_bytes);
    if (!start) {
      piece.first = size_ + 1;  // of no window: it will be read again
      return piece;
    }
    skipped = *start;
    piece.first += skipped;
  }

  auto& sections = piece.after.sections;
  std::size_t used = skipped;
  for (;;) {
    const PaddedBytes rest(out.buffer.data() + used, *filled - used);
    const std::size_t stop = window_bytes - std::min(window_bytes, used);
    const std::size_t packets_before = out.packets.size();
    const RecordsRead got =
        format_ == CaptureFormat::pcapng
            ? pcapng::parse_blocks(sections, rest, from + used, packets_before + 1, out.packets, stop)
            : pcap::parse_records(pcap_, rest, from + used, packets_before + 1, out.packets, stop);
    piece.after.offset = from + used + got.consumed;
    if (got.damage) {
      piece.damage = got.damage;
      piece.end = true;
      break;
    }
    if (piece.after.offset >= end) break;
    used = static_cast<std::size_t>(std::min<std::uint64_t>(used + got.consumed, *filled));
    // The last record goes on beyond what was read. Growing the buffer moves it: packets are parsed again
    // from the window's first record.
    const std::size_t want = used + got.needed;
    if (want > *filled && from + *filled < size_) {
      const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(size_ - from, want));
      const auto now = fill(from, *filled, more, out);
      if (!now) return now.error();
      if (*now > *filled) {
        filled = now;
        out.packets.clear();
        sections = state.sections;
        used = skipped;
        continue;
      }
    }
    const Bytes left(out.buffer.data() + used, *filled - used);
    piece.end = true;
    piece.damage = format_ == CaptureFormat::pcapng
                       ? pcapng::damage_at_end(sections, left, std::min(piece.after.offset, size_))
                       : pcap::damage_at_end(pcap_, left, piece.after.offset);
    if (from + *filled < size_) {
      piece.damage = Damage{from + *filled, "the file shrank from " + std::to_string(size_) + " to " +
                                                std::to_string(from + *filled) + " bytes while it was read"};
    } else if (piece.damage && grows()) {
      piece.damage.reset();  // what is cut is not damaged, but not yet whole
    }
    break;
  }
  if (!piece.end && piece.after.offset >= size_) {
    piece.end = true;
    if (format_ == CaptureFormat::pcapng)
      piece.damage = grows() ? std::nullopt : pcapng::damage_at_end(sections, {}, size_);
  }
  if (!same_structure(state.sections, sections)) ++piece.after.version;
  out.notes = sections.notes;
  return piece;
}

/// Whether bytes have been written behind those that are read.
bool WindowReader::grows() const {
  struct stat now = {};
  return ::fstat(file_->fd, &now) == 0 && static_cast<std::uint64_t>(now.st_size) > size_;
}

std::optional<std::size_t> WindowReader::guess(const State& state, Bytes bytes, std::size_t limit) const {
  if (format_ == CaptureFormat::pcapng) {
    // Blocks are padded to multiples of four bytes, and windows begin at such.
    return state.sections.swapped ? guess_block<true>(bytes, 0, limit) : guess_block<false>(bytes, 0, limit);
  }
  const PlausibleRecord plausible{.longest = longest_packet(pcap_.link_type),
                                  .units = pcap_.ns_per_unit == 1 ? 1'000'000'000U : 1'000'000U,
                                  .second = first_second_,
                                  .swapped = pcap_.swapped};
  for (std::size_t at = 0; at < limit; ++at) {
    if (plausible.follow(bytes, at, pcap_.record_header)) return at;
  }
  return std::nullopt;
}

}  // namespace flowloom
