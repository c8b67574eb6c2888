// Field tables: both readers against an extraction that goes bit by bit.
#include "dissect/field.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "dissect/cursor.hpp"
#include "dissect/protocols.hpp"

namespace flowloom {
namespace {

using Header = std::array<std::uint8_t, 64 + kPadding>;

bool bit_of(const Header& header, unsigned bit) { return (header[bit / 8] >> (7 - bit % 8) & 1) != 0; }

void set_bit(Header& header, unsigned bit, bool value) {
  const auto mask = static_cast<std::uint8_t>(0x80 >> bit % 8);
  header[bit / 8] = static_cast<std::uint8_t>(value ? header[bit / 8] | mask : header[bit / 8] & ~mask);
}

/// What the field says, taken one bit after the other.
std::uint64_t slow_read(const Field& f, const Header& header) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < f.width; ++i) value = value << 1 | unsigned{bit_of(header, f.bit + i)};
  return value * f.scale;
}

std::uint64_t largest(const Field& f) {
  return (f.width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << f.width) - 1) * f.scale;
}

/// A field as code made for it alone sees it. The tests go over a list of these: a test's code made anew for
/// each of the fields takes minutes to compile.
struct CompiledField {
  const Field* field;
  std::uint64_t (*read)(const std::uint8_t* header);   ///< null: longer than a number
  std::uint64_t (*get)(const Header& header);          ///< by a View; null as `read`
  const std::uint8_t* (*bytes)(const Header& header);  ///< by a View; null: a number
  std::uint64_t (*fitted)(std::uint64_t value);        ///< what the type holds of a value; null as `read`
  bool is_bool;
};

template <const Protocol& P>
View<P> view_of(const Header& header) {
  return Cursor({header.data(), P.min_length}, 0).header<P>();
}

template <const Protocol& P, const Field& F>
constexpr CompiledField compiled() {
  if constexpr (F.width <= 64) {
    using T = decltype(read<F>(nullptr));
    return {&F,
            [](const std::uint8_t* header) { return std::uint64_t{read<F>(header)}; },
            [](const Header& header) { return std::uint64_t{view_of<P>(header).template get<F>()}; },
            nullptr,
            [](std::uint64_t value) { return std::uint64_t{static_cast<T>(value)}; },
            std::is_same_v<T, bool>};
  } else {
    const auto bytes = [](const Header& header) { return view_of<P>(header).template bytes<F>(); };
    return {&F, nullptr, nullptr, bytes, nullptr, false};
  }
}

const std::vector<CompiledField>& compiled_fields() {
  static const std::vector<CompiledField> all = [] {
    std::vector<CompiledField> list;
    for_each_field([&]<const Protocol & P, const Field & F>() { list.push_back(compiled<P, F>()); });
    return list;
  }();
  return all;
}

class FieldTest : public testing::Test {
 protected:
  Header random_header() {
    Header header;
    for (std::uint8_t& byte : header) byte = static_cast<std::uint8_t>(random_());
    return header;
  }
  std::mt19937_64 random_{20240601};
};

TEST_F(FieldTest, BothReadersSayWhatTheBitsSay) {
  for (const CompiledField& c : compiled_fields()) {
    const Field& f = *c.field;
    for (int round = 0; round < 200; ++round) {
      const Header header = random_header();
      if (f.width <= 64) {
        EXPECT_EQ(read(f, header.data()), slow_read(f, header)) << f.name;
        EXPECT_EQ(c.read(header.data()), slow_read(f, header)) << f.name;
        EXPECT_EQ(c.get(header), slow_read(f, header)) << f.name;
      } else {
        EXPECT_EQ(c.bytes(header), header.data() + f.bit / 8) << f.name;
      }
    }
  }
}

TEST_F(FieldTest, TheRunTimeReaderSaysWhatTheBitsSayOfAllFields) {
  for_each_protocol([&]<const Protocol & P>() {
    for (const Field* field : P.fields) {
      if (field->width == 0 || field->width > 64) continue;
      const Header header = random_header();
      if (field->bit / 8U + 8 > header.size()) continue;
      EXPECT_EQ(read(*field, header.data()), slow_read(*field, header)) << field->name;
    }
  });
}

TEST_F(FieldTest, AFieldSeesItsBitsAndNoOthers) {
  for (const CompiledField& c : compiled_fields()) {
    const Field& f = *c.field;
    if (f.width > 64) continue;
    for (const bool set : {false, true}) {
      Header header;
      header.fill(set ? 0x00 : 0xFF);
      for (unsigned i = 0; i < f.width; ++i) set_bit(header, f.bit + i, set);
      EXPECT_EQ(read(f, header.data()), set ? largest(f) : 0) << f.name;
      EXPECT_EQ(c.read(header.data()), set ? largest(f) : 0) << f.name;
    }
  }
}

TEST_F(FieldTest, ValuesFitTheirTypes) {
  for (const CompiledField& c : compiled_fields()) {
    const Field& f = *c.field;
    if (f.width > 64) continue;
    EXPECT_EQ(c.fitted(largest(f)), largest(f)) << f.name;
    EXPECT_EQ(c.is_bool, f.width == 1) << f.name;
    if (f.kind == Kind::flag) {
      EXPECT_EQ(f.width, 1) << f.name;
    }
  }
}

// Fields at every place and of every width that one load of eight bytes covers, not only those in use.
TEST_F(FieldTest, RunTimeReaderAtEveryPlace) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (unsigned width = 1; bit % 8 + width <= 64; ++width) {
      Field field = make::bits("x.y", 0, 1, "");
      field.bit = static_cast<std::uint16_t>(bit);
      field.width = static_cast<std::uint16_t>(width);
      const Header header = random_header();
      EXPECT_EQ(read(field, header.data()), slow_read(field, header)) << bit << " " << width;
    }
  }
}

TEST_F(FieldTest, NamesAreUniqueOverAllProtocols) {
  std::set<std::string_view> protocols;
  std::map<std::string_view, const Field*> fields;
  for_each_protocol([&]<const Protocol & P>() {
    EXPECT_TRUE(protocols.insert(P.name).second) << P.name;
    // Protocols may share a field (discovery and session of PPPoE); within one, a name may be of several
    // places (ip.addr).
    for (const Field* field : P.fields) {
      const Field* known = fields.try_emplace(field->name, field).first->second;
      EXPECT_TRUE(known == field || (known->hidden && field->hidden) || known->parsed || field->parsed)
          << field->name;
    }
  });
}

// Flags overlap the numbers that hold them (tcp.flags.syn in tcp.flags); any other overlap is a slip.
TEST_F(FieldTest, FieldsDoNotOverlap) {
  for_each_protocol([]<const Protocol & P>() {
    for (const Field* a : P.fields) {
      for (const Field* b : P.fields) {
        if (a == b || a->hidden || b->hidden || a->parsed || b->parsed) continue;
        if (a->bit >= b->bit + b->width || b->bit >= a->bit + a->width) continue;
        const Field &inner = a->width < b->width ? *a : *b, &outer = a->width < b->width ? *b : *a;
        const bool flags =
            outer.name.find(".flags") != std::string_view::npos;  // vxlan.flag_i, gre.flags.key
        const bool twice =
            a->bit == b->bit && a->width == b->width;  // ip.version of IPv6 is ipv6.version, too
        EXPECT_TRUE(inner.name.starts_with(outer.name) || flags || twice) << a->name << " and " << b->name;
      }
    }
  });
}

TEST_F(FieldTest, EveryDefinitionFileIsListed) {
  std::set<std::string> listed, present;
#define FLOWLOOM_PROTOCOL(folder, stem, space) listed.insert(#folder "/" #stem ".hpp");
#include "dissect/protocols.def"
#undef FLOWLOOM_PROTOCOL
  const std::filesystem::path root = FLOWLOOM_SOURCE_DIR "/src/dissect";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const auto path = entry.path().lexically_relative(root);
    if (path.has_parent_path() && path.extension() == ".hpp") present.insert(path.generic_string());
  }
  EXPECT_EQ(listed, present);
}

// What the two readers must not do is caught where they are compiled: see tests/refused/tables.cpp.
constexpr Field kFirst = make::uint("x.first", 0, 2, "First");
constexpr Field kSecond = make::bits("x.second", 16, 4, "Second");
constexpr Field kTwin = make::bits("x.second", 20, 4, "Another of that name");
constexpr Field kAlias = make::bits("x.second", 16, 4, "Of either").alias();
constexpr Field kOtherAlias = make::bits("x.second", 20, 4, "Of either").alias();
constexpr Field kForeign = make::bits("y.third", 20, 4, "Another protocol's");
constexpr Field kPrefixOnly = make::bits("x", 20, 4, "No name of its own");
constexpr Field kNoDot = make::bits("xthird", 20, 4, "No dot behind the protocol's name");
constexpr Field kUntitled = make::bits("x.third", 20, 4, "");
constexpr Field kEmpty = make::bits("x.third", 20, 0, "No bits");
constexpr Field kOutside = make::bits("x.third", 20, 5, "One bit too far");
constexpr Field kTooWide = make::bits("x.third", 1, 64, "More than one load of eight bytes covers");

template <const Field&... F>
consteval bool formed(unsigned bytes, std::string_view title = "X", std::string_view reference = "RFC 0") {
  constexpr const Field* kFields[] = {&F...};
  return well_formed(Protocol{"x", title, reference, static_cast<std::uint16_t>(bytes), kFields});
}
static_assert(formed<kFirst, kSecond>(3));
static_assert(!formed<kFirst, kSecond>(3, ""), "a title");
static_assert(!formed<kFirst, kSecond>(3, "X", ""), "a reference");
static_assert(!formed<kFirst, kSecond>(2), "inside the header");
static_assert(!formed<kFirst, kSecond, kTwin>(3), "unique names");
static_assert(formed<kFirst, kAlias, kOtherAlias>(3), "but for aliases of several places");
static_assert(!formed<kFirst, kAlias, kSecond>(3), "an alias is none of its own field");
static_assert(!formed<kFirst, kForeign>(3), "the protocol's prefix");
static_assert(!formed<kFirst, kPrefixOnly>(3), "a name behind the prefix");
static_assert(!formed<kFirst, kNoDot>(3), "a dot behind the prefix");
static_assert(!formed<kFirst, kUntitled>(3), "titles");
static_assert(!formed<kFirst, kEmpty>(3), "bits");
static_assert(!formed<kFirst, kOutside>(3), "inside the header, to the bit");
static_assert(!formed<kTooWide>(9), "one load must cover it");

// A name in two protocols: at the one's fixed place, and in the other as it says.
constexpr Field kElsewhere = make::bits("x.second", 8, 4, "At another place");
constexpr Field kPut = kSecond.when_parsed();
template <const Field& Mine, const Field& Theirs>
consteval bool agree(std::string_view their_name) {
  constexpr const Field *kMine[] = {&kFirst, &Mine}, *kTheirs[] = {&Theirs};
  const Protocol mine{"x", "X", "RFC 0", 3, kMine};
  Protocol theirs{their_name, "Y", "RFC 0", 3, kTheirs};
  theirs.prefix = "x";
  return names_agree(mine, theirs) && names_agree(theirs, mine);
}
static_assert(agree<kSecond, kSecond>("y"), "shared");
static_assert(agree<kPut, kPut>("y"), "put by both");
static_assert(agree<kSecond, kEmpty>("y"), "other names");
static_assert(!agree<kSecond, kPut>("y"), "at its place here, put there");
static_assert(!agree<kPut, kSecond>("y"), "put here, at its place there");
static_assert(!agree<kSecond, kElsewhere>("y"), "at two places");
static_assert(!agree<kSecond, kAlias>("x.more"), "an alias, too");

}  // namespace
}  // namespace flowloom
