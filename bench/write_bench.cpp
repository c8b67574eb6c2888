// What the output formats cost for the table of the main benchmark: 45,000 flows, 1.65 M packets in four
// lists. Files go to the folder for temporary files; .../null to /dev/null, which leaves the operating system
// out.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "flowloom/write.hpp"
#include "table/flow_table.hpp"

namespace flowloom {
namespace {

constexpr std::int64_t kFlows = 45'000;
constexpr std::int64_t kBatchEntries = 512 * 1024;

void put_text(Column& column, const std::string& text) {
  column.values.append(text.data(), text.size());
  column.offsets.push(static_cast<std::int32_t>(column.values.size()));
}

/// One flow after the other, with lengths and times as traffic has them: few distinct lengths, microseconds.
class Generator {
 public:
  explicit Generator(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {}

  std::vector<RecordBatch> batches() {
    std::vector<RecordBatch> all;
    begin();
    for (std::int64_t flow = 0; flow < kFlows; ++flow) {
      add(flow);
      if (entries_ >= kBatchEntries || flow + 1 == kFlows) {
        all.push_back(std::move(batch_));
        begin();
      }
    }
    return all;
  }

 private:
  void begin() {
    batch_ = {};
    batch_.schema = schema_;
    batch_.time_digits = 6;
    for (const ColumnSpec& spec : schema_->columns) {
      Column& column = batch_.columns.emplace_back();
      if (spec.type == ColumnType::list || spec.type == ColumnType::string) {
        column.offsets.push(std::int32_t{0});
      }
      if (spec.type == ColumnType::list) column.children.emplace_back();
    }
    entries_ = 0;
  }

  void add(std::int64_t flow) {
    // Many short flows, few long ones; 36.7 packets on average.
    const double uniform = static_cast<double>(random_() % 1'000'000 + 1) / 1e6;
    const auto packets = static_cast<std::int64_t>(std::min(4.0 / std::pow(uniform, 0.98), 40'000.0));
    for (std::size_t i = 0; i < schema_->columns.size(); ++i) {
      const ColumnSpec& spec = schema_->columns[i];
      Column& column = batch_.columns[i];
      if (spec.nullable && spec.name.starts_with("tunnel")) {
        put_null(spec, column);
      } else if (spec.type == ColumnType::string) {
        put_text(column, text_for(spec.name));
        if (spec.nullable) column.validity.push(std::uint8_t{1});
      } else if (spec.type == ColumnType::list) {
        put_list(spec, column, spec.name == "vlan" ? 0 : packets);
      } else {
        const bool icmp = spec.name.starts_with("icmp");
        const std::uint64_t value =
            spec.name == "flow_id" ? static_cast<std::uint64_t>(flow) : random_() % 60'000;
        put_number(spec, column, value);
        if (spec.nullable) column.validity.push(static_cast<std::uint8_t>(!icmp));
        if (icmp) ++column.null_count;
      }
      ++column.length;
    }
    ++batch_.rows;
    entries_ += packets;
  }

  static void put_null(const ColumnSpec& spec, Column& column) {
    column.validity.push(std::uint8_t{0});
    ++column.null_count;
    if (spec.type == ColumnType::string) {
      put_text(column, "");
    } else {
      put_number(spec, column, 0);
    }
  }

  static void put_number(const ColumnSpec& spec, Column& column, std::uint64_t value) {
    if (spec.type == ColumnType::float64) {
      column.values.push(static_cast<double>(value) / 1e6);
    } else if (spec.type == ColumnType::timestamp) {
      column.values.push(static_cast<std::int64_t>(1'700'000'000'000'000'000 + value * 1'000'000));
    } else {
      column.values.append(&value, value_width(spec.type));  // little-endian
    }
  }

  std::string text_for(const std::string& name) {
    if (name == "capture") return "captures/2024/monday.pcap";
    if (name == "protocol") return random_() % 4 == 0 ? "udp" : "tcp";
    if (name == "end_reason") return random_() % 3 == 0 ? "rst" : "fin";
    return "10." + std::to_string(random_() % 256) + "." + std::to_string(random_() % 256) + ".17";
  }

  void put_list(const ColumnSpec& spec, Column& column, std::int64_t count) {
    Column& items = column.children[0];
    std::uint64_t microseconds = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::uint64_t random = random_();
      const std::int32_t sign = random % 2 == 0 ? 1 : -1;
      const auto length = static_cast<std::int32_t>(random % 5 < 2   ? 1500
                                                    : random % 5 < 4 ? 52
                                                                     : random / 8 % 1500);
      switch (spec.children[0].type) {
        case ColumnType::float64:
          items.values.push(static_cast<double>(microseconds) / 1e6);
          microseconds += random % 4 == 0 ? random / 8 % 100'000 : random / 8 % 100;
          break;
        case ColumnType::int32:
          items.values.push(sign * length);
          break;
        default:
          items.values.push(static_cast<std::uint16_t>(random % 3 == 0 ? 0x18 : 0x10));
      }
    }
    items.length += count;
    column.offsets.push(static_cast<std::int32_t>(items.length));
    if (spec.nullable) column.validity.push(std::uint8_t{1});
  }

  std::shared_ptr<const Schema> schema_;
  RecordBatch batch_;
  std::int64_t entries_ = 0;
  std::mt19937_64 random_{7};
};

void write_table(benchmark::State& state, const char* format, bool null) {
  const std::shared_ptr<const Schema> schema = make_flow_schema({});
  WriteOptions options;
  options.format = *table_format_named(format);
  options.lists = options.format != TableFormat::csv && options.format != TableFormat::text;
  const std::string path =
      null ? "/dev/null"
           : (std::filesystem::temp_directory_path() / ("flowloom-bench-" + std::to_string(getpid())))
                 .string();
  std::int64_t entries = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<RecordBatch> batches = Generator(schema).batches();
    entries = 0;
    for (const RecordBatch& batch : batches) entries += batch.columns.back().children[0].length;
    if (!null) std::remove(path.c_str());  // not part of writing
    state.ResumeTiming();
    auto writer = open_table_writer(path, schema, {}, options);
    if (!writer) {
      state.SkipWithError(writer.error().message().c_str());
      break;
    }
    bool good = true;
    for (RecordBatch& batch : batches) good = good && (*writer)->write(std::move(batch));
    if (!good || !(*writer)->commit({})) {
      state.SkipWithError("cannot write");
      break;
    }
  }
  state.counters["packets"] = static_cast<double>(entries);
  if (!null && std::filesystem::exists(path)) {
    state.counters["MB"] = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
    std::remove(path.c_str());
  }
}

BENCHMARK_CAPTURE(write_table, arrow, "arrow", false)->Unit(benchmark::kMillisecond)->Iterations(7);
BENCHMARK_CAPTURE(write_table, arrow_null, "arrow", true)->Unit(benchmark::kMillisecond)->Iterations(7);
BENCHMARK_CAPTURE(write_table, parquet, "parquet", false)->Unit(benchmark::kMillisecond)->Iterations(7);
BENCHMARK_CAPTURE(write_table, parquet_null, "parquet", true)->Unit(benchmark::kMillisecond)->Iterations(7);
BENCHMARK_CAPTURE(write_table, jsonl, "jsonl", false)->Unit(benchmark::kMillisecond)->Iterations(7);
BENCHMARK_CAPTURE(write_table, jsonl_null, "jsonl", true)->Unit(benchmark::kMillisecond)->Iterations(7);
BENCHMARK_CAPTURE(write_table, csv, "csv", false)->Unit(benchmark::kMillisecond)->Iterations(7);
BENCHMARK_CAPTURE(write_table, table, "table", false)->Unit(benchmark::kMillisecond)->Iterations(7);

}  // namespace
}  // namespace flowloom
