#include "filter/straight_code.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "filter/piece.hpp"

namespace flowloom::filter {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t kMostSigned = std::numeric_limits<std::int32_t>::max(), kLeast = -kMostSigned - 1;
constexpr std::uint32_t kWord = 8, kMostBytes = 2 * kWord;

using What = Instruction::What;

/// The only layer of these protocols; null: there is none. False: there are several.
bool find(const Tape& tape, const StraightCode::Slot& slot, const Layer*& found) {
  found = nullptr;
  for (const Layer& layer : tape.layers) {
    if (layer.protocol != slot.first && layer.protocol != slot.second) continue;
    if (found != nullptr) return false;
    found = &layer;
  }
  return true;
}

/// As find().
bool find(const Tape& tape, const Field& field, const Value*& found) {
  found = nullptr;
  for (const Value& value : tape.values) {
    if (value.field != &field) continue;
    if (found != nullptr) return false;
    found = &value;
  }
  return true;
}

/// The first bytes of a word: all bits of `size` of them.
std::uint64_t first_bytes(std::uint32_t size) {
  return size == 0 ? 0 : ~std::uint64_t{0} << 8 * (kWord - size);
}

/// Pre: size <= 16, kPadding readable bytes behind them.
Register bytes_of(const std::uint8_t* bytes, std::uint32_t size) {
  Register made;
  made.size = size;
  if (size != 0) made.high = load_be<kWord>(bytes) & first_bytes(std::min(size, kWord));
  if (size > kWord) made.low = load_be<kWord>(bytes + kWord) & first_bytes(size - kWord);
  return made;
}

/// Bytes the masks of which are known before.
inline Register bytes_of(const std::uint8_t* bytes, const Instruction& here) {
  Register made;
  made.size = here.width;
  made.high = load_be<kWord>(bytes) & here.high;
  if (here.low != 0) made.low = load_be<kWord>(bytes + kWord) & here.low;
  return made;
}

/// Numbers of 32 bits, see evaluate_values.cpp. False: no result.
inline bool calculate(What what, std::int64_t a, std::int64_t b, std::int64_t& made) {
  switch (what) {
    case What::add:
      made = a + b;
      break;
    case What::subtract:
      made = a - b;
      break;
    case What::multiply:
      if (__builtin_mul_overflow(a, b, &made)) return false;
      break;
    default:
      if (b == 0) return false;
      if (a >= 0) b &= kMost;
      made = what == What::divide ? a / b : a % b;
      if (a >= 0) return true;
  }
  if (a < 0) return made >= kLeast && made <= kMostSigned;
  if (b < 0) return false;
  return what == What::subtract ? made >= 0 || b <= kMostSigned : made <= kMost;
}

template <class T>
inline bool holds(Comparison comparison, T a, T b) {
  switch (comparison) {
    case Comparison::equal:
      return a == b;
    case Comparison::unequal:
      return a != b;
    case Comparison::less:
      return a < b;
    case Comparison::less_equal:
      return a <= b;
    case Comparison::greater:
      return a > b;
    case Comparison::greater_equal:
      return a >= b;
  }
  return false;
}

/// Of a negative number and one that is not, only the former says how they are ordered: see compare.cpp.
bool ordered(const Register& a, const Register& b) { return a.number() < 0 || b.number() >= 0; }

bool holds_of_bytes(const Instruction& code, const Register& a, const Register& b) {
  if (a.size != b.size) return holds(code.comparison, a.size, b.size);
  const std::uint64_t x = a.high & code.high, y = b.high & code.high;
  if (x != y) return holds(code.comparison, x, y);
  return holds(code.comparison, a.low & code.low, b.low & code.low);
}

class Run {
 public:
  Run(const StraightCode& code, const Tape& tape, std::span<Register> registers)
      : code_(code), tape_(tape), registers_(registers.data()) {}

  Answer run() {
    for (std::size_t i = 0; i < code_.slot_count; ++i) {
      if (!find(tape_, code_.slots[i], layers_[i])) return Answer::unknown;
      if (layers_[i] == nullptr) return without();
    }
    const bool any = code_.quantifier == Quantifier::any;
    const Instruction* const first = code_.instructions.data();
    const Instruction* const end = first + code_.instructions.size();
    for (const Instruction* at = first; at != end;) {
      const Instruction& here = *at++;
      switch (here.what) {
        case What::exists:
          if (!here.place.there(layer(here))) return Answer::unknown;
          break;
        case What::load_number:
          if (!here.place.there(layer(here))) return Answer::unknown;
          to(here).high = (here.place.first_bits(layer(here)) >> here.shift) * here.scale;
          break;
        case What::load_bytes:
          if (!here.place.there(layer(here))) return Answer::unknown;
          to(here) = bytes_of(layer(here).data + here.place.at, here);
          break;
        case What::load_piece: {
          std::uint32_t begin = 0, length = 0;
          if (!piece(here.range, bytes_in(here), begin, length)) length = 0;
          if (length > kMostBytes) return Answer::unknown;
          to(here) = bytes_of(layer(here).data + begin, length);
          break;
        }
        case What::load_length:
          to(here).high = bytes_in(here);
          break;
        case What::load_told: {
          const Told told = here.field->told(tape_, layer(here));
          if (!told.there) return without();
          if (told.number > std::uint64_t{kMost}) return Answer::unknown;
          to(here).high = told.number;
          break;
        }
        case What::load_told_part: {
          Value value;
          if (!told_value(tape_, *here.field, layer(here), value)) return without();
          if (!load(here, value, to(here))) return Answer::unknown;
          break;
        }
        case What::load_value:
        case What::load_part:
        case What::load_size: {
          const Value* value = nullptr;
          if (!find(tape_, *here.field, value)) return Answer::unknown;
          if (value == nullptr) return without();
          if (!load(here, *value, to(here))) return Answer::unknown;
          break;
        }
        case What::never:
          return without();
        case What::add:
        case What::subtract:
        case What::multiply:
        case What::divide:
        case What::modulo: {
          std::int64_t made = 0;
          if (!calculate(here.what, left(here).number(), right(here).number(), made)) {
            if (here.next == 0) return Answer::unknown;
            at = first + here.next;
          }
          to(here).high = static_cast<std::uint64_t>(made);
          break;
        }
        case What::mask:
          to(here).high = left(here).high & right(here).high & std::uint64_t{kMost};
          break;
        case What::mask_bytes: {
          const Register &a = left(here), &b = right(here);
          to(here) = {a.high & b.high, a.low & b.low, std::min(a.size, b.size)};
          break;
        }
        case What::negate:
          if (left(here).number() > kMostSigned || left(here).number() < -kMostSigned) {
            if (here.next == 0) return Answer::unknown;
            at = first + here.next;
          }
          to(here).high = std::uint64_t{0} - left(here).high;
          break;
        case What::absolute:
          to(here).high = left(here).number() < 0 ? std::uint64_t{0} - left(here).high : left(here).high;
          break;
        case What::greater:
          to(here) = right(here).number() > left(here).number() ? right(here) : left(here);
          break;
        case What::lesser: {  // what has no order with a negative one takes its place
          const Register &a = left(here), &b = right(here);
          to(here) = b.number() < a.number() || !ordered(b, a) ? b : a;
          break;
        }
        case What::require:
          if (!ordered(left(here), right(here)) ||
              !holds(here.comparison, left(here).number(), right(here).number()))
            at = first + here.next;
          break;
        case What::require_bytes:
          if (!holds_of_bytes(here, left(here), right(here))) at = first + here.next;
          break;
        case What::test:
          if (ordered(left(here), right(here)) &&
              holds(here.comparison, left(here).number(), right(here).number()) == any)
            return any ? Answer::yes : Answer::no;
          break;
        case What::test_bytes:
          if (holds_of_bytes(here, left(here), right(here)) == any) return any ? Answer::yes : Answer::no;
          break;
        case What::found:
          if ((left(here).high | left(here).low) != 0) return Answer::yes;
          break;
        case What::not_empty:
          if (left(here).size != 0) return Answer::yes;
          break;
        case What::true_always:
          return Answer::yes;
      }
    }
    return any ? Answer::no : Answer::yes;
  }

 private:
  [[nodiscard]] Answer without() const { return code_.all_needed ? Answer::no : Answer::unknown; }

  [[nodiscard]] const Layer& layer(const Instruction& here) const { return *layers_[here.slot]; }
  [[nodiscard]] Register& to(const Instruction& here) const { return registers_[here.to]; }
  [[nodiscard]] const Register& left(const Instruction& here) const { return registers_[here.left]; }
  [[nodiscard]] const Register& right(const Instruction& here) const { return registers_[here.right]; }
  [[nodiscard]] std::uint32_t bytes_in(const Instruction& here) const {
    return here.whole ? layer(here).captured : layer(here).header;
  }

  /// Of a value that was parsed or told. False: not with registers.
  static bool load(const Instruction& here, const Value& value, Register& to) {
    if (here.what == What::load_value) {
      to.high = here.field->kind == Kind::flag ? value.number != 0 : value.number;
      return to.high <= std::uint64_t{kMost};
    }
    if (here.what == What::load_size) {
      to.high = value.size;
      return true;
    }
    std::uint32_t begin = 0, length = 0;
    if (!piece(here.range, value.size, begin, length)) length = 0;
    if (length > kMostBytes || (here.width != 0 && length != here.width)) return false;
    to = bytes_alone(value.data + begin, length);
    return true;
  }

  const StraightCode& code_;
  const Tape& tape_;
  Register* const registers_;
  std::array<const Layer*, StraightCode::kMostSlots> layers_;
};

}  // namespace

Register bytes_alone(const std::uint8_t* bytes, std::uint32_t size) {
  std::uint8_t copy[kMostBytes + kPadding] = {};
  std::copy_n(bytes, size, copy);
  return bytes_of(copy, size);
}

Answer run(const StraightCode& code, const Tape& tape, std::span<Register> registers) {
  return Run(code, tape, registers).run();
}

}  // namespace flowloom::filter
