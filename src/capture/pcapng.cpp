#include "capture/pcapng.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/endian.hpp"

namespace flowloom::pcapng {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // the same in both byte orders
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr unsigned kMajorVersion = 1;

// Type, total length and, at the end, total length once more.
constexpr std::uint32_t kSmallestBlock = 12;
// Comments and the like that a block may have beside its packet; Wireshark's limit for a whole block.
constexpr std::uint32_t kMostOptions = 16 * 1024 * 1024;
// Blocks without packets that are longer than this are not collected in memory.
constexpr std::uint32_t kLongBlock = 64 * 1024;
// RawPacket::interface has 16 bits.
constexpr std::size_t kMostInterfaces = 65536;
// Names and descriptions of interfaces beyond that are taken for not said: they stay in memory.
constexpr std::size_t kMostTexts = std::size_t{64} << 20U;

/// The options of an interface description block, of which four matter here. Of several names, the first is
/// the interface's.
template <bool Swapped>
void read_interface_options(const std::uint8_t* p, std::size_t size, CaptureNotes::Interface& interface,
                            CaptureNotes::Texts& texts) {
  std::uint8_t resolution = 6;
  std::int64_t offset = 0;
  while (size >= 4) {
    const std::uint16_t code = load16(p, Swapped);
    const std::uint16_t length = load16(p + 2, Swapped);
    if (code == 0 || length > size - 4) break;
    const std::uint8_t* value = p + 4;
    const auto note = [&](std::optional<std::string>& text) {
      if (!text) text = until_nul({reinterpret_cast<const char*>(value), length});
    };
    if (code == 2) note(texts.name);
    if (code == 3) note(texts.description);
    if (code == 9 && length >= 1) resolution = value[0];
    if (code == 14 && length >= 8) offset = static_cast<std::int64_t>(load64(value, Swapped));
    const std::size_t step = std::min<std::size_t>(4 + padded(length), size);
    p += step;
    size -= step;
  }
  interface.clock = make_clock(resolution, offset);
  // 2^-n has n decimal digits.
  interface.time_digits = static_cast<std::uint8_t>(std::min(resolution & 0x7f, 9));
}

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UnsignedWide;

[[gnu::noinline]] Timestamp convert_exactly(const Clock& clock, std::uint64_t units) {
  if (clock.divisor == 0) units = 0;
  const UnsignedWide scaled =
      UnsignedWide{units} * clock.multiplier / std::max<std::uint64_t>(clock.divisor, 1);
  const Wide ns = static_cast<Wide>(scaled >> clock.shift) + Wide{clock.offset} * kNsPerSecond;
  if (ns > Timestamp::max().ns) return Timestamp::max();
  if (ns < Timestamp::min().ns) return Timestamp::min();
  return {static_cast<std::int64_t>(ns)};
}

/// to_time(), inlined: in code for a shared library an exported function never is.
inline Timestamp convert(const Clock& clock, std::uint64_t units) {
  if (units < clock.simple_below) [[likely]]
    return {static_cast<std::int64_t>(units * clock.multiplier)};
  return convert_exactly(clock, units);
}

enum class Step { next_block, section, wait, stop };

/// One call's way through the blocks.
class Walk {
 public:
  Walk(Sections& sections, PaddedBytes window, std::uint64_t offset, std::uint64_t number,
       std::vector<RawPacket>& out, std::size_t stop)
      : sections_(sections),
        begin_(window.data()),
        p_(begin_),
        end_(begin_ + window.size()),
        stop_(begin_ + std::min(window.size(), stop)),
        offset_(offset),
        number_(number),
        out_(out) {
    if (sections.notes != nullptr) look_up_in(*sections.notes);
  }

  RecordsRead run() {
    while (true) {
      Step step = sections_.swapped ? blocks<true>() : blocks<false>();
      if (step == Step::section) step = section_header();
      if (step == Step::wait || step == Step::stop) break;
    }
    if (notes_ != nullptr) sections_.notes = std::move(notes_);
    result_.consumed = static_cast<std::uint64_t>(p_ - begin_) + beyond_;
    return std::move(result_);
  }

 private:
  void look_up_in(const CaptureNotes& notes) {
    interfaces_ = notes.interfaces.data();
    known_ = notes.interfaces.size();
  }

  /// Others may use the list that there is: the first interface of this call makes a new one.
  void add(CaptureNotes::Interface interface, CaptureNotes::Texts&& texts) {
    if (notes_ == nullptr) {
      notes_ = std::make_shared<CaptureNotes>();
      notes_->interfaces.reserve(known_ + known_ / 8 + 8);
      if (sections_.notes != nullptr) *notes_ = *sections_.notes;
    }
    const std::size_t bytes = texts.name.value_or("").size() + texts.description.value_or("").size();
    if ((texts.name || texts.description) && bytes <= kMostTexts - notes_->text_bytes) {
      notes_->text_bytes += bytes;
      if (texts_ == nullptr)
        notes_->texts.push_back(texts_ = std::make_shared<std::deque<CaptureNotes::Texts>>());
      interface.texts = &texts_->emplace_back(std::move(texts));
    }
    notes_->interfaces.push_back(interface);
    look_up_in(*notes_);
  }

  [[nodiscard]] std::size_t available() const { return static_cast<std::size_t>(end_ - p_); }

  Step wait_for(std::size_t bytes) {
    result_.needed = bytes;
    return Step::wait;
  }
  Step damaged_at(std::uint64_t offset, std::string reason) {
    result_.needed = kSmallestBlock;
    result_.damage = Damage{offset, std::move(reason)};
    return Step::stop;
  }
  Step damaged(std::string reason) {
    return damaged_at(offset_ + static_cast<std::uint64_t>(p_ - begin_), std::move(reason));
  }
  [[gnu::noinline]] Step trailer_differs(std::uint64_t at, std::uint32_t first, std::uint32_t second) {
    return damaged_at(at, "block says it has " + std::to_string(first) + " bytes at its begin, " +
                              std::to_string(second) + " at its end");
  }
  [[gnu::noinline]] Step too_short(const char* kind, std::uint32_t length) {
    return damaged(std::string(kind) + " of only " + std::to_string(length) + " bytes");
  }

  /// Blocks of one section, until the next one's header. Flattened, as GCC does not inline push_back
  /// otherwise.
  template <bool Swapped>
  [[gnu::flatten]] Step blocks() {
    while (true) {
      if (sections_.passed_over != 0) [[unlikely]] {
        if (available() < 4) return wait_for(4);
        const std::uint32_t length = std::exchange(sections_.passed_over, 0);
        const std::uint32_t trailer = padded(load32(p_, Swapped));
        if (trailer != length) return trailer_differs(sections_.passed_over_from, length, trailer);
        p_ += 4;
      }
      if (p_ >= stop_ || available() < kSmallestBlock) return wait_for(kSmallestBlock);
      const std::uint32_t type = load32(p_, Swapped);
      if (type == kSectionHeader) return Step::section;
      if (!sections_.in_section) return damaged("no section header block");
      // Lengths are multiples of 4, but some writers have left the padding out of them (as Wireshark
      // tolerates).
      const std::uint32_t length = padded(load32(p_ + 4, Swapped));
      if (length < kSmallestBlock) [[unlikely]]
        return too_short("block", length);

      Step step;
      switch (type) {
        case kEnhancedPacket:
          step = packet<Swapped, kEnhancedPacket>(length);
          break;
        case kPacket:
          step = packet<Swapped, kPacket>(length);
          break;
        case kSimplePacket:
          step = simple_packet<Swapped>(length);
          break;
        case kInterfaceDescription:
          step = interface_description<Swapped>(length);
          break;
        default:
          step = pass_over<Swapped>(length);
          break;
      }
      if (step != Step::next_block) return step;
    }
  }

  /// Goes to the next block if this one is complete and its two lengths agree.
  template <bool Swapped>
  Step finish(std::uint32_t length) {
    const std::uint32_t trailer = padded(load32(p_ + length - 4, Swapped));
    if (trailer != length) [[unlikely]] {
      return trailer_differs(offset_ + static_cast<std::uint64_t>(p_ - begin_), length, trailer);
    }
    p_ += length;
    return Step::next_block;
  }

  template <bool Swapped>
  Step pass_over(std::uint32_t length) {
    if (available() >= length) return finish<Swapped>(length);
    if (length <= kLongBlock) return wait_for(length);
    sections_.passed_over = length;
    sections_.passed_over_from = offset_ + static_cast<std::uint64_t>(p_ - begin_);
    beyond_ = length - 4;
    return wait_for(4);
  }

  Step section_header() {
    const std::uint32_t magic = load32(p_ + 8, false);
    if (magic != kByteOrderMagic && magic != __builtin_bswap32(kByteOrderMagic)) {
      return damaged("section header block without a byte-order magic");
    }
    const bool swapped = magic != kByteOrderMagic;
    const std::uint32_t length = padded(load32(p_ + 4, swapped));
    if (length < 28) return too_short("section header block", length);
    if (available() < 24) return wait_for(24);
    const unsigned major = load16(p_ + 12, swapped);
    if (major != kMajorVersion) return damaged("section of pcapng version " + std::to_string(major));
    sections_.in_section = true;
    sections_.swapped = swapped;
    sections_.first_interface = known_;
    // The section's length is not used: the blocks tell it, and writers of streams do not know it.
    const Step step = swapped ? pass_over<true>(length) : pass_over<false>(length);
    if (step != Step::wait || sections_.passed_over != 0) ++sections_.section;  // else it is read once more
    return step;
  }

  template <bool Swapped>
  [[gnu::noinline]] Step interface_description(std::uint32_t length) {
    if (length < 20) return too_short("interface description block", length);
    if (length > kMostOptions)
      return damaged("interface description of " + std::to_string(length) + " bytes");
    if (available() < length) return wait_for(length);
    if (known_ == kMostInterfaces) {
      return damaged("more than " + std::to_string(kMostInterfaces) + " interfaces");
    }
    CaptureNotes::Interface interface;
    CaptureNotes::Texts texts;
    interface.section = sections_.section;
    interface.swapped = Swapped;
    interface.link_type = load16(p_ + 8, Swapped);
    interface.snap_length = load32(p_ + 12, Swapped);
    read_interface_options<Swapped>(p_ + 16, length - 20, interface, texts);
    const Step step = finish<Swapped>(length);
    if (step == Step::next_block) add(interface, std::move(texts));
    return step;
  }

  /// Enhanced packet block, and the packet block that was before it.
  template <bool Swapped, std::uint32_t kKind>
  Step packet(std::uint32_t length) {
    if (length < 32) [[unlikely]]
      return too_short("packet block", length);
    if (available() < 28) [[unlikely]]
      return wait_for(28);
    const std::uint32_t section_interface =
        kKind == kPacket ? load16(p_ + 8, Swapped) : load32(p_ + 8, Swapped);
    const std::uint64_t index = sections_.first_interface + std::uint64_t{section_interface};
    if (index >= known_) [[unlikely]]
      return unknown_interface(section_interface);
    const CaptureNotes::Interface& interface = interfaces_[index];
    const std::uint32_t captured = load32(p_ + 20, Swapped);
    if (captured > longest_packet(interface.link_type)) [[unlikely]]
      return too_long(captured, interface);
    if (padded(captured) > length - 32) [[unlikely]]
      return sticks_out(captured, length);
    if (available() < length) [[unlikely]] {
      if (length - 32 - captured > kMostOptions) return too_many_options(length, captured);
      return wait_for(length);
    }
    const std::uint64_t units = std::uint64_t{load32(p_ + 12, Swapped)} << 32 | load32(p_ + 16, Swapped);
    const RawPacket raw{PaddedBytes(p_ + kPacketHeader, captured),
                        convert(interface.clock, units),
                        number_,
                        load32(p_ + 24, Swapped),
                        interface.link_type,
                        static_cast<std::uint16_t>(index)};
    const Step step = finish<Swapped>(length);
    if (step == Step::next_block) [[likely]]
      emit(raw);
    return step;
  }

  template <bool Swapped>
  Step simple_packet(std::uint32_t length) {
    if (length < 16) return too_short("simple packet block", length);
    const std::size_t index = sections_.first_interface;
    if (index >= known_) return unknown_interface(0);
    const CaptureNotes::Interface& interface = interfaces_[index];
    const std::uint32_t original = load32(p_ + 8, Swapped);
    const std::uint32_t captured =
        interface.snap_length == 0 ? original : std::min(original, interface.snap_length);
    if (captured > longest_packet(interface.link_type)) return too_long(captured, interface);
    if (padded(captured) > length - 16) return sticks_out(captured, length);
    if (available() < length) {
      if (length - 16 - captured > kMostOptions) return too_many_options(length, captured);
      return wait_for(length);
    }
    const RawPacket raw{
        PaddedBytes(p_ + kSimpleHeader, captured), Timestamp{}, number_, original, interface.link_type,
        static_cast<std::uint16_t>(index)};
    const Step step = finish<Swapped>(length);
    if (step == Step::next_block) emit(raw);
    return step;
  }

  void emit(const RawPacket& raw) {
    out_.push_back(raw);
    ++number_;
  }

  [[gnu::noinline]] Step unknown_interface(std::uint32_t number) {
    const std::size_t known = known_ - sections_.first_interface;
    return damaged("packet of interface " + std::to_string(number) + " in a section with " +
                   std::to_string(known) + " interfaces");
  }
  [[gnu::noinline]] Step too_long(std::uint32_t captured, const CaptureNotes::Interface& interface) {
    return damaged("packet says it has " + std::to_string(captured) + " bytes, more than the " +
                   std::to_string(longest_packet(interface.link_type)) + " that a packet can have");
  }
  [[gnu::noinline]] Step sticks_out(std::uint32_t captured, std::uint32_t length) {
    return damaged("packet of " + std::to_string(captured) + " bytes in a block of " +
                   std::to_string(length));
  }
  [[gnu::noinline]] Step too_many_options(std::uint32_t length, std::uint32_t captured) {
    return damaged("packet of " + std::to_string(captured) + " bytes with " +
                   std::to_string(length - captured) + " bytes of options");
  }

  Sections& sections_;
  const std::uint8_t* const begin_;
  const std::uint8_t* p_;
  const std::uint8_t* const end_;
  const std::uint8_t* const stop_;
  const std::uint64_t offset_;
  std::uint64_t number_;
  std::vector<RawPacket>& out_;
  std::uint64_t beyond_ = 0;
  const CaptureNotes::Interface* interfaces_ = nullptr;
  std::size_t known_ = 0;                                   ///< of these
  std::shared_ptr<CaptureNotes> notes_;                     ///< with new ones; null: there are none
  std::shared_ptr<std::deque<CaptureNotes::Texts>> texts_;  ///< of these
  RecordsRead result_;
};

}  // namespace

Clock make_clock(std::uint8_t resolution, std::int64_t offset_seconds) {
  Clock clock;
  clock.offset = offset_seconds;
  const unsigned exponent = resolution & 0x7f;
  if ((resolution & 0x80) != 0) {
    clock.multiplier = static_cast<std::uint64_t>(kNsPerSecond);
    clock.shift = exponent;
  } else if (exponent <= 9) {
    clock.multiplier = 1;
    for (unsigned i = exponent; i < 9; ++i) clock.multiplier *= 10;
  } else {
    clock.multiplier = 1;
    for (unsigned i = 9; i < exponent && clock.divisor != 0; ++i) {
      clock.divisor = i < 9 + 19 ? clock.divisor * 10 : 0;  // 10^19 is the last that fits
    }
  }
  if (clock.divisor == 1 && clock.shift == 0 && clock.offset == 0) {
    clock.simple_below = std::numeric_limits<std::int64_t>::max() / clock.multiplier;
  }
  return clock;
}

Timestamp to_time(const Clock& clock, std::uint64_t units) { return convert(clock, units); }

bool has_magic(Bytes head) {
  if (head.size() < kHeaderSize || load32(head.data(), false) != kSectionHeader) return false;
  const std::uint32_t magic = load32(head.data() + 8, false);
  return magic == kByteOrderMagic || magic == __builtin_bswap32(kByteOrderMagic);
}

Result<> check_version(Bytes head) {
  if (head.size() < 16) return {};  // cut, which is for parsing to say
  const bool swapped = load32(head.data() + 8, false) != kByteOrderMagic;
  const unsigned major = load16(head.data() + 12, swapped);
  if (major == kMajorVersion) return {};
  return Error{ErrorCode::unsupported, "pcapng of version " + std::to_string(major) + "." +
                                           std::to_string(load16(head.data() + 14, swapped)) +
                                           "; only 1.x is known"};
}

RecordsRead parse_blocks(Sections& sections, PaddedBytes window, std::uint64_t offset,
                         std::uint64_t first_number, std::vector<RawPacket>& out, std::size_t stop) {
  return Walk(sections, window, offset, first_number, out, stop).run();
}

std::optional<Damage> damage_at_end(const Sections& sections, Bytes rest, std::uint64_t offset) {
  std::uint64_t from = offset;
  std::string block = "block header";
  if (sections.passed_over != 0) {
    from = sections.passed_over_from;
    block = "block of " + std::to_string(sections.passed_over) + " bytes";
  } else if (rest.empty()) {
    return std::nullopt;
  } else if (rest.size() >= kSmallestBlock) {
    const bool section = load32(rest.data(), false) == kSectionHeader;
    const bool swapped = section ? load32(rest.data() + 8, false) != kByteOrderMagic : sections.swapped;
    block = "block of " + std::to_string(load32(rest.data() + 4, swapped)) + " bytes";
  }
  return Damage{from, block + " cut after " + std::to_string(offset + rest.size() - from)};
}

}  // namespace flowloom::pcapng
