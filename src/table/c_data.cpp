// Export to the Arrow C data interface (https://arrow.apache.org/docs/format/CDataInterface.html). Each
// exported structure owns one node on the heap, so that a consumer may move a child out and release it later
// than its parent, as the specification allows.
#include <cassert>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "base/utf8.hpp"
#include "flowloom/arrow_c_data.hpp"
#include "flowloom/table.hpp"

namespace flowloom {
namespace {

using Metadata = std::vector<std::pair<std::string, std::string>>;

const char* format_of(ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      return "b";
    case ColumnType::uint8:
      return "C";
    case ColumnType::uint16:
      return "S";
    case ColumnType::uint32:
      return "I";
    case ColumnType::uint64:
      return "L";
    case ColumnType::int32:
      return "i";
    case ColumnType::int64:
      return "l";
    case ColumnType::float64:
      return "g";
    case ColumnType::timestamp:
      return "tsn:UTC";
    case ColumnType::duration:
      return "tDn";
    case ColumnType::string:
      return "u";
    case ColumnType::binary:
      return "z";
    case ColumnType::list:
      return "+l";
    case ColumnType::structure:
      return "+s";
  }
  return "n";
}

/// int32 count, then for each pair int32 length and bytes of key and value; native byte order.
std::string encode_metadata(const Metadata& pairs) {
  std::string out;
  const auto put = [&out](std::size_t number) {
    const auto value = static_cast<std::int32_t>(number);
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
  };
  put(pairs.size());
  for (const auto& [key, value] : pairs) {
    put(key.size());
    out += key;
    put(value.size());
    out += value;
  }
  return out;
}

// --- schemas -------------------------------------------------------------------------------------

struct SchemaNode {
  std::string name, metadata;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> child_pointers;
};

template <class Exported>
void release_children(Exported* parent) {
  for (std::int64_t i = 0; i < parent->n_children; ++i) {
    Exported* child = parent->children[i];
    if (child->release != nullptr) child->release(child);  // null: the consumer moved it out
  }
}

void release_schema(ArrowSchema* schema) {
  release_children(schema);
  delete static_cast<SchemaNode*>(schema->private_data);
  schema->release = nullptr;
}

void export_spec(const std::vector<ColumnSpec>& children, std::string name, const char* format, bool nullable,
                 const Metadata& metadata, ArrowSchema* out) {
  auto* node = new SchemaNode;
  node->name = std::move(name);
  if (!metadata.empty()) node->metadata = encode_metadata(metadata);
  node->children.resize(children.size());
  for (std::size_t i = 0; i < children.size(); ++i) {
    const ColumnSpec& spec = children[i];
    Metadata description;
    if (!spec.description.empty()) description.emplace_back("description", spec.description);
    export_spec(spec.children, spec.name, format_of(spec.type), spec.nullable, description,
                &node->children[i]);
    node->child_pointers.push_back(&node->children[i]);
  }
  *out = {.format = format,
          .name = node->name.c_str(),
          .metadata = node->metadata.empty() ? nullptr : node->metadata.data(),
          .flags = nullable ? ARROW_FLAG_NULLABLE : 0,
          .n_children = static_cast<std::int64_t>(children.size()),
          .children = node->child_pointers.data(),
          .dictionary = nullptr,
          .release = release_schema,
          .private_data = node};
}

// --- arrays --------------------------------------------------------------------------------------

struct ArrayNode {
  Buffer validity, offsets, values;
  const void* buffers[3] = {};
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> child_pointers;
};

void release_array(ArrowArray* array) {
  release_children(array);
  delete static_cast<ArrayNode*>(array->private_data);
  array->release = nullptr;
}

/// Bytes that are 0 or not → bits, least significant first.
Buffer pack_bits(const Buffer& bytes, std::int64_t length) {
  const auto count = static_cast<std::size_t>(length);
  assert(bytes.size() == count);
  Buffer bits;
  bits.resize((count + 7) / 8);
  for (std::size_t i = 0; i < count; i += 8) {
    unsigned packed = 0;
    for (std::size_t bit = 0; bit < 8 && i + bit < count; ++bit) {
      packed |= static_cast<unsigned>(bytes.data()[i + bit] != 0) << bit;
    }
    bits.data()[i / 8] = static_cast<std::uint8_t>(packed);
  }
  return bits;
}

/// Arrow's strings are UTF-8, and its readers trust that. Rare enough to copy the whole column then.
void repair_strings(Column& column) {
  if (is_ascii({column.values.as<char>(), column.values.size()})) return;
  bool good = true;
  for (std::int64_t row = 0; row < column.length && good; ++row) good = is_utf8(column.text(row));
  if (good) return;
  Buffer offsets, values;
  offsets.push(std::int32_t{0});
  for (std::int64_t row = 0; row < column.length; ++row) {
    const std::string text = repaired_utf8(column.text(row));
    values.append(text.data(), text.size());
    offsets.push(static_cast<std::int32_t>(values.size()));
  }
  column.offsets = std::move(offsets);
  column.values = std::move(values);
}

/// The specification lets empty buffers be null, but not every consumer does.
const void* address(const Buffer& buffer) {
  alignas(64) static const std::uint8_t nothing[64] = {};
  return buffer.data() != nullptr ? buffer.data() : nothing;
}

void export_node(ArrayNode* node, std::int64_t length, std::int64_t null_count, std::int64_t buffers,
                 ArrowArray* out) {
  for (ArrowArray& child : node->children) node->child_pointers.push_back(&child);
  *out = {.length = length,
          .null_count = null_count,
          .offset = 0,
          .n_buffers = buffers,
          .n_children = static_cast<std::int64_t>(node->children.size()),
          .buffers = node->buffers,
          .children = node->child_pointers.data(),
          .dictionary = nullptr,
          .release = release_array,
          .private_data = node};
}

void export_column(const ColumnSpec& spec, Column&& column, ArrowArray* out) {
  auto* node = new ArrayNode;
  std::int64_t buffers = 1;
  if (column.validity.size() != 0 && column.null_count != 0) {
    node->validity = pack_bits(column.validity, column.length);
    node->buffers[0] = node->validity.data();
  }
  if (spec.type == ColumnType::string || spec.type == ColumnType::binary || spec.type == ColumnType::list) {
    if (column.offsets.size() == 0) column.offsets.push(std::int32_t{0});
    assert(column.offsets.size() == sizeof(std::int32_t) * static_cast<std::size_t>(column.length + 1));
    if (spec.type == ColumnType::string) repair_strings(column);
    node->offsets = std::move(column.offsets);
    node->buffers[buffers++] = node->offsets.data();
  }
  if (spec.type != ColumnType::list && spec.type != ColumnType::structure) {
    node->values =
        spec.type == ColumnType::boolean ? pack_bits(column.values, column.length) : std::move(column.values);
    node->buffers[buffers++] = address(node->values);
  }
  assert(column.children.size() == spec.children.size());
  node->children.resize(spec.children.size());
  for (std::size_t i = 0; i < spec.children.size(); ++i) {
    export_column(spec.children[i], std::move(column.children[i]), &node->children[i]);
  }
  export_node(node, column.length, column.null_count, buffers, out);
}

}  // namespace

void export_schema(const Schema& schema, const Metadata& metadata, ArrowSchema* out) {
  export_spec(schema.columns, "", "+s", false, metadata, out);
}

void export_batch(RecordBatch&& batch, ArrowArray* out) {
  assert(batch.schema != nullptr && batch.columns.size() == batch.schema->columns.size());
  auto* node = new ArrayNode;
  node->children.resize(batch.columns.size());
  for (std::size_t i = 0; i < batch.columns.size(); ++i) {
    assert(batch.columns[i].length == batch.rows);
    export_column(batch.schema->columns[i], std::move(batch.columns[i]), &node->children[i]);
  }
  export_node(node, batch.rows, 0, 1, out);
  batch.columns.clear();
}

}  // namespace flowloom
