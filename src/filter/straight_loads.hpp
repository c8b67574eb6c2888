// The first part of straight code: what is loaded from the packet before anything is calculated.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "filter/plan.hpp"

namespace flowloom::filter {

constexpr std::uint32_t kMostRegisterBytes = 16;
constexpr std::uint64_t kMostRegisterNumber = 0xFFFFFFFF;

/// Types whose values registers hold as numbers, and those that are bytes, of which there are slices.
[[nodiscard]] bool is_number(ValueType type);
[[nodiscard]] bool is_in_bytes(ValueType type);
/// So many bits, the highest ones.
[[nodiscard]] constexpr std::uint64_t first_bits(unsigned count) {
  return count == 0 ? 0 : ~std::uint64_t{0} << (64 - count);
}

/// What a register holds.
struct Held {
  std::uint16_t at = 0;
  bool number = false;
  std::uint8_t prefix = 128;  ///< as Item's
};

/// Code that is being written.
class CodeWriter {
 public:
  /// New registers are added to those of the plan.
  explicit CodeWriter(std::vector<Register>& registers) : registers_(registers) {}

  [[nodiscard]] StraightCode& code() { return code_; }
  [[nodiscard]] std::uint16_t here() const { return static_cast<std::uint16_t>(code_.instructions.size()); }

  Instruction& add(Instruction::What what);
  /// One that leaves something in a new register.
  Instruction& add(Instruction::What what, bool number, Held& held, std::uint8_t prefix = 128);
  Held constant(std::uint64_t number);
  Held constant(const Item& bytes);

 private:
  std::vector<Register>& registers_;
  StraightCode code_;
};

/// The values of the fields in a test.
class Loads {
 public:
  Loads(const Plan& plan, CodeWriter& writer) : plan_(plan), writer_(writer) {}

  /// Loads those in the node, from left to right. False: some cannot be.
  bool look(const Node& node);
  /// How many combinations of values there are: a field has as many as it has places in a header.
  [[nodiscard]] std::size_t combinations() const;
  /// The values of the current combination, one after the other as they were loaded.
  [[nodiscard]] Held next();
  /// Goes on to the next combination. False: that was the last one.
  bool next_combination();

 private:
  /// What stands for occurrences of a field.
  struct Leaf {
    std::vector<Held> values;
    std::size_t chosen = 0;
    std::optional<std::uint8_t> slot;  ///< of the layer where they are, if they are in each such one
  };

  bool look_at_all(const Node& node);
  bool load(const Node& node, const FieldUse& use, const Range* range);
  bool load_parsed(const Node& node, const Field& field, const Range* range, Leaf& leaf);
  bool load_fixed(const Node& node, const FieldUse& use, const Range* range, Leaf& leaf);
  bool load_protocol(const Node& node, const RegisteredProtocol& protocol, std::uint8_t slot,
                     const Range* range, Leaf& leaf);
  bool load_field(const Node& node, const Field& field, std::uint8_t slot, const Range* range, Held& held);
  bool load_told(const Node& node, const Field& field, std::uint8_t slot, const Range* range, Held& held);
  std::optional<std::uint8_t> slot_of(const Named& named);

  const Plan& plan_;
  CodeWriter& writer_;
  std::vector<Leaf> leaves_;
  std::size_t turn_ = 0;  ///< whose value is next
};

}  // namespace flowloom::filter
