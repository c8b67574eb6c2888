#include "filter/types.hpp"

namespace flowloom::filter {
namespace {

bool is_unsigned(ValueType type) { return type.kind == Kind::uint || type.kind == Kind::frame; }

}  // namespace

ValueType type_of(const Field& field) {
  switch (field.kind) {
    case Kind::uint:
    case Kind::sint:
      return {field.kind, field.storage};
    case Kind::frame:
      return {field.kind, 32};
    default:
      return {field.kind, 0};
  }
}

std::string_view name_of(ValueType type) {
  switch (type.kind) {
    case Kind::none:
      return "a mark without a value";
    case Kind::protocol:
      return "a protocol";
    case Kind::uint:
      return "an unsigned number";
    case Kind::sint:
      return "a signed number";
    case Kind::flag:
      return "a flag";
    case Kind::frame:
      return "a frame's number";
    case Kind::real:
      return "a real number";
    case Kind::time:
      return "a time";
    case Kind::duration:
      return "a duration";
    case Kind::ipv4:
      return "an IPv4 address";
    case Kind::ipv6:
      return "an IPv6 address";
    case Kind::mac:
      return "an Ethernet address";
    case Kind::eui64:
      return "an EUI-64";
    case Kind::guid:
      return "a GUID";
    case Kind::bytes:
      return "a byte sequence";
    case Kind::text:
      return "a text";
  }
  return {};
}

bool is_integer(ValueType type) { return is_unsigned(type) || type.kind == Kind::sint; }

bool is_bytes(ValueType type) {
  return type.kind == Kind::bytes || type.kind == Kind::mac || type.kind == Kind::eui64;
}

bool can_slice(ValueType type) {
  return is_bytes(type) || type.kind == Kind::protocol || type.kind == Kind::ipv4 ||
         type.kind == Kind::ipv6 || type.kind == Kind::guid || type.kind == Kind::text;
}

bool can_contain(ValueType type) {
  return is_bytes(type) || type.kind == Kind::protocol || type.kind == Kind::text;
}

bool can_match(ValueType type) { return can_contain(type); }

bool can_calculate(ValueType type, Op op) {
  if (op == Op::mask) {
    return is_integer(type) || is_bytes(type) || type.kind == Kind::ipv4 || type.kind == Kind::ipv6;
  }
  if (op == Op::add || op == Op::subtract || op == Op::negative || op == Op::absolute) {
    return is_integer(type) || type.kind == Kind::real || type.kind == Kind::duration;
  }
  return is_integer(type) || type.kind == Kind::real;
}

bool can_be_text(ValueType type) {
  return is_integer(type) || type.kind == Kind::real || type.kind == Kind::ipv4 || type.kind == Kind::ipv6 ||
         type.kind == Kind::mac || type.kind == Kind::eui64 || type.kind == Kind::guid;
}

bool comparable(ValueType a, ValueType b) { return (is_integer(a) && is_integer(b)) || compatible(a, b); }

bool compatible(ValueType a, ValueType b) {
  if (is_unsigned(a)) return is_unsigned(b);
  if (is_bytes(a)) return is_bytes(b);
  return a.kind == b.kind;
}

}  // namespace flowloom::filter
