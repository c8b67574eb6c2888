// Rows of packets: what is written straight to the columns is what the tape says, occurrence by occurrence.
#include "table/packet_table.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>

#include "dissect/dissector.hpp"
#include "support/changed_packets.hpp"
#include "support/packets.hpp"
#include "table/value_column.hpp"

namespace flowloom {
namespace {

using Names = std::vector<std::string>;

bool same(const Buffer& a, const Buffer& b) {
  return a.size() == b.size() && (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

bool same(const Column& a, const Column& b) {
  if (a.length != b.length || a.null_count != b.null_count) return false;
  if (!same(a.validity, b.validity) || !same(a.offsets, b.offsets) || !same(a.values, b.values)) return false;
  return std::ranges::equal(a.children, b.children,
                            [](const Column& x, const Column& y) { return same(x, y); });
}

/// A table, and the same one made value by value.
class Tables {
 public:
  Tables(const Names& names, const PacketCells& cells)
      : names_(names),
        cells_(cells),
        selection_(*Selection::make(names)),
        dissector_(selection_.wanted()),
        schema_(make_packet_schema(selection_, cells, false)),
        builder_(selection_, cells, schema_) {
    begin();
  }
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  void add(const RawPacket& packet) {
    const Tape& tape = dissector_.dissect(
        packet, {.first_time = 5, .previous_time = 7, .numbered_interfaces = packet.number % 2 == 0});
    builder_.add({}, packet, tape);
    std::vector<std::vector<Value>> cells(columns_.size());
    selection_.visit(tape, [&](std::size_t column, const Value& value) { cells[column].push_back(value); });
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells_.joined ? add_joined(columns_[i], cells[i]) : add_list(i, cells[i]);
    }
    if (++rows_ == kRows) compare();
  }

  void compare() {
    const RecordBatch batch = builder_.take(9);
    EXPECT_EQ(batch.rows, rows_);
    for (std::size_t i = 0; i < columns_.size(); ++i)
      EXPECT_TRUE(same(batch.columns[i + 2], columns_[i])) << names_[i] << (cells_.joined ? ", joined" : "");
    begin();
  }

 private:
  static constexpr std::int64_t kRows = 333;  // takes turns with the rows that there is room for at once

  void begin() {
    rows_ = 0;
    columns_.clear();
    for (std::size_t i = 2; i < schema_->columns.size(); ++i)
      prepare_column(columns_.emplace_back(), schema_->columns[i]);
  }

  void add_list(std::size_t i, const std::vector<Value>& values) {
    Column& list = columns_[i];
    const ColumnType type = schema_->columns[i + 2].children[0].type;
    for (const Value& value : values)
      append_value(list.children[0], type, value, cells_.print_format, scratch_);
    list.offsets.push(static_cast<std::int32_t>(list.children[0].length));
    ++list.length;
  }

  void add_joined(Column& column, const std::vector<Value>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) column.values.push(',');
      append_text_of(column.values, values[i], cells_.print_format, scratch_);
    }
    append_text(column, {});
    column.validity.push<std::uint8_t>(values.empty() ? 0 : 1);
    if (values.empty()) ++column.null_count;
  }

  Names names_;
  PacketCells cells_;
  Selection selection_;
  Dissector dissector_;
  std::shared_ptr<const Schema> schema_;
  PacketTableBuilder builder_;
  std::vector<Column> columns_;
  std::int64_t rows_ = 0;
  std::string scratch_;
};

class PacketTableTest : public testing::Test {
 protected:
  PacketTableTest() {
    add({"ip.src", "ip.dst", "tcp.srcport", "tcp.dstport", "tcp.flags"});
    add({"frame.number", "frame.time_epoch", "frame.time_delta", "frame.len", "frame.protocols"});
    add({"frame.time", "frame.time_relative", "frame.cap_len", "frame.interface_id", "udp.length"});
    add({"eth.type", "tcp.len", "udp.length", "tcp.payload", "tcp.options.mss_val", "ip.checksum.status"});
    add({"tcp.port", "ip.addr", "eth.addr", "udp.port", "ipv6.addr", "udp.srcport"});
    add({"ip", "tcp", "vlan.id", "ip.flags.df", "tcp.flags.syn", "ip.hdr_len", "ip.frag_offset",
         "arp.opcode"});
    add({"dns.qry.name", "dns.id", "mdns", "icmp.type", "ipv6.plen", "ipv6.flow", "sctp.srcport",
         "gre.proto"});
    add({"ip.flags.mf", "ip.dsfield.ecn", "ip.dst", "ip.version", "ip.hdr_len", "ip.id", "ip.proto",
         "tcp.hdr_len", "tcp.flags.fin", "tcp.window_size_value", "tcp.ack_raw", "eth.src", "eth.dst.ig"});
    Names all;
    for (const RegisteredProtocol& protocol : Registry::instance().protocols()) {
      for (const Field* field : protocol.definition->fields) all.emplace_back(field->name);
    }
    std::mt19937_64 random{3};
    for (int i = 0; i < 12; ++i) {
      Names some;
      for (int k = 0; k < 8 + i * 4; ++k) {
        const std::string& name = all[random() % all.size()];
        if (std::ranges::find(some, name) == some.end()) some.push_back(name);
      }
      add(some);
    }
  }

  void add(const Names& names) {
    tables_.emplace_back(names, PacketCells{});
    tables_.emplace_back(names, PacketCells{.joined = true});
    tables_.emplace_back(names, PacketCells{.joined = true, .print_format = PrintFormat::wireshark4});
    tables_.emplace_back(names, PacketCells{.print_format = PrintFormat::wireshark4});
  }

  void compare(const std::vector<std::filesystem::path>& files, std::size_t most) {
    build::ChangedPackets changed;
    for (const auto& file : files) {
      SCOPED_TRACE(file.filename());
      build::for_each_packet(file, most, [&](const RawPacket& packet) {
        for (Tables& tables : tables_) tables.add(packet);
        const RawPacket other = changed.next(packet);
        for (Tables& tables : tables_) tables.add(other);
        ++packets_;
        return !HasFailure();
      });
      for (Tables& tables : tables_) tables.compare();
      if (HasFailure()) return;
    }
    EXPECT_GT(packets_, 500U);
  }

  std::deque<Tables> tables_;
  std::size_t packets_ = 0;
};

TEST_F(PacketTableTest, RowsOfOurCaptures) { compare(build::own_captures(), 60); }

TEST_F(PacketTableTest, RowsOfRealCaptures) {
  const auto files = build::real_captures();
  if (files.empty()) GTEST_SKIP() << "no shared captures (FLOWLOOM_CAPTURES)";
  compare(files, 40);
}

TEST_F(PacketTableTest, NumbersAndAddressesOfAllLengths) {
  Tables typed({"ip.src", "ip.id", "tcp.seq_raw"}, {}),
      joined({"ip.src", "ip.id", "tcp.seq_raw"}, {.joined = true});
  std::uint32_t number = 1;
  for (int i = 0; i < 700; ++i) {
    build::Packet packet = build::eth(0x0800, build::ipv4({.protocol = 6}, build::tcp({.seq = number})));
    for (std::size_t k = 0; k < 4; ++k) packet[26 + k] = static_cast<std::uint8_t>(number >> 3 * k);
    packet[18] = static_cast<std::uint8_t>(i >> 2);
    packet[19] = static_cast<std::uint8_t>(number);
    number = number * 3 + static_cast<std::uint32_t>(i % 2);
    if (i % 30 == 0) number = static_cast<std::uint32_t>(i / 30 * 333);
    const build::Buffer buffer(packet);
    RawPacket raw;
    raw.bytes = buffer.padded();
    raw.original_length = static_cast<std::uint32_t>(packet.size());
    raw.link_type = build::kEthernet;
    typed.add(raw);
    joined.add(raw);
  }
  typed.compare();
  joined.compare();
}

}  // namespace
}  // namespace flowloom
