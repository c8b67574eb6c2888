#include <algorithm>
#include <string>

#include "construct/field_text.hpp"
#include "construct/finish.hpp"
#include "construct/layer.hpp"
#include "construct/layer_writer.hpp"
#include "dissect/construction.hpp"
#include "dissect/registry.hpp"
#include "dissect/similar_names.hpp"
#include "flowloom/construct.hpp"

namespace flowloom {
namespace {

/// The group that the next value belongs to. Null: none.
const Group* open_group(const construct::Layer& layer) {
  if (layer.protocol->construction == nullptr) return nullptr;
  for (auto part = layer.parts.rbegin(); part != layer.parts.rend(); ++part) {
    for (const Group& group : layer.protocol->construction->groups) {
      if (group.first == part->field && !group.counted) return &group;
    }
  }
  return nullptr;
}

/// The protocol's field of that name. Of several it is that of the group that is open; the first which is no
/// alias, but the second if the first has a place that is taken.
const Field* field_named(const construct::Layer& layer, std::string_view name) {
  const Group* const group = open_group(layer);
  const Field *first = nullptr, *second = nullptr, *alias = nullptr;
  for (const Field* field : layer.protocol->fields) {
    if (field->name != name) continue;
    if (group != nullptr && group->has(field)) return field;
    if (field->hidden) {
      alias = field;
    } else if (first == nullptr) {
      first = field;
    } else if (second == nullptr) {
      second = field;
    }
  }
  if (first == nullptr) return alias;
  const auto is_first = [&](const construct::Part& part) { return part.field == first; };
  const bool taken = second != nullptr && first->parsed && first->width != 0 && second->width == 0 &&
                     std::any_of(layer.parts.begin(), layer.parts.end(), is_first);
  return taken ? second : first;
}

std::string unknown(std::string_view what, std::string_view name) {
  return std::string(what) + did_you_mean(name, {}, 1);
}

}  // namespace

Packet::Packet() = default;
Packet::Packet(const Packet&) = default;
Packet::Packet(Packet&&) noexcept = default;
Packet& Packet::operator=(const Packet&) = default;
Packet& Packet::operator=(Packet&&) noexcept = default;
Packet::~Packet() = default;

void Packet::fail(std::string_view what, std::string_view name) {
  if (!error_) error_ = Error{ErrorCode::usage, std::string(what), std::string(name)};
}

construct::Layer* Packet::current(std::string_view field) {
  if (current_ < layers_.size()) return &layers_[current_];
  fail("there is no layer yet", field);
  return nullptr;
}

Packet& Packet::add(std::string_view protocol) {
  const RegisteredProtocol* found = Registry::instance().find_protocol(protocol);
  if (found == nullptr) {
    if (!error_) fail(unknown("there is no such protocol", protocol), protocol);
    return *this;
  }
  layers_.emplace_back().protocol = found->definition;
  current_ = layers_.size() - 1;
  return *this;
}

Packet& Packet::edit(std::string_view protocol, std::size_t n) {
  const RegisteredProtocol* found = Registry::instance().find_protocol(protocol);
  for (std::size_t i = 0; found != nullptr && i < layers_.size(); ++i) {
    if (layers_[i].protocol != found->definition || n-- != 0) continue;
    current_ = i;
    return *this;
  }
  fail("the packet has no such layer", protocol);
  return *this;
}

const Field* Packet::field_of(const construct::Layer* layer, std::string_view name) {
  if (layer == nullptr) return nullptr;
  const Field* field = field_named(*layer, name);
  if (field == nullptr && !error_)
    fail(unknown(std::string(layer->protocol->name) + " has no such field", name), name);
  return field;
}

Packet& Packet::set_number(std::string_view name, std::uint64_t number, bool negative) {
  construct::Layer* layer = current(name);
  const Field* field = field_of(layer, name);
  if (field == nullptr) return *this;
  construct::Part part;
  part.field = field;
  part.is_number = true;
  part.number = number;
  if (!construct::is_number(field->kind)) {
    fail("is no number", name);
    return *this;
  }
  // Part has a signed field's number by its bits, in which the other sign would be another number.
  if (negative && field->kind != Kind::sint) {
    fail(std::to_string(static_cast<std::int64_t>(number)) + " does not fit: at least 0", name);
    return *this;
  }
  if (!negative && field->kind == Kind::sint && number >> 63 != 0) {
    fail(std::to_string(number) + " does not fit", name);
    return *this;
  }
  construct::put_part(*layer, std::move(part));
  return *this;
}

Packet& Packet::set(std::string_view name, std::string_view text) {
  construct::Layer* layer = current(name);
  const Field* field = field_of(layer, name);
  if (field == nullptr) return *this;
  Result<construct::Part> part = construct::part_of(*field, text);
  if (part) {
    construct::put_part(*layer, std::move(*part));
  } else if (!error_) {
    error_ = std::move(part).error();
  }
  return *this;
}

Packet& Packet::set(std::string_view name, Bytes bytes) {
  construct::Layer* layer = current(name);
  const Field* field = field_of(layer, name);
  if (field == nullptr) return *this;
  construct::Part part;
  part.field = field;
  part.bytes.assign(bytes.begin(), bytes.end());
  construct::put_part(*layer, std::move(part));
  return *this;
}

Packet& Packet::raw(Bytes bytes) {
  if (construct::Layer* layer = current("raw")) {
    construct::Part part;
    part.bytes.assign(bytes.begin(), bytes.end());
    layer->parts.push_back(std::move(part));
  }
  return *this;
}

Packet& Packet::behind(Bytes bytes) {
  if (construct::Layer* layer = current("behind"))
    layer->behind.insert(layer->behind.end(), bytes.begin(), bytes.end());
  return *this;
}

Packet& Packet::payload(Bytes bytes) {
  payload_.assign(bytes.begin(), bytes.end());
  return *this;
}

Packet& Packet::recompute() {
  for (construct::Layer& layer : layers_) {
    std::erase_if(layer.parts, [](const construct::Part& part) { return part.computed; });
  }
  return *this;
}

LinkType Packet::link_type() const {
  if (link_type_) return *link_type_;
  if (layers_.empty()) return 0;
  for (const Binding& binding : layers_.front().protocol->parents) {
    if (binding.table == Table::link_type) return binding.value;
  }
  return 0;
}

std::vector<std::string_view> Packet::layers() const {
  std::vector<std::string_view> names;
  names.reserve(layers_.size());
  for (const construct::Layer& layer : layers_) names.push_back(layer.protocol->name);
  return names;
}

std::size_t Packet::raw_bytes(std::size_t n) const {
  std::size_t count = 0;
  for (const construct::Part& part : layers_[n].parts) {
    if (part.field == nullptr || part.literal) count += part.bytes.size();
  }
  return count;
}

Result<std::vector<std::uint8_t>> Packet::build() const {
  if (error_) return *error_;
  std::vector<std::vector<std::uint8_t>> headers(layers_.size());
  std::size_t inside = payload_.size();
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const construct::Around around{i == 0 ? nullptr : layers_[i - 1].protocol,
                                   i + 1 == layers_.size() ? nullptr : layers_[i + 1].protocol, inside};
    auto header = construct::LayerWriter(layers_[i], around).write();
    if (!header) return std::move(header).error();
    headers[i] = std::move(*header);
    inside += headers[i].size() + layers_[i].behind.size();
  }
  std::vector<std::uint8_t> out;
  out.reserve(inside + kPadding);
  for (const auto& header : headers) out.insert(out.end(), header.begin(), header.end());
  out.insert(out.end(), payload_.begin(), payload_.end());
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer)
    out.insert(out.end(), layer->behind.begin(), layer->behind.end());
  if (auto done = construct::finish(layers_, link_type(), out); !done) return std::move(done).error();
  return out;
}

}  // namespace flowloom
