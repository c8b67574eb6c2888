#include "construct/finish.hpp"

#include <algorithm>
#include <string>

#include "base/checksum.hpp"
#include "base/store.hpp"
#include "construct/header_bits.hpp"
#include "construct/taken_apart.hpp"
#include "dissect/construction.hpp"

namespace flowloom::construct {
namespace {

bool is_of(const ChecksumFound& found, const Field& field) {
  return found.status->name.size() == field.name.size() + 7 && found.status->name.starts_with(field.name);
}

bool checksum_is_set(const Layer& layer, const ChecksumFound& found) {
  return std::any_of(layer.parts.begin(), layer.parts.end(),
                     [&](const Part& part) { return part.field != nullptr && is_of(found, *part.field); });
}

/// UDP's 0 says that there is none.
std::uint32_t as_sent(const Layer& layer, const ChecksumFound& found) {
  if (layer.protocol->construction == nullptr) return found.right;
  for (const Fill& fill : layer.protocol->construction->fills) {
    if (fill.with == Fill::With::checksum && is_of(found, *fill.field))
      return never_zero(static_cast<std::uint16_t>(found.right));
  }
  return found.right;
}

/// Whether a number or length that leads from the layer to what it carries was set: then it may lead
/// elsewhere.
bool leads_as_set(const Layer& layer) {
  if (layer.protocol->construction == nullptr) return false;
  const auto& fills = layer.protocol->construction->fills;
  return std::any_of(fills.begin(), fills.end(), [&](const Fill& fill) {
    return fill.with >= Fill::With::next && is_set(layer, *fill.field);
  });
}

/// What is read depends on more than the packet, or is told by what stands around it.
bool is_checked(const Layer& layer, const Part& part) {
  if (part.field == nullptr || !part.field->parsed || part.field->hidden || part.literal) return false;
  if (!part.is_number && part.bytes.empty()) return false;  // nothing can be read
  switch (part.field->kind) {
    case Kind::time:
    case Kind::duration:
    case Kind::real:
      return false;
    default:
      break;
  }
  const Construction* how = layer.protocol->construction;
  return how == nullptr || std::none_of(how->groups.begin(), how->groups.end(),
                                        [&](const Group& group) { return group.length == part.field; });
}

/// Whether the header was said to end elsewhere.
bool ends_as_set(const Layer& layer) {
  if (layer.protocol->construction == nullptr) return false;
  const auto& fills = layer.protocol->construction->fills;
  return std::any_of(fills.begin(), fills.end(), [&](const Fill& fill) {
    return fill.with == Fill::With::header && is_set(layer, *fill.field);
  });
}

bool is_read(const Part& part, const Value& value) {
  if (value.field->name != part.field->name) return false;
  const bool shown_as_number = value.data == nullptr;
  if (shown_as_number) return !part.is_number || value.number == part.number;
  const Bytes read(value.data, value.size);
  if (part.is_number) return false;
  // A text may be shorter than its place, an address than it is read.
  if (read.size() <= part.bytes.size()) return std::equal(read.begin(), read.end(), part.bytes.begin());
  if (part.field->width != 0) return true;
  const bool address = part.field->kind == Kind::ipv4 || part.field->kind == Kind::ipv6;
  return address && std::equal(part.bytes.begin(), part.bytes.end(), read.begin());
}

/// The values of the variable part are found in their order.
Result<> check_values(const Layer& layer, const Tape& tape, std::size_t index) {
  std::uint32_t next = tape.layers[index].first_value;
  for (const Part& part : layer.parts) {
    if (!is_checked(layer, part)) continue;
    std::uint32_t at = next;
    while (at != kNoValue && !is_read(part, tape.values[at])) at = tape.values[at].next;
    if (at == kNoValue) {
      for (at = tape.layers[index].first_value; at != next && !is_read(part, tape.values[at]);)
        at = tape.values[at].next;
      if (at == next)
        return Error{ErrorCode::usage,
                     "would not be read as it was set: what it belongs to is missing, or says otherwise",
                     std::string(part.field->name)};
      continue;  // a header's own value, set behind what stands later
    }
    next = at;
  }
  return {};
}

}  // namespace

void put_part(Layer& layer, Part part) {
  const Construction* how = layer.protocol->construction;
  if (how != nullptr && contains(how->behind, part.field)) {
    if (part.is_number) {
      for (std::size_t bits = own_width(*part.field); bits != 0; bits -= 8)
        layer.behind.push_back(static_cast<std::uint8_t>(part.number >> (bits - 8)));
    }
    layer.behind.insert(layer.behind.end(), part.bytes.begin(), part.bytes.end());
    return;
  }
  if (how != nullptr && (contains(how->names, part.field) || contains(how->joined, part.field))) {
    constexpr std::string_view kRoot = "<Root>";
    if (!part.bytes.empty() && part.bytes.back() == '.') part.bytes.pop_back();
    if (part.bytes.empty()) part.bytes.assign(kRoot.begin(), kRoot.end());
  }
  if (!part.field->parsed) {
    std::erase_if(layer.parts, [&](const Part& other) { return other.field == part.field; });
  }
  layer.parts.push_back(std::move(part));
}

Result<> finish(const std::vector<Layer>& layers, LinkType link_type, std::vector<std::uint8_t>& packet) {
  const std::size_t size = packet.size();
  packet.resize(size + kPadding);
  RawPacket raw;
  raw.bytes = PaddedBytes(packet.data(), size);
  raw.original_length = static_cast<std::uint32_t>(size);
  raw.link_type = link_type;
  Reader reader;
  const Tape* tape = &reader.read(raw);
  const std::vector<std::size_t>& chain = reader.chain();
  const auto carried = [&](std::size_t i) {
    return i < chain.size() && tape->layers[chain[i]].protocol->definition == layers[i].protocol;
  };
  // What an outer checksum covers must be right before: the innermost one that is wrong, again and again.
  for (bool changed = true; changed;) {
    changed = false;
    const std::vector<ChecksumFound>& all = reader.checksums();
    for (auto found = all.rbegin(); found != all.rend() && !changed; ++found) {
      const auto place = std::find(chain.begin(), chain.end(), found->layer);
      const auto index = static_cast<std::size_t>(place - chain.begin());
      if (index >= layers.size() || !carried(index) || checksum_is_set(layers[index], *found)) continue;
      const std::uint32_t right = as_sent(layers[index], *found);
      std::uint8_t* const at = packet.data() + found->offset;
      const bool wide = found->size == 4;
      if ((wide ? load_be32(at) : load_be16(at)) == right) continue;
      if (wide) {
        store_be32(at, right);
      } else {
        store_be16(at, static_cast<std::uint16_t>(right));
      }
      changed = true;
    }
    if (changed) tape = &reader.read(raw);
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!carried(i)) {
      if (i != 0 && leads_as_set(layers[i - 1])) break;
      const std::string inside(layers[i].protocol->name);
      if (i == 0) return Error{ErrorCode::usage, "no capture begins with it", inside};
      return Error{ErrorCode::usage, "cannot carry " + inside + " with these values",
                   std::string(layers[i - 1].protocol->name)};
    }
    if (ends_as_set(layers[i])) continue;
    if (auto done = check_values(layers[i], *tape, chain[i]); !done) return done;
  }
  packet.resize(size);
  return {};
}

}  // namespace flowloom::construct
