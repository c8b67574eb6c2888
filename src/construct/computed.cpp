#include "construct/computed.hpp"

#include <algorithm>

#include "construct/header_bits.hpp"
#include "dissect/construction.hpp"

namespace flowloom::construct {
namespace {

/// The number that build() would fill in for what is inside.
const Binding* bound(const Fill& fill, const Protocol* inside) {
  if (fill.with != Fill::With::next || inside == nullptr) return nullptr;
  for (const Binding& binding : inside->parents) {
    if (binding.table == fill.table) return &binding;
  }
  return nullptr;
}

/// Whether build() would fill in the part if it were not set.
bool is_filled_in(const Layer& layer, const Fill& fill, const Part& part, const Protocol* inside) {
  if (fill.field != part.field) return false;
  if (fill.unless != nullptr) {
    if (is_set(layer, *fill.unless)) return false;
    for (const Fill& other : layer.protocol->construction->fills) {
      if (other.field == fill.unless && bound(other, inside) != nullptr && fill.with >= Fill::With::header)
        return false;
    }
  }
  if (fill.with >= Fill::With::header) return true;
  const Binding* const binding = bound(fill, inside);
  return binding != nullptr && binding->value == part.number;
}

/// Of the parts that can be filled in: a length that counts more than is there stays as it is.
void keep_longer(Layer& layer, const Around& around) {
  Layer bare = layer;
  std::erase_if(bare.parts, [](const Part& part) { return part.computed; });
  const auto header = LayerWriter(bare, around).write();
  for (Part& part : layer.parts) {
    if (!part.computed || !part.is_number || part.field->width == 0) continue;
    for (const Fill& fill : layer.protocol->construction->fills) {
      if (fill.field != part.field || fill.with < Fill::With::header) continue;
      const std::uint64_t told =
          header ? bits_of(*header, part.field->bit, part.field->width) * part.field->scale : 0;
      // A header that does not end where its length says has more behind that.
      part.computed = header && (fill.with == Fill::With::header ? told == part.number : told >= part.number);
    }
  }
}

/// Lengths and numbers of groups, if all of them would come out as they are (not of groups inside others of
/// their kind).
void mark_group_lengths(Layer& layer, const Around& around, Bytes header) {
  const auto is_length = [&](const Part& part) {
    const auto& groups = layer.protocol->construction->groups;
    return part.field != nullptr && std::any_of(groups.begin(), groups.end(), [&](const Group& group) {
             return group.length == part.field || group.number == part.field || group.checksum == part.field;
           });
  };
  Layer bare = layer;
  std::erase_if(bare.parts, is_length);
  const auto written = LayerWriter(bare, around).write();
  if (!written || !std::equal(written->begin(), written->end(), header.begin(), header.end())) return;
  for (Part& part : layer.parts) part.computed = part.computed || is_length(part);
}

/// Numbers of what follows, and lengths that need not be there: each that would come out as it is.
void mark_same(Layer& layer, const Around& around, Bytes header) {
  Layer bare = layer;
  for (const Fill& fill : layer.protocol->construction->fills) {
    const auto is_it = [&](const Part& part) { return part.field == fill.field; };
    const auto part = std::find_if(layer.parts.begin(), layer.parts.end(), is_it);
    if (part == layer.parts.end() || (fill.with != Fill::With::count && fill.announced == nullptr)) continue;
    Layer without = bare;
    std::erase_if(without.parts, is_it);
    const auto written = LayerWriter(without, around).write();
    part->computed = written && std::equal(written->begin(), written->end(), header.begin(), header.end());
    if (part->computed) bare = std::move(without);
  }
}

}  // namespace

void mark_computed(Layer& layer, const Around& around, Bytes header) {
  const Construction* how = layer.protocol->construction;
  if (how == nullptr) return;
  for (Part& part : layer.parts) {
    if (part.field == nullptr) continue;
    if (part.bits != 0) continue;  // of another size than it would have
    for (const Fill& fill : how->fills)
      part.computed = part.computed || is_filled_in(layer, fill, part, around.inside);
  }
  keep_longer(layer, around);
  mark_same(layer, around, header);
  mark_group_lengths(layer, around, header);
}

void mark_checksums(const Reader& reader, std::vector<Layer>& layers) {
  for (const ChecksumFound& found : reader.checksums()) {
    const auto place = std::find(reader.chain().begin(), reader.chain().end(), found.layer);
    const auto index = static_cast<std::size_t>(place - reader.chain().begin());
    if (index >= layers.size()) continue;
    for (Part& part : layers[index].parts) {
      if (part.field != nullptr && found.status->name.starts_with(part.field->name) &&
          found.status->name.substr(part.field->name.size()) == ".status") {
        part.computed = true;
      }
    }
  }
}

}  // namespace flowloom::construct
