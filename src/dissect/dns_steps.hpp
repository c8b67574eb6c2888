// How the data of DNS records lies, as tables: one step a value (RFC 1035 §3.3 and the records' own RFCs).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::dns {

/// One value of a record's data, and how it lies there.
struct Step {
  enum class As : std::uint8_t {
    plain,    ///< `size` bytes: a number, an address, bytes
    part,     ///< bits of the number before it
    ahead,    ///< bits of the number behind it
    seconds,  ///< since 1970: a number of `size` bytes
    name,     ///< a domain name
    counted,  ///< as many bytes as the number before it says
    some,     ///< the same, if there are any
    rest      ///< what is left, if there is anything
  };
  Field field;
  As as = As::plain;
  std::uint8_t size = 0;   ///< bytes
  std::uint16_t mask = 0;  ///< of the bits of a number; 0: all

  [[nodiscard]] consteval Step hex() const {
    Step changed = *this;
    changed.field = field.hex();
    return changed;
  }
  /// Wireshark's type is of that many bits.
  [[nodiscard]] consteval Step in(std::uint8_t bits) const {
    Step changed = *this;
    changed.field = field.in(bits);
    return changed;
  }
  [[nodiscard]] consteval Step only(std::uint16_t bits) const {
    Step changed = *this;
    changed.mask = bits;
    return changed;
  }
};

/// The vocabulary of the tables.
namespace step {
using As = Step::As;
consteval Step number(std::string_view name, std::uint8_t bits, std::string_view title) {
  return {make::value(name, Kind::uint, title, bits), As::plain, static_cast<std::uint8_t>(bits / 8)};
}
/// A flag that has a number for itself.
consteval Step flag(std::string_view name, std::uint8_t bits, std::string_view title) {
  return {make::value(name, Kind::flag, title, bits), As::plain, static_cast<std::uint8_t>(bits / 8), 1};
}
consteval Step part(std::string_view name, std::uint8_t bits, std::uint16_t mask, std::string_view title) {
  return {make::value(name, Kind::uint, title, bits), As::part, 0, mask};
}
consteval Step part_flag(std::string_view name, std::uint8_t bits, std::uint16_t mask,
                         std::string_view title) {
  return {make::value(name, Kind::flag, title, bits), As::part, 0, mask};
}
consteval Step flag_ahead(std::string_view name, std::uint8_t bits, std::uint16_t mask,
                          std::string_view title) {
  return {make::value(name, Kind::flag, title, bits), As::ahead, static_cast<std::uint8_t>(bits / 8), mask};
}
consteval Step time(std::string_view name, std::uint8_t bytes, std::string_view title) {
  return {make::value(name, Kind::time, title), As::seconds, bytes};
}
consteval Step plain(std::string_view name, Kind kind, std::uint8_t bytes, std::string_view title) {
  return {make::value(name, kind, title), As::plain, bytes};
}
consteval Step name(std::string_view name, std::string_view title) {
  return {make::value(name, Kind::text, title), As::name};
}
consteval Step counted(std::string_view name, Kind kind, std::string_view title) {
  return {make::value(name, kind, title), As::counted};
}
consteval Step some(std::string_view name, Kind kind, std::string_view title) {
  return {make::value(name, kind, title), As::some};
}
consteval Step rest(std::string_view name, Kind kind, std::string_view title) {
  return {make::value(name, kind, title), As::rest};
}
}  // namespace step

/// The steps of several tables in one list.
template <std::size_t... N>
consteval auto steps_of(const Step (&... tables)[N]) {
  std::array<const Step*, (N + ...)> all = {};
  std::size_t size = 0;
  const auto add = [&](const auto& table) {
    for (const Step& step : table) all[size++] = &step;
  };
  (add(tables), ...);
  return all;
}

template <const auto& Steps>
inline constexpr auto kFieldsOf = [] {
  std::array<const Field*, Steps.size()> fields = {};
  for (std::size_t i = 0; i < Steps.size(); ++i) fields[i] = &Steps[i]->field;
  return fields;
}();

/// Those that are domain names.
template <const auto& Steps>
inline constexpr auto kNamesOf = [] {
  const auto is_name = [](const Step* step) { return step->as == Step::As::name; };
  std::array<const Field*, std::size_t(std::count_if(Steps.begin(), Steps.end(), is_name))> names = {};
  std::size_t size = 0;
  for (const Step* step : Steps) {
    if (is_name(step)) names[size++] = &step->field;
  }
  return names;
}();

/// Those whose length is the number before them.
template <const auto& Steps>
inline constexpr auto kGroupsOf = [] {
  const auto is_counted = [](const Step* step) {
    return step->field.kind != Kind::none && (step->as == Step::As::counted || step->as == Step::As::some);
  };
  std::array<Group, std::size_t(std::count_if(Steps.begin(), Steps.end(), is_counted))> groups = {};
  std::size_t size = 0;
  for (std::size_t i = 1; i < Steps.size(); ++i) {
    if (is_counted(Steps[i]))
      groups[size++] = {.first = &Steps[i]->field, .length = &Steps[i - 1]->field, .counted = true};
  }
  return groups;
}();

template <std::size_t N, std::size_t... More>
consteval auto joined_groups(const Group (&first)[N], const std::array<Group, More>&... lists) {
  std::array<Group, N + (More + ...)> all = {};
  auto end = std::copy(std::begin(first), std::end(first), all.begin());
  ((end = std::copy(lists.begin(), lists.end(), end)), ...);
  return all;
}

}  // namespace flowloom::dns
