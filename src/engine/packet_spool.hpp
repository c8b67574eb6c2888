// Packets put aside, each at the end of a strand (a flow, a host, …), until the capture has been read: in
// memory, beyond a budget in one scratch file. So each output file is opened once, when all that its name
// depends on is known.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/arena.hpp"
#include "engine/scratch_file.hpp"
#include "flowloom/error.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

/// A packet as it is put aside; its bytes follow.
struct SpooledPacket {
  std::int64_t time = 0;
  std::uint64_t number = 0;  ///< in its capture
  std::uint32_t captured = 0, original = 0;
  std::uint32_t flow = 0;  ///< for who needs it
  std::uint16_t interface = 0;
  LinkType link_type = 0;
};
static_assert(sizeof(SpooledPacket) == 32);

class PacketSpool {
 public:
  /// `budget`: bytes held in memory.
  PacketSpool(std::uint64_t budget, ScratchFile::Make scratch)
      : budget_(budget), scratch_(std::move(scratch)) {}

  /// Puts a packet at the end of the strand. Errors: io (the scratch file).
  Result<> append(std::uint32_t strand, const SpooledPacket& packet, const std::uint8_t* bytes);
  /// Forgets all packets.
  void reset();

  /// Strands are 0 to strands() - 1; they may be empty.
  [[nodiscard]] std::size_t strands() const { return strands_.size(); }
  /// Bytes that went to the scratch file.
  [[nodiscard]] std::uint64_t spilled() const { return end_; }

  /// Shows packets; several readers may be used at the same time, while nothing is appended.
  class Reader {
   public:
    explicit Reader(const PacketSpool& spool) : spool_(spool) {}

    /// Ends the showing with an error. `bytes` are valid during the call.
    using Visitor = std::function<Result<>(const SpooledPacket& packet, const std::uint8_t* bytes)>;
    /// Shows the strand's packets in the order in which they were appended. Errors: io, the visitor's.
    Result<> each(std::uint32_t strand, const Visitor& visit) { return each_placed(strand, visit); }
    /// As each(), but in order of their numbers.
    Result<> each_in_order(std::uint32_t strand, const Visitor& visit);

   private:
    struct Place {
      const std::uint8_t* memory = nullptr;  ///< null: in the scratch file, at
      std::uint64_t offset = 0;
      std::uint32_t length = 0;  ///< with the SpooledPacket
    };
    struct Late {
      std::uint64_t number;
      Place place;
    };
    template <class Visit>
    Result<> each_placed(std::uint32_t strand, const Visit& visit);
    template <class Visit>
    Result<> each_spilled(std::uint64_t offset, std::uint64_t length, const Visit& visit);
    Result<> show(const Place& place, const Visitor& visit);

    const PacketSpool& spool_;
    std::vector<std::uint8_t> buffer_, late_buffer_;
  };

 private:
  struct Chunk {
    Chunk* next;
    std::uint32_t used, capacity;
    std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(this + 1); }
    [[nodiscard]] const std::uint8_t* bytes() const {
      return reinterpret_cast<const std::uint8_t*>(this + 1);
    }
  };
  static constexpr std::uint32_t kNoExtent = ~std::uint32_t{0};
  struct Strand {
    Chunk* head = nullptr;
    Chunk* tail = nullptr;
    std::uint64_t last_number = 0;
    std::uint32_t first = kNoExtent, last = kNoExtent;  ///< its extents in the scratch file
    bool unordered = false;                             ///< a packet came behind one with a higher number
  };
  struct Extent {
    std::uint64_t offset, length;
    std::uint32_t next;
  };

  Chunk* grow(Strand& strand, std::size_t need);
  Result<> spill();
  Result<> flush();

  std::uint64_t budget_;
  ScratchFile scratch_;
  std::uint64_t end_ = 0;   ///< of the scratch file
  std::uint64_t held_ = 0;  ///< bytes of chunks
  Arena memory_;
  std::vector<Strand> strands_;
  std::vector<Extent> extents_;
  std::vector<std::uint8_t> buffer_;  ///< on its way to the scratch file
};

}  // namespace flowloom
