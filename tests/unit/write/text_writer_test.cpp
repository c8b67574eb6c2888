// The aligned table: what a terminal shows.
#include <gtest/gtest.h>

#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "flowloom/write.hpp"
#include "write/sample_batch.hpp"
#include "write/text_layout.hpp"

namespace flowloom {
namespace {

using testing::put;
using testing::put_text;

struct Row {
  std::uint64_t flow_id;
  std::int64_t start;
  double duration;
  std::string source;
  int source_port;  // -1: null
  std::string protocol;
  std::uint64_t packets;
};

RecordBatch flows(const std::vector<Row>& rows, std::uint8_t time_digits = 6) {
  using enum ColumnType;
  auto schema = std::make_shared<Schema>();
  schema->columns = {
      {"flow_id", uint64}, {"start", timestamp},       {"duration", float64},
      {"src_ip", string},  {"src_port", uint16, true}, {"protocol", string},
      {"packets", uint64}, {"tunnel", string, true},   {"vlan", list, false, {{"item", uint16}}}};
  RecordBatch batch;
  for (const ColumnSpec& spec : schema->columns) batch.columns.push_back(testing::empty_column(spec));
  auto& c = batch.columns;
  for (const Row& row : rows) {
    put(c[0], row.flow_id);
    put(c[1], row.start);
    put(c[2], row.duration);
    put_text(c[3], row.source);
    put(c[4], static_cast<std::uint16_t>(row.source_port < 0 ? 0 : row.source_port));
    testing::mark(c[4], row.source_port >= 0);
    put_text(c[5], row.protocol);
    put(c[6], row.packets);
    put_text(c[7], "");
    testing::mark(c[7], false);
    put(c[8].children[0], std::uint16_t{7});
    testing::end_list(c[8]);
  }
  batch.rows = static_cast<std::int64_t>(rows.size());
  batch.schema = std::move(schema);
  batch.time_digits = time_digits;
  return batch;
}

const std::vector<Row> kRows = {
    {0, 1'700'000'000'123'456'000, 1.5, "10.0.0.1", 443, "tcp", 12},
    {1, 1'700'000'001'000'000'000, 0.000'25, "2001:db8::1", 53, "udp", 1'234'567},
    {2, -1'000, 0.0, "192.168.100.200", -1, "icmp", 1},
};

std::string table(std::vector<RecordBatch> batches, int width, bool lists = false) {
  const testing::TemporaryFolder folder;
  WriteOptions options;
  options.format = TableFormat::text;
  options.width = width;
  options.lists = lists;
  auto writer = open_table_writer(folder.file("out"), batches.at(0).schema, {}, options);
  EXPECT_TRUE(writer);
  for (RecordBatch& batch : batches) EXPECT_TRUE((*writer)->write(std::move(batch)));
  EXPECT_TRUE((*writer)->commit({}));
  return testing::contents(folder.file("out"));
}

std::string table(const std::vector<Row>& rows, int width, bool lists = false) {
  std::vector<RecordBatch> batches;
  batches.push_back(flows(rows));
  return table(std::move(batches), width, lists);
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

TEST(TextTable, AlignsAndJoinsAddressAndPort) {
  EXPECT_EQ(table(kRows, 0),
            "flow_id                       start  duration  source            protocol  packets  tunnel\n"
            "      0  2023-11-14 22:13:20.123456  1.500000  10.0.0.1:443      tcp            12  -\n"
            "      1  2023-11-14 22:13:21.000000  0.000250  [2001:db8::1]:53  udp       1234567  -\n"
            "      2  1969-12-31 23:59:59.999999  0.000000  192.168.100.200   icmp            1  -\n");
}

TEST(TextTable, LeavesOutWhatSaysNothingThenWhatMattersLeast) {
  EXPECT_EQ(lines(table(kRows, 90))[0],
            "flow_id                       start  duration  source            protocol  packets  tunnel");
  EXPECT_EQ(lines(table(kRows, 89))[0],
            "flow_id                       start  duration  source            protocol  packets");
  EXPECT_EQ(table(kRows, 60),
            "flow_id  duration  source            protocol  packets\n"
            "      0  1.500000  10.0.0.1:443      tcp            12\n"
            "      1  0.000250  [2001:db8::1]:53  udp       1234567\n"
            "      2  0.000000  192.168.100.200   icmp            1\n"
            "not shown here: start\n");
}

TEST(TextTable, ClipsTextsAtTheirBeginningInTheEnd) {
  EXPECT_EQ(table(kRows, 40),
            "flow_id  source        protocol  packets\n"
            "      0  10.0.0.1:443  tcp            12\n"
            "      1  \xE2\x80\xA6:db8::1]:53  udp       1234567\n"
            "      2  \xE2\x80\xA6"
            "168.100.200  icmp            1\n"
            "not shown here: start, duration\n");
}

TEST(TextTable, NoLineIsWiderThanTheTerminal) {
  std::vector<Row> rows = kRows;
  rows[1].source = "\xE6\xBC\xA2\xE5\xAD\x97 wide \xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97";
  for (int width = 38; width < 120; ++width) {
    for (const std::string& line : lines(table(rows, width))) {
      EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
    }
  }
}

TEST(TextTable, ControlCharactersNeverReachTheTerminal) {
  std::vector<Row> rows = kRows;
  rows[0].protocol =
      "\x1b[31m\r\n\t\x7f\xC2\x9B\xE2\x80\xAE\xFF"
      "end";
  const std::string text = table(rows, 0);
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << text;
  EXPECT_NE(text.find("\\x1b[31m\\x0d\\x0a\\x09\\x7f\\x9b\\u202e\xEF\xBF\xBD"
                      "end"),
            std::string::npos)
      << text;
}

TEST(TextTable, ListsOnlyOnRequest) {
  EXPECT_NE(table(kRows, 0, true).find("  vlan\n"), std::string::npos);
  EXPECT_NE(table(kRows, 0, true).find("  [7]\n"), std::string::npos);
}

TEST(TextTable, OneLongCellDoesNotPadTheOthers) {
  std::vector<Row> rows(50, kRows[0]);
  rows[7].protocol = std::string(100'000, 'x');
  const std::vector<std::string> text = lines(table(rows, 0));
  EXPECT_GT(text[8].size(), 100'000U);
  for (std::size_t i = 0; i < text.size(); ++i) EXPECT_TRUE(i == 8 || text[i].size() < 200) << text[i];
}

TEST(TextTable, EmptyTableHasAHeader) {
  EXPECT_EQ(table(std::vector<Row>{}, 0), "flow_id  start  duration  source  protocol  packets  tunnel\n");
}

TEST(TextTable, RowsAfterTheSampleKeepItsWidths) {
  std::vector<RecordBatch> batches;
  for (int i = 0; i < 3; ++i) batches.push_back(flows(std::vector<Row>(700, kRows[0])));
  std::vector<Row> last = {kRows[0]};
  last[0].source = "a name longer than all that came before";
  last[0].packets = 123'456'789'012;
  batches.push_back(flows(last));
  const std::vector<std::string> text = lines(table(std::move(batches), 80));
  ASSERT_EQ(text.size(), 1U + 2100 + 1);
  EXPECT_EQ(text[1], "      0  2023-11-14 22:13:20.123456  1.500000  10.0.0.1:443  tcp            12");
  EXPECT_EQ(text[2100], text[1]);
  EXPECT_EQ(text[2101],  // texts are clipped, numbers never
            "      0  2023-11-14 22:13:20.123456  1.500000  \xE2\x80\xA6"
            " before:443  tcp       123456789012");
}

TEST(TextTable, TimesHaveTheDecimalsOfTheCapture) {
  std::vector<RecordBatch> batches;
  batches.push_back(flows(kRows, 9));
  const std::vector<std::string> text = lines(table(std::move(batches), 0));
  EXPECT_NE(text[1].find("22:13:20.123456000  1.500000000"), std::string::npos);
}

TEST(TextTable, TimesAtTheEndsOfTheRange) {
  std::vector<Row> rows = {kRows[0], kRows[0]};
  rows[0].start = std::numeric_limits<std::int64_t>::min();
  rows[1].start = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::string> text = lines(table(rows, 0));
  EXPECT_NE(text[1].find("1677-09-21 00:12:43.145224192"), std::string::npos) << text[1];
  EXPECT_NE(text[2].find("2262-04-11 23:47:16.854775807"), std::string::npos) << text[2];
}

TEST(TextLayout, DisplayWidth) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("\xE6\xBC\xA2"), 2U);      // a Chinese character
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);         // e and a combining accent
  EXPECT_EQ(display_width("\xF0\x9F\x90\x8D"), 2U);  // a snake
  EXPECT_EQ(clipped("abcdef", 6), "abcdef");
  EXPECT_EQ(clipped("abcdef", 4),
            "\xE2\x80\xA6"
            "def");
}

}  // namespace
}  // namespace flowloom
