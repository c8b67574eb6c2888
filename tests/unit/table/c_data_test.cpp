// The exported structures, read as the specification of the Arrow C data interface says.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <string>

#include "flowloom/arrow_c_data.hpp"
#include "flowloom/table.hpp"
#include "write/sample_batch.hpp"

namespace flowloom {
namespace {

using testing::sample_batch;
using testing::sample_schema;

std::map<std::string, std::string> decoded(const char* metadata) {
  std::map<std::string, std::string> pairs;
  if (metadata == nullptr) return pairs;
  const auto number = [&metadata] {
    std::int32_t value = 0;
    std::memcpy(&value, metadata, sizeof value);
    metadata += sizeof value;
    return value;
  };
  const auto text = [&] {
    const auto length = static_cast<std::size_t>(number());
    std::string value(metadata, length);
    metadata += length;
    return value;
  };
  for (std::int32_t count = number(); count > 0; --count) {
    const std::string key = text();
    pairs[key] = text();
  }
  return pairs;
}

template <class T>
const T* buffer(const ArrowArray& array, std::size_t index) {
  return static_cast<const T*>(array.buffers[index]);
}

bool bit(const ArrowArray& array, std::size_t buffer_index, std::int64_t row) {
  return (buffer<std::uint8_t>(array, buffer_index)[row / 8] >> (row % 8) & 1) != 0;
}

TEST(ExportSchema, NamesTypesAndFlags) {
  ArrowSchema schema;
  export_schema(*sample_schema(), {{"flowloom.version", "1"}, {"empty", ""}}, &schema);
  EXPECT_STREQ(schema.format, "+s");
  EXPECT_EQ(decoded(schema.metadata),
            (std::map<std::string, std::string>{{"flowloom.version", "1"}, {"empty", ""}}));
  const std::vector<std::pair<const char*, const char*>> expected = {
      {"id", "L"},   {"flag", "b"},   {"u8", "C"},       {"u16", "S"},        {"u32", "I"},
      {"i32", "i"},  {"i64", "l"},    {"f64", "g"},      {"time", "tsn:UTC"}, {"name", "u"},
      {"blob", "z"}, {"times", "+l"}, {"lengths", "+l"}, {"flags", "+l"},     {"found", "+l"}};
  ASSERT_EQ(schema.n_children, static_cast<std::int64_t>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const ArrowSchema& child = *schema.children[i];
    EXPECT_STREQ(child.name, expected[i].first);
    EXPECT_STREQ(child.format, expected[i].second);
    EXPECT_EQ(child.flags, sample_schema()->columns[i].nullable ? ARROW_FLAG_NULLABLE : 0);
    EXPECT_EQ(child.dictionary, nullptr);
  }
  EXPECT_EQ(decoded(schema.children[0]->metadata),
            (std::map<std::string, std::string>{{"description", "counts up"}}));
  EXPECT_EQ(schema.children[1]->metadata, nullptr);
  const ArrowSchema& item = *schema.children[14]->children[0];
  EXPECT_STREQ(item.name, "item");
  EXPECT_STREQ(item.format, "+s");
  EXPECT_STREQ(item.children[1]->name, "packet");
  schema.release(&schema);
  EXPECT_EQ(schema.release, nullptr);
}

TEST(ExportBatch, ValuesAndValidityBits) {
  constexpr std::int64_t kRows = 100;
  const RecordBatch expected = sample_batch(0, kRows);
  ArrowArray array;
  export_batch(sample_batch(0, kRows), &array);
  EXPECT_EQ(array.length, kRows);
  EXPECT_EQ(array.n_buffers, 1);
  EXPECT_EQ(array.buffers[0], nullptr);
  ASSERT_EQ(array.n_children, 15);
  for (std::size_t i = 0; i < 15; ++i) {
    const ArrowArray& child = *array.children[i];
    EXPECT_EQ(child.length, kRows);
    EXPECT_EQ(child.offset, 0);
    EXPECT_EQ(child.null_count, expected.columns[i].null_count);
    for (std::int64_t row = 0; child.buffers[0] != nullptr && row < kRows; ++row) {
      EXPECT_EQ(bit(child, 0, row), !expected.columns[i].is_null(row));
    }
  }
  const ArrowArray& flag = *array.children[1];
  ASSERT_EQ(flag.n_buffers, 2);
  for (std::int64_t row = 0; row < kRows; ++row) EXPECT_EQ(bit(flag, 1, row), row % 2 == 1);
  EXPECT_EQ(buffer<std::uint64_t>(*array.children[0], 1)[99], 99U);
  EXPECT_EQ(array.children[0]->buffers[0], nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.children[0]->buffers[1]) % 64, 0U);
  const ArrowArray& lengths = *array.children[12];
  ASSERT_EQ(lengths.n_buffers, 2);
  EXPECT_EQ(buffer<std::int32_t>(lengths, 1)[3], 3);
  EXPECT_EQ(lengths.children[0]->length, expected.columns[12].children[0].length);
  EXPECT_EQ(buffer<std::int32_t>(*lengths.children[0], 1)[0], 1);
  array.release(&array);
  EXPECT_EQ(array.release, nullptr);
}

TEST(ExportBatch, MovesMemoryInsteadOfCopyingIt) {
  RecordBatch batch = sample_batch(0, 10);
  const void* const before = batch.columns[0].values.data();
  ArrowArray array;
  export_batch(std::move(batch), &array);
  EXPECT_EQ(array.children[0]->buffers[1], before);
  array.release(&array);
}

TEST(ExportBatch, ChildrenMayBeMovedOut) {
  ArrowArray array;
  export_batch(sample_batch(0, 10), &array);
  ArrowArray moved = *array.children[12];
  array.children[12]->release = nullptr;  // as the specification says
  ArrowArray inner = *moved.children[0];
  moved.children[0]->release = nullptr;
  array.release(&array);
  moved.release(&moved);
  EXPECT_EQ(buffer<std::int32_t>(inner, 1)[0], 1);  // the sanitizer tells whether this is still ours
  inner.release(&inner);

  ArrowSchema schema;
  export_schema(*sample_schema(), {}, &schema);
  ArrowSchema child = *schema.children[14];
  schema.children[14]->release = nullptr;
  schema.release(&schema);
  EXPECT_STREQ(child.name, "found");
  EXPECT_STREQ(child.children[0]->children[0]->name, "value");
  child.release(&child);
}

TEST(ExportBatch, EmptyBatchHasBuffers) {
  ArrowArray array;
  export_batch(sample_batch(0, 0), &array);
  EXPECT_EQ(array.length, 0);
  const ArrowArray& name = *array.children[9];
  ASSERT_EQ(name.n_buffers, 3);
  EXPECT_EQ(buffer<std::int32_t>(name, 1)[0], 0);
  EXPECT_NE(name.buffers[2], nullptr);
  array.release(&array);
}

TEST(ExportBatch, StringsAreUtf8) {
  auto schema = std::make_shared<Schema>();
  schema->columns = {{"text", ColumnType::string}, {"bytes", ColumnType::binary}};
  RecordBatch batch;
  batch.schema = schema;
  batch.columns.resize(2);
  for (const std::string_view text : {"good",
                                      "b\xFF"
                                      "d",
                                      "\xE2\x82", "gr\xC3\xBC\xC3\x9F"}) {
    for (Column& column : batch.columns) testing::put_text(column, text);
  }
  batch.rows = 4;
  ArrowArray array;
  export_batch(std::move(batch), &array);
  const auto all = [](const ArrowArray& column) {
    return std::string(buffer<char>(column, 2), static_cast<std::size_t>(buffer<std::int32_t>(column, 1)[4]));
  };
  EXPECT_EQ(all(*array.children[0]),
            "goodb\xEF\xBF\xBD"
            "d\xEF\xBF\xBDgr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(buffer<std::int32_t>(*array.children[0], 1)[2], 9);
  EXPECT_EQ(all(*array.children[1]),
            "goodb\xFF"
            "d\xE2\x82gr\xC3\xBC\xC3\x9F");
  array.release(&array);
}

}  // namespace
}  // namespace flowloom
