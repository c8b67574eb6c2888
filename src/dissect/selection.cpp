#include "dissect/selection.hpp"

#include <algorithm>

#include "dissect/similar_names.hpp"

namespace flowloom {
namespace {

Error unknown_field(const std::string& name, const std::vector<std::string>& others) {
  return {ErrorCode::usage, "unknown field \"" + name + "\"" + did_you_mean(name, others)};
}

}  // namespace

Result<Selection> Selection::make(const std::vector<std::string>& names, const std::deque<Field>& others,
                                  const std::vector<std::string>& proposed) {
  const Registry& registry = Registry::instance();
  Selection selection;
  selection.plans_.resize(registry.protocols().size());
  for (const std::string& name : names) {
    const Named* named = registry.find(name);
    const auto other = std::ranges::find(others, name, &Field::name);
    if (named == nullptr && other == others.end()) return unknown_field(name, proposed);
    if (std::ranges::find(selection.columns_, name, &Column::name) != selection.columns_.end())
      return Error{ErrorCode::usage, "field \"" + name + "\" is asked for twice"};
    if (named == nullptr) {
      selection.columns_.push_back({name, {&*other}});
      const RegisteredProtocol& frame = *registry.find_protocol("frame");
      selection.plans_[frame.id].parsed.push_back({&*other, selection.columns_.size() - 1, {}});
      continue;
    }
    selection.columns_.push_back({name, named->fields});
    selection.add(selection.columns_.size() - 1, *named);
  }
  return selection;
}

void Selection::add(std::size_t column, const Named& named) {
  wanted_.add(named);
  if (named.fields.empty()) {
    const RegisteredProtocol& protocol = *named.protocols.front();
    Field& field = layer_fields_.emplace_back();  // of width 0, so that a layer without bytes has it, too
    field.name = protocol.definition->name;
    field.title = protocol.definition->title;
    field.kind = Kind::protocol;
    columns_[column].fields = {&field};
    plans_[protocol.id].fixed.push_back({&field, column, Place(field)});
    return;
  }
  for (const RegisteredProtocol* protocol : named.protocols) {
    Plan& plan = plans_[protocol->id];
    for (const Field* field : protocol->definition->fields) {
      if (std::ranges::find(named.fields, field) == named.fields.end()) continue;
      if (named.told != nullptr) {
        plan.told.push_back({field, column, {}});
      } else if (field->parsed) {
        plan.parsed.push_back({field, column, {}});
      } else {
        plan.fixed.push_back({field, column, Place(*field)});
      }
    }
  }
}

}  // namespace flowloom
