// Packets put aside, each at the end of a strand (a flow, a host, …), until the capture has been read: in
// memory, beyond a budget in one scratch file. So each output file is opened once, when all that its name
// depends on is known.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/arena.hpp"
#include "engine/capture_image.hpp"
#include "engine/scratch_file.hpp"
#include "engine/spooled_packet.hpp"
#include "flowloom/error.hpp"

namespace flowloom {

/// In memory a strand lies as the records of a pcap file, so that most files are written as they are; what
/// pcap does not say of a packet is a Note at the other end of the chunk. In the scratch file a SpooledPacket
/// is before each packet's bytes. Options lie behind the bytes of their packet. Records that are in the
/// capture as they are to be written are not copied at all, but noted: where they are in its image.
class PacketSpool {
 public:
  /// `budget`: bytes held in memory.
  PacketSpool(std::uint64_t budget, ScratchFile::Make scratch)
      : budget_(budget), scratch_(std::move(scratch)) {}

  /// The image of the capture that is read, until reset(); null: none.
  void set_image(const CaptureImage* image) { image_ = image; }
  static constexpr std::uint64_t kNowhere = ~std::uint64_t{0};
  /// Puts a packet at the end of the strand. `place`: where its bytes are in the image; what is before them
  /// in memory is then what is before them in the file, its record's header. Errors: io (the scratch file).
  Result<> append(std::uint32_t strand, const SpooledPacket& packet, const std::uint8_t* bytes,
                  std::uint64_t place = kNowhere);
  /// Packets will be appended to these strands: those of one after the other would each be waited for, as
  /// they are in no cache. `later` first, and some packets before append() `soon`.
  void expect(std::uint32_t later, std::uint32_t soon) const;
  /// Forgets all packets.
  void reset();

  /// Strands are 0 to strands() - 1; they may be empty.
  [[nodiscard]] std::size_t strands() const { return strands_.size(); }
  /// Bytes that went to the scratch file.
  [[nodiscard]] std::uint64_t spilled() const { return end_; }

  class Reader;

 private:
  /// What is in the first half of a record's header.
  enum class Clock : std::uint8_t { microseconds, nanoseconds, beyond_pcap };
  struct Note {
    std::uint64_t number : 44;
    std::uint64_t options : 18;
    std::uint64_t clock : 2;
    std::uint32_t flow;
    std::uint16_t interface;
    LinkType link_type;
  };
  static_assert(sizeof(Note) == 16);

  /// Records from the begin, the rest of one of the chunk before first; notes from the end, the first last. A
  /// record's header is in one chunk, its bytes are in two at most.
  struct Chunk {
    Chunk* next;
    std::uint32_t used, notes, rest, capacity;

    std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(this + 1); }
    [[nodiscard]] const std::uint8_t* bytes() const {
      return reinterpret_cast<const std::uint8_t*>(this + 1);
    }
    [[nodiscard]] std::size_t room() const { return capacity - used - notes * sizeof(Note); }
    [[nodiscard]] std::size_t place_of_note(std::size_t i) const { return capacity - (i + 1) * sizeof(Note); }
  };
  /// Records of the image, one behind the other.
  struct Run {
    std::uint64_t begin, number;  ///< of the first
    std::uint32_t length, count;
  };
  /// All of a list are used, but of the strand's last.
  struct Runs {
    Runs* next;
    std::size_t capacity;
    Run* list() { return reinterpret_cast<Run*>(this + 1); }
    [[nodiscard]] const Run* list() const { return reinterpret_cast<const Run*>(this + 1); }
  };
  static constexpr std::uint32_t kNoExtent = ~std::uint32_t{0};
  struct Strand {
    Chunk* head = nullptr;
    Chunk* tail = nullptr;
    Runs* first_runs = nullptr;
    Runs* last_runs = nullptr;
    Run* last_run = nullptr;  ///< in the last list
    std::uint64_t last_number = 0;
    std::uint32_t first = kNoExtent, last = kNoExtent;  ///< its extents in the scratch file
    LinkType link_type = 0;
    std::uint8_t clocks = 0;     ///< bits by Clock: those of its records
    bool several_links = false;  ///< not all packets are of that link type
    bool has_options = false;
    bool unordered = false;  ///< a packet came behind one with a higher number

    [[nodiscard]] std::span<const Run> runs_of(const Runs& list) const {
      const Run* const runs = list.list();
      return {runs, &list == last_runs ? last_run + 1 : runs + list.capacity};
    }
  };
  struct Extent {
    std::uint64_t offset, length;
    std::uint32_t next;
  };
  /// A record in memory.
  struct Held {
    const Chunk* chunk;
    std::uint32_t at, note;
  };

  Run* add_run(Strand& strand);
  bool refer(Strand& strand, const SpooledPacket& packet, const std::uint8_t* bytes, std::uint64_t place);
  void note_kind(Strand& strand, const SpooledPacket& packet, Clock clock);
  Clock store_header(const SpooledPacket& packet, std::uint8_t* header);
  Chunk* grow(Strand& strand, std::size_t need);
  Result<> spill();
  Result<> flush();
  static SpooledPacket read(const Held& held, std::vector<std::uint8_t>& buffer, const std::uint8_t*& bytes);
  template <class Visit>
  static Result<> each_held(const Chunk* head, std::vector<std::uint8_t>& buffer, const Visit& visit);

  std::uint64_t budget_;
  ScratchFile scratch_;
  std::uint64_t end_ = 0;     ///< of the scratch file
  std::uint64_t held_ = 0;    ///< bytes of chunks
  bool nanoseconds_ = false;  ///< a time was met that µs do not say
  Arena memory_;
  const CaptureImage* image_ = nullptr;
  Arena runs_memory_;
  std::uint64_t runs_held_ = 0;  ///< bytes of runs
  std::vector<Strand> strands_;
  std::vector<Extent> extents_;
  std::vector<std::uint8_t> buffer_;  ///< on its way to the scratch file
};

/// Shows packets; several readers may be used at the same time, while nothing is appended.
class PacketSpool::Reader {
 public:
  explicit Reader(const PacketSpool& spool) : spool_(&spool) {}

  /// Ends the showing with an error. `bytes` are valid during the call.
  using Visitor = std::function<Result<>(const SpooledPacket& packet, const std::uint8_t* bytes)>;
  /// Shows the strand's packets in the order in which they were appended. Errors: io, the visitor's.
  Result<> each(std::uint32_t strand, const Visitor& visit);
  /// As each(), but in order of their numbers.
  Result<> each_in_order(std::uint32_t strand, const Visitor& visit);

  struct Records {
    LinkType link_type;
    std::span<const Bytes> pieces;  ///< valid until the reader is used again
  };
  /// All that each_in_order() would show, as the records of a pcap file with times in µs or ns; none if they
  /// do not lie in memory like that.
  [[nodiscard]] std::optional<Records> records(std::uint32_t strand, bool nanoseconds);

 private:
  /// In memory, or (chunk is null) in the scratch file: offset and length with the SpooledPacket; or in the
  /// image.
  struct Place {
    Held held = {};
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    bool of_image = false;
  };
  struct Late {
    std::uint64_t number;
    Place place;
  };
  template <class Visit>
  Result<> each_placed(const Strand& strand, const Visit& visit);
  template <class Visit>
  Result<> each_spilled(const Extent& extent, const Visit& visit);
  template <class Visit>
  Result<> each_of_run(const Strand& strand, const Run& run, const Visit& visit);
  [[nodiscard]] SpooledPacket record_of_image(const Strand& strand, const std::uint8_t* header,
                                              std::uint64_t number) const;
  Result<> show(const Strand& strand, std::uint64_t number, const Place& place, const Visitor& visit);

  const PacketSpool* spool_;
  std::vector<std::uint8_t> buffer_, late_buffer_;
  std::vector<Bytes> pieces_;
};

}  // namespace flowloom
