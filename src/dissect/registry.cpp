#include "dissect/registry.hpp"

#include <algorithm>
#include <cassert>
#include <cctype>

#include "dissect/all_protocols.hpp"

namespace flowloom {
namespace {

/// A name is of one place, or put by the code, in all protocols that have it.
consteval bool all_names_agree() {
  for (const Protocol* const* a = std::begin(kAllProtocols); a != std::end(kAllProtocols); ++a) {
    for (const Protocol* const* b = a + 1; b != std::end(kAllProtocols); ++b) {
      if (!names_agree(**a, **b)) return false;
    }
  }
  return true;
}
static_assert(all_names_agree());

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

Registry::Registry() {
  for (const Protocol* protocol : kAllProtocols) add(*protocol);
}

const Registry& Registry::instance() {
  static const Registry registry;
  return registry;
}

void Registry::add(const Protocol& protocol) {
  const auto id = static_cast<std::uint16_t>(protocols_.size());
  const RegisteredProtocol& entry = protocols_.emplace_back(RegisteredProtocol{&protocol, id});
  by_definition_[&protocol] = &entry;
  names_[protocol.name].protocols.push_back(&entry);
  for (const Field* field : protocol.fields) {
    Named& named = names_[field->name];
    if (!named.of(&entry)) named.protocols.push_back(&entry);
    if (std::find(named.fields.begin(), named.fields.end(), field) == named.fields.end())
      named.fields.push_back(field);
    named.told = named.fields.size() == 1 && field->told != nullptr ? field : nullptr;
    named.parsed = named.told == nullptr && std::ranges::any_of(named.fields, &Field::parsed);
  }
  for (const Binding& binding : protocol.parents) bind(binding, entry);
}

void Registry::bind(const Binding& binding, const RegisteredProtocol& protocol) {
  ++bindings_;
  assert(bindings_ * 2 < kSlots);
  const std::uint32_t key = key_of(binding.table, binding.value);
  std::size_t i = slot_of(key);
  while (slots_[i].protocol != nullptr) {
    assert(slots_[i].key != key);  // two protocols at one place
    i = (i + 1) % kSlots;
  }
  slots_[i] = {key, &protocol};
  if (binding.table == Table::udp_port && protocol.definition->level != Level::application)
    carrying_ports_.set(binding.value);
}

const Named* Registry::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

const RegisteredProtocol* Registry::find_protocol(std::string_view name) const {
  for (const RegisteredProtocol& entry : protocols_) {
    const Protocol& p = *entry.definition;
    if (same_letters(p.name, name) || (!p.pcapkit.empty() && same_letters(p.pcapkit, name))) return &entry;
  }
  return nullptr;
}

const RegisteredProtocol* Registry::registered(const Protocol& protocol) const {
  const auto found = by_definition_.find(&protocol);
  return found == by_definition_.end() ? nullptr : found->second;
}

void Registry::each_name(const std::function<void(std::string_view)>& use) const {
  for (const auto& [name, named] : names_) use(name);
}

}  // namespace flowloom
