// What the text formats write, and what all writers promise. That other programs read the files value by
// value is tested in tests/cli/test_writers.py.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <string>

#include "flowloom/write.hpp"
#include "write/sample_batch.hpp"

namespace flowloom {
namespace {

using testing::contents;
using testing::sample_batch;
using testing::sample_schema;
using testing::TemporaryFolder;

const Provenance kAtOpen = {{"version", "0.1"}, {"command", "flowloom \"x\""}, {"accounting_json", "{}"}};
const Provenance kAtEnd = {{"accounting_json", R"({"packets":7})"}};

WriteOptions options_for(TableFormat format) {
  WriteOptions options;
  options.format = format;
  return options;
}

std::string written(const WriteOptions& options, std::vector<RecordBatch> batches,
                    std::shared_ptr<const Schema> schema = sample_schema()) {
  const TemporaryFolder folder;
  const std::string path = folder.file("out");
  auto writer = open_table_writer(path, std::move(schema), kAtOpen, options);
  if (!writer) return writer.error().message();
  for (RecordBatch& batch : batches) {
    if (const auto result = (*writer)->write(std::move(batch)); !result) return result.error().message();
  }
  const auto name = (*writer)->commit(kAtEnd);
  if (!name) return name.error().message();
  return contents(path);
}

std::vector<RecordBatch> batches(std::initializer_list<std::int64_t> sizes) {
  std::vector<RecordBatch> all;
  std::int64_t first = 0;
  for (const std::int64_t size : sizes) {
    all.push_back(sample_batch(first, size));
    first += size;
  }
  return all;
}

RecordBatch text_batch(const std::vector<std::string>& cells) {
  auto schema = std::make_shared<Schema>();
  schema->columns = {{"text", ColumnType::string}, {"n", ColumnType::int32}};
  RecordBatch batch;
  batch.columns.resize(2);
  for (const std::string& cell : cells) {
    testing::put_text(batch.columns[0], cell);
    testing::put(batch.columns[1], std::int32_t{-1});
  }
  batch.rows = static_cast<std::int64_t>(cells.size());
  batch.schema = std::move(schema);
  return batch;
}

std::string as_text(TableFormat format, const std::vector<std::string>& cells) {
  std::vector<RecordBatch> all;
  all.push_back(text_batch(cells));
  const auto schema = all[0].schema;
  return written(options_for(format), std::move(all), schema);
}

TEST(TableFormat, ByExtension) {
  EXPECT_EQ(table_format_of("a.jsonl"), TableFormat::jsonl);
  EXPECT_EQ(table_format_of("a.b/c.NDJSON"), TableFormat::jsonl);
  EXPECT_EQ(table_format_of("x.json"), TableFormat::json);
  EXPECT_EQ(table_format_of("x.CSV"), TableFormat::csv);
  EXPECT_EQ(table_format_of("x.tsv"), TableFormat::tsv);
  EXPECT_EQ(table_format_of("x.parquet"), TableFormat::parquet);
  EXPECT_EQ(table_format_of("x.arrow"), TableFormat::arrow);
  EXPECT_EQ(table_format_of("x.txt"), TableFormat::text);
  EXPECT_EQ(table_format_of("x.pcap"), std::nullopt);
  EXPECT_EQ(table_format_of("a.csv/x"), std::nullopt);
  EXPECT_EQ(table_format_of("-"), std::nullopt);
}

TEST(TableFormat, ByName) {
  EXPECT_EQ(table_format_named("table"), TableFormat::text);
  EXPECT_EQ(table_format_named("parquet"), TableFormat::parquet);
  EXPECT_EQ(table_format_named("txt"), std::nullopt);
  EXPECT_EQ(table_format_named("CSV"), std::nullopt);
}

TEST(JsonLines, AreOneObjectARow) {
  const std::string text = written(options_for(TableFormat::jsonl), batches({2}));
  EXPECT_EQ(text.substr(0, text.find('\n') + 1),
            R"({"id":0,"flag":null,"u8":null,"u16":0,"u32":0,"i32":0,"i64":0,"f64":0.0,"time":-4.500000,)"
            R"("name":"plain","blob":"","times":[],"lengths":[],"flags":[],"found":[]})"
            "\n");
}

TEST(JsonLines, ShowListsStructuresAndNulls) {
  const std::string text = written(options_for(TableFormat::jsonl), batches({4}));
  const std::string second = text.substr(text.find('\n') + 1);
  EXPECT_EQ(second.substr(0, second.find('\n')),
            R"({"id":1,"flag":true,"u8":7,"u16":977,"u32":2654435769,"i32":-1640531527,)"
            R"("i64":-7046029254386353131,"f64":-0.0,"time":-2.999999,"name":"","blob":"00",)"
            R"("times":[0.0],"lengths":[1],"flags":null,"found":[{"value":"first","packet":1}]})");
}

TEST(Json, IsOneObjectWithProvenance) {
  WriteOptions options = options_for(TableFormat::json);
  options.rows_name = "captures";
  EXPECT_EQ(written(options, {}),
            "{\"captures\":[\n],\n\"provenance\":{\"version\":\"0.1\",\"command\":\"flowloom \\\"x\\\"\","
            "\"accounting\":{\"packets\":7}}}\n");
  const std::string text = written(options, batches({1, 1}));
  EXPECT_TRUE(text.starts_with("{\"captures\":[\n{\"id\":0,"));
  EXPECT_NE(text.find("},\n{\"id\":1,"), std::string::npos);
}

TEST(Csv, FollowsRfc4180) {
  EXPECT_EQ(as_text(TableFormat::csv, {"a", "a,b", "say \"hi\"", "two\nlines", ""}),
            "text,n\r\na,-1\r\n\"a,b\",-1\r\n\"say \"\"hi\"\"\",-1\r\n\"two\nlines\",-1\r\n,-1\r\n");
}

TEST(Csv, NoCellIsAFormulaAndNumbersStayNumbers) {
  EXPECT_EQ(as_text(TableFormat::csv, {"=1", "+1", "-1+1", "@x", "\tx", "\rx", " =1", "\"=1",
                                       "\xEF\xBC\x9D"
                                       "1"}),
            "text,n\r\n'=1,-1\r\n'+1,-1\r\n'-1+1,-1\r\n'@x,-1\r\n'\tx,-1\r\n\"'\rx\",-1\r\n' =1,-1\r\n"
            "\"'\"\"=1\",-1\r\n'\xEF\xBC\x9D"
            "1,-1\r\n");
  EXPECT_EQ(as_text(TableFormat::csv,
                    {"-", "-74", "-7.5,3,-1", "-7.", "-1,", "--1", "-", "a=1", "10.0.0.1", "::1"}),
            "text,n\r\n-,-1\r\n-74,-1\r\n\"-7.5,3,-1\",-1\r\n'-7.,-1\r\n\"'-1,\",-1\r\n'--1,-1\r\n-,-1\r\na="
            "1,-1\r\n10.0.0.1,-1\r\n::1,-1\r\n");
}

TEST(Csv, ControlCharactersAndMalformedUtf8AreReplaced) {
  EXPECT_EQ(as_text(TableFormat::csv, {std::string("a\0b\x1b\xFF", 5)}),
            "text,n\r\na\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD,-1\r\n");
}

TEST(Csv, ListsAreJsonOrLeftOut) {
  WriteOptions options = options_for(TableFormat::csv);
  const std::string with = written(options, batches({3}));
  EXPECT_NE(with.find(",\"[0.0,0.000002]\",\"[2,-102]\",\"[2,3]\","), std::string::npos) << with;
  options.lists = false;
  const std::string without = written(options, batches({3}));
  EXPECT_EQ(without.substr(0, without.find("\r\n")), "id,flag,u8,u16,u32,i32,i64,f64,time,name,blob");
}

TEST(Tsv, EscapesInsteadOfQuoting) {
  EXPECT_EQ(as_text(TableFormat::tsv, {"a\tb", "a\r\nb", "back\\slash", "a,\"b\"", "=1"}),
            "text\tn\na\\tb\t-1\na\\r\\nb\t-1\nback\\\\slash\t-1\na,\"b\"\t-1\n'=1\t-1\n");
}

TEST(Writers, BatchesDoNotShow) {
  for (const TableFormat format :
       {TableFormat::jsonl, TableFormat::json, TableFormat::csv, TableFormat::tsv, TableFormat::text}) {
    const std::string one = written(options_for(format), batches({1500}));
    EXPECT_EQ(one, written(options_for(format), batches({1, 999, 0, 300, 200})));
    EXPECT_GT(one.size(), 100'000U);
  }
}

TEST(Writers, ThreadsDoNotShow) {
  WriteOptions options = options_for(TableFormat::parquet);
  const auto sizes = {3, 5000, 0, 2000, 30'000};  // few numbers in lists, many, and too many to be kept
  const auto with = [&](unsigned threads) {
    options.threads = threads;
    std::vector<RecordBatch> all;
    std::int64_t first = 0;
    for (const int size : sizes) {
      all.push_back(sample_batch(first, size));
      first += size;
    }
    return written(options, std::move(all));
  };
  const std::string one = with(1);
  EXPECT_GT(one.size(), 1'000'000U);
  for (const unsigned threads : {0U, 2U, 3U, 100U}) EXPECT_TRUE(with(threads) == one) << threads;
}

TEST(Writers, LeaveNothingWithoutCommit) {
  for (const TableFormat format : {TableFormat::jsonl, TableFormat::json, TableFormat::csv, TableFormat::tsv,
                                   TableFormat::text, TableFormat::parquet, TableFormat::arrow}) {
    const TemporaryFolder folder;
    {
      auto writer = open_table_writer(folder.file("out"), sample_schema(), kAtOpen, options_for(format));
      ASSERT_TRUE(writer) << writer.error().message();
      ASSERT_TRUE((*writer)->write(sample_batch(0, 5000)));
      EXPECT_EQ(folder.entries(), 1U);
    }
    EXPECT_EQ(folder.entries(), 0U);
  }
}

TEST(Writers, FullDiskIsAnError) {
  for (const TableFormat format : {TableFormat::jsonl, TableFormat::json, TableFormat::csv, TableFormat::tsv,
                                   TableFormat::text, TableFormat::parquet, TableFormat::arrow}) {
    auto writer = open_table_writer("/dev/full", sample_schema(), kAtOpen, options_for(format));
    Result<> result;
    std::string message;
    if (writer) result = (*writer)->write(sample_batch(0, 20'000));
    if (!writer) {
      message = writer.error().message();
    } else if (!result) {
      message = result.error().message();
    } else if (const auto name = (*writer)->commit(kAtEnd); !name) {
      message = name.error().message();
    }
    EXPECT_EQ(message, "/dev/full: cannot write: No space left on device");
  }
}

TEST(Writers, MistakesOfTheCallerAreErrors) {
  const auto code_of = [](const auto& result) {
    return result ? std::nullopt : std::optional(result.error().code);
  };
  for (const TableFormat format : {TableFormat::jsonl, TableFormat::json, TableFormat::csv, TableFormat::tsv,
                                   TableFormat::text, TableFormat::parquet, TableFormat::arrow}) {
    EXPECT_EQ(code_of(open_table_writer("/dev/null", nullptr, kAtOpen, options_for(format))),
              ErrorCode::usage);
    auto full = open_table_writer("/dev/full", sample_schema(), kAtOpen, options_for(format));
    if (full && (*full)->write(sample_batch(0, 10))) {
      EXPECT_EQ(code_of((*full)->commit(kAtEnd)), ErrorCode::io);
    }
    for (int again = 0; full && again < 2; ++again) {
      EXPECT_EQ(code_of((*full)->commit(kAtEnd)), ErrorCode::io);
      EXPECT_EQ(code_of((*full)->write(sample_batch(0, 10))), ErrorCode::io);
    }

    const TemporaryFolder folder;
    const auto write = [&](const std::string& name,
                           const std::vector<std::function<void(RecordBatch&)>>& changes) {
      auto writer = open_table_writer(folder.file(name), sample_schema(), kAtOpen, options_for(format));
      ASSERT_TRUE(writer && (*writer)->write(sample_batch(0, 10)));
      for (const auto& change : changes) {
        RecordBatch batch = sample_batch(0, 10);
        change(batch);
        EXPECT_EQ(code_of((*writer)->write(std::move(batch))), ErrorCode::usage);
      }
      ASSERT_TRUE((*writer)->write(sample_batch(10, 10)));
      ASSERT_TRUE((*writer)->commit(kAtEnd));
      EXPECT_EQ(code_of((*writer)->write(sample_batch(0, 10))), ErrorCode::usage);
      EXPECT_EQ(code_of((*writer)->commit(kAtEnd)), ErrorCode::usage);
    };
    write("right", {});
    write("wrong", {[](RecordBatch& batch) { batch = {}; },
                    [](RecordBatch& batch) { const RecordBatch taken = std::move(batch); },
                    [](RecordBatch& batch) { batch.rows = 11; }, [](RecordBatch& batch) { batch.rows = -1; },
                    [](RecordBatch& batch) { batch.columns.pop_back(); },
                    [](RecordBatch& batch) { batch.columns[0].values.resize(1); },
                    [](RecordBatch& batch) {
                      auto other = std::make_shared<Schema>(*batch.schema);
                      other->columns[0].name += "x";
                      batch.schema = std::move(other);
                    },
                    [](RecordBatch& batch) {
                      for (Column& column : batch.columns) {
                        if (column.offsets.size() != 0) column.offsets.resize(column.offsets.size() - 1);
                      }
                    }});
    EXPECT_EQ(contents(folder.file("wrong")), contents(folder.file("right")));
  }
}

TEST(Writers, OfAnInterruptedRunKeepWhatIsThere) {
  const TemporaryFolder folder;
  const std::string path = folder.file("out.jsonl");
  for (const std::string& expected : {path, path + ".partial"}) {
    auto writer = open_table_writer(path, sample_schema(), kAtOpen, options_for(TableFormat::jsonl));
    ASSERT_TRUE(writer && (*writer)->write(sample_batch(0, 1)));
    EXPECT_EQ((*writer)->commit(kAtEnd, true).value(), expected);
  }
}

TEST(Writers, MissingComponentIsNamed) {
  for (const auto& [format, name] : {std::pair(TableFormat::parquet, "libflowloom_parquet.so"),
                                     std::pair(TableFormat::arrow, "libflowloom_arrow.so")}) {
    WriteOptions options = options_for(format);
    options.component_folder = "/no/such/folder";
    const TemporaryFolder folder;
    const auto writer = open_table_writer(folder.file("x"), sample_schema(), kAtOpen, options);
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, ErrorCode::unsupported);
    EXPECT_NE(writer.error().what.find(std::string("/no/such/folder/") + name), std::string::npos)
        << writer.error().what;
    EXPECT_EQ(folder.entries(), 0U);
  }
}

/// Sample tables for tests/cli/test_writers.py, which reads them with other programs.
TEST(Writers, Samples) {
  const char* folder = std::getenv("FLOWLOOM_WRITE_SAMPLES");
  if (folder == nullptr) GTEST_SKIP() << "FLOWLOOM_WRITE_SAMPLES names no folder";
  for (const std::string_view format : {"jsonl", "json", "csv", "tsv", "parquet", "arrow", "table"}) {
    for (const std::int64_t rows : {0, 1, 5000}) {
      const std::string path = std::string(folder) + "/" + std::to_string(rows) + "." +
                               (format == "table" ? "txt" : std::string(format));
      auto writer =
          open_table_writer(path, sample_schema(), kAtOpen, options_for(*table_format_named(format)));
      ASSERT_TRUE(writer) << writer.error().message();
      for (std::int64_t row = 0; row < rows; row += 1700) {
        const auto result = (*writer)->write(sample_batch(row, std::min<std::int64_t>(1700, rows - row)));
        ASSERT_TRUE(result) << result.error().message();
      }
      ASSERT_TRUE((*writer)->commit(kAtEnd));
    }
  }
}

}  // namespace
}  // namespace flowloom
