#include "construct/header_bits.hpp"

#include <algorithm>
#include <string>

#include "dissect/construction.hpp"

namespace flowloom::construct {

Error wrong(const Field& field, std::string what) {
  return {ErrorCode::usage, std::move(what), std::string(field.name)};
}

std::size_t variable_begin(const Protocol& protocol) {
  if (protocol.construction != nullptr && protocol.construction->begin != 0)
    return protocol.construction->begin;
  std::size_t end = 0;
  for (const Field* field : protocol.fields) {
    if (!field->parsed) end = std::max<std::size_t>(end, field->bit + field->width);
  }
  return (end + 7) / 8;
}

std::size_t own_width(const Field& field) {
  switch (field.kind) {
    case Kind::uint:
    case Kind::sint:
    case Kind::flag:
    case Kind::frame:
    case Kind::real:
      return field.width != 0 ? field.width : field.storage;
    case Kind::ipv4:
      return 32;
    case Kind::mac:
      return 48;
    case Kind::eui64:
      return 64;
    case Kind::ipv6:
    case Kind::guid:
      return 128;
    default:
      return field.width;
  }
}

std::size_t room_of(const Group& group) {
  std::size_t head = 0, end = 0;
  for (const Field* field : group.head) head += own_width(*field);
  for (const Field& field : group.own) end = std::max<std::size_t>(end, field.bit + field.width);
  return std::max(head, end);
}

std::uint64_t bits_of(Bytes header, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    const unsigned on = i / 8 < header.size() ? header[i / 8] >> (7 - i % 8) & 1U : 0U;
    value = value << 1 | on;
  }
  return value;
}

Result<> HeaderBits::number(const Field& field, std::uint64_t shown, std::size_t at, std::size_t width) {
  const std::uint64_t value = shown / field.scale;
  bool fits = value * field.scale == shown;
  if (width < 64 && field.kind == Kind::sint) {
    const auto number = static_cast<std::int64_t>(value);
    const std::int64_t most = (std::int64_t{1} << (width - 1)) - 1;
    if (number > most || number < -most - 1)
      return wrong(field, std::to_string(number) + " does not fit: " + std::to_string(-most - 1) + " to " +
                              std::to_string(most));
  } else if (width < 64) {
    fits = fits && value >> width == 0;
  }
  if (!fits) {
    const std::string most =
        width < 64 ? std::to_string(((std::uint64_t{1} << width) - 1) * field.scale) : "64 bits";
    const std::string steps = field.scale == 1 ? "" : ", in steps of " + std::to_string(field.scale);
    return wrong(field, std::to_string(shown) + " does not fit: at most " + most + steps);
  }
  put_bits(at, width, value);
  return {};
}

void HeaderBits::grow(std::size_t bits) {
  if (bytes_.size() * 8 < bits) bytes_.resize((bits + 7) / 8);
}

void HeaderBits::put_bits(std::size_t at, std::size_t width, std::uint64_t value) {
  grow(at + width);
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t bit = at + width - 1 - i;
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    const bool on = (value >> i & 1) != 0;
    std::uint8_t& byte = bytes_[bit / 8];
    byte = static_cast<std::uint8_t>(on ? byte | mask : byte & ~mask);
  }
}

void HeaderBits::turn(std::size_t from, std::size_t size) {
  const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(from);
  std::reverse(begin, begin + static_cast<std::ptrdiff_t>(size));
}

void HeaderBits::put_bytes(std::size_t at, const std::vector<std::uint8_t>& bytes) {
  at = (at + 7) / 8;
  grow((at + bytes.size()) * 8);
  std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace flowloom::construct
