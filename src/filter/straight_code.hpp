// Calculated tests, as code without branches back: of a field that occurs once in the packet, which nearly
// all do, the value goes to a register, from which the next ones are calculated. What occurs again (headers
// in tunnels) or was cut is left to the general way, which goes through lists of values (evaluate.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dissect/tape.hpp"
#include "filter/syntax.hpp"

namespace flowloom::filter {

/// A value: a number of up to 32 bits with its sign (`high`, in two's complement), or up to 16 bytes, from
/// the highest bit of `high` on; those behind them are 0.
struct Register {
  std::uint64_t high = 0, low = 0;
  std::uint32_t size = 0;  ///< of bytes

  [[nodiscard]] std::int64_t number() const { return static_cast<std::int64_t>(high); }
};

struct Instruction {
  enum class What : std::uint8_t {
    // of the layer `slot`, or of the tape
    exists,       ///< the field at `place` is there
    load_number,  ///< the first bits at `place`, without the last `shift` ones, times `scale`
    load_bytes,   ///< `width` bytes at `place`, of which `high` and `low` are the bits in the register
    load_piece,   ///< `range` of the layer's bytes, all with what it carries if `whole`; empty: not all there
    load_length,  ///< of the layer, as there
    load_told,    ///< the number that the layer tells, or how many bytes
    load_told_part,  ///< `range` of the bytes that the layer tells
    load_value,      ///< parsed: a number
    load_part,       ///< parsed: `range` of the bytes, `width` if that is not 0
    load_size,       ///< parsed: how many bytes
    never,           ///< a field that this layer has not
    // of registers, as Wireshark 4.0 calculates; numbers if nothing else is said
    add,
    subtract,
    multiply,
    divide,
    modulo,
    mask,
    mask_bytes,
    negate,
    absolute,
    greater,
    lesser,
    // what the test asks of each pair of values
    require,  ///< the comparison of numbers holds; else go on at `next`
    require_bytes,
    test,         ///< it holds
    test_bytes,   ///< the same of the bits in `high` and `low`; of two sizes, the longer is the greater
    found,        ///< not 0: a number, bytes
    not_empty,    ///< bytes
    true_always,  ///< all is there
  };
  What what = What::exists;
  Comparison comparison = Comparison::equal;
  std::uint8_t slot = 0;
  std::uint8_t width = 0, shift = 0;
  std::uint8_t scale = 1;
  bool whole = false;
  std::uint16_t to = 0, left = 0, right = 0;  ///< registers
  std::uint16_t next = 0;                     ///< the next one if it has no result; 0: nothing is known then
  Place place;
  Range range;
  const Field* field = nullptr;
  std::uint64_t high = 0, low = 0;
};

struct StraightCode {
  static constexpr std::size_t kMostSlots = 4;

  /// A layer that must be the only one of its protocols: `second` has the same field.
  struct Slot {
    const RegisteredProtocol* first = nullptr;
    const RegisteredProtocol* second = nullptr;
  };
  std::array<Slot, kMostSlots> slots;
  std::uint8_t slot_count = 0;
  Quantifier quantifier = Quantifier::any;
  bool all_needed = true;  ///< a field that has no occurrence: the test fails; else nothing is known
  std::vector<Instruction> instructions;
};

enum class Answer : std::uint8_t { no, yes, unknown };

/// Bytes in a register; nothing need be readable behind them. Pre: size <= 16.
Register bytes_alone(const std::uint8_t* bytes, std::uint32_t size);

/// What the test says of the packet; unknown: the general way must be gone. `registers` hold the constants.
Answer run(const StraightCode& code, const Tape& tape, std::span<Register> registers);

}  // namespace flowloom::filter
