// Mistakes in header tables that must not compile, one a number; 0 is the same code without a mistake. The
// tests compile each (tests/CMakeLists.txt) and look for the message, so that a mistake that begins to
// compile, or code that fails for another reason, is noticed.
#include <cstdint>

#include "dissect/cursor.hpp"
#include "dissect/field.hpp"

#ifndef FLOWLOOM_MISTAKE
#error "which one?"
#endif

namespace flowloom::x {
using namespace make;
constexpr unsigned kMistake = FLOWLOOM_MISTAKE;

inline constexpr Field first = make::uint("x.first", 0, 2, "First");
inline constexpr Field second = bits(kMistake == 1 ? "y.second" : "x.second", 16, kMistake == 2 ? 9 : 8, "2");
inline constexpr Field third = make::uint("x.third", 3, 1, "In the part of the header that may be missing");
inline constexpr Field address = make::ipv6("x.address", 0, "Longer than a number");
inline constexpr const Field* fields[] = {&first, &second};
inline constexpr Protocol protocol{"x", "Example", "RFC 0", 3, fields};
static_assert(well_formed(protocol));  // refuses mistakes 1 and 2

std::uint64_t use(const Cursor& cursor, const std::uint8_t* bytes) {
  const auto header = cursor.header<protocol>();
  const std::uint64_t part = header.get<kMistake == 3 ? third : second>();
  return part + read < kMistake == 4 ? address : first > (bytes);
}
}  // namespace flowloom::x
