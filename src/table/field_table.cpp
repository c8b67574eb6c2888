#include "table/field_table.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "dissect/registry.hpp"

namespace flowloom {
namespace {

std::string type_name(const Field& field) {
  switch (field.kind) {
    case Kind::none:
      return "none";
    case Kind::protocol:
      return "protocol";
    case Kind::uint:
      return "uint" + std::to_string(field.storage);
    case Kind::sint:
      return "int" + std::to_string(field.storage);
    case Kind::flag:
      return "boolean";
    case Kind::frame:
      return "frame";
    case Kind::real:
      return field.storage == 32 ? "float" : "double";
    case Kind::time:
      return "time";
    case Kind::duration:
      return "duration";
    case Kind::ipv4:
      return "ipv4";
    case Kind::ipv6:
      return "ipv6";
    case Kind::mac:
      return "mac";
    case Kind::eui64:
      return "eui64";
    case Kind::guid:
      return "guid";
    case Kind::bytes:
      return "bytes";
    case Kind::text:
      break;
  }
  return "text";
}

std::string_view base_name(const Field& field) {
  switch (field.base) {
    case Base::hex:
      return "hex";
    case Base::oct:
      return "oct";
    case Base::colons:
      return "colons";
    case Base::spaces:
      return "spaces";
    case Base::spelled:
    case Base::dec:
      break;
  }
  return field.kind == Kind::uint || field.kind == Kind::sint ? "dec" : "";
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

class Matcher {
 public:
  explicit Matcher(std::string_view pattern)
      : pattern_(lower(pattern)), glob_(pattern_.find_first_of("*?") != std::string::npos) {}

  [[nodiscard]] bool operator()(std::string_view name, std::string_view title) const {
    if (glob_) return fnmatch(pattern_.c_str(), lower(name).c_str(), 0) == 0;
    return lower(name).find(pattern_) != std::string::npos ||
           lower(title).find(pattern_) != std::string::npos;
  }

 private:
  std::string pattern_;
  bool glob_;
};

std::shared_ptr<const Schema> field_schema() {
  Schema schema;
  const auto add = [&](const char* name, bool nullable, const char* description) {
    schema.columns.push_back({name, ColumnType::string, nullable, {}, description});
  };
  add("name", false, "as Wireshark has it");
  add("type", false, "what its values are");
  add("base", true,
      "how its numbers are written in texts: dec, hex, oct; bytes: colons or spaces between them");
  add("title", false, "for people");
  add("protocol", false, "where it is found");
  add("reference", false, "what defines it");
  return std::make_shared<const Schema>(std::move(schema));
}

class Rows {
 public:
  explicit Rows(RecordBatch& batch) : batch_(batch) {
    batch_.schema = field_schema();
    for (const ColumnSpec& spec : batch_.schema->columns) {
      Column& column = batch_.columns.emplace_back();
      column.offsets.push<std::int32_t>(0);
      nullable_.push_back(spec.nullable);
    }
  }

  void add(std::initializer_list<std::string_view> cells) {
    std::size_t i = 0;
    for (const std::string_view cell : cells) {
      Column& column = batch_.columns[i];
      column.values.append(cell.data(), cell.size());
      column.offsets.push<std::int32_t>(static_cast<std::int32_t>(column.values.size()));
      ++column.length;
      if (nullable_[i]) column.validity.push<std::uint8_t>(cell.empty() ? 0 : 1);
      if (nullable_[i] && cell.empty()) ++column.null_count;
      ++i;
    }
    ++batch_.rows;
  }

 private:
  RecordBatch& batch_;
  std::vector<bool> nullable_;
};

}  // namespace

RecordBatch make_field_table(std::string_view pattern) {
  const Matcher matches(pattern);
  std::vector<const Protocol*> protocols;
  const Registry& registry = Registry::instance();
  for (const RegisteredProtocol& entry : registry.protocols()) protocols.push_back(entry.definition);
  std::ranges::sort(protocols, {}, &Protocol::name);
  RecordBatch batch;
  Rows rows(batch);
  for (const Protocol* protocol : protocols) {
    if (matches(protocol->name, protocol->title))
      rows.add({protocol->name, "protocol", "", protocol->title, protocol->name, protocol->reference});
    std::vector<std::string_view> seen;  // one name may stand for several places, and be in several protocols
    for (const Field* field : protocol->fields) {
      if (!matches(field->name, field->title) || std::ranges::find(seen, field->name) != seen.end()) continue;
      if (registry.find(field->name)->protocols.front()->definition != protocol) continue;
      seen.push_back(field->name);
      rows.add({field->name, type_name(*field), base_name(*field), field->title, protocol->name,
                protocol->reference});
    }
  }
  return batch;
}

}  // namespace flowloom
