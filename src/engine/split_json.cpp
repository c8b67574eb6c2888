#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "engine/split_run.hpp"
#include "flowloom/flow_row.hpp"
#include "write/output_file.hpp"
#include "write/text.hpp"

namespace flowloom {
namespace {

/// One file: an array with an object a flow, laid out as Python's json.dump(indent=2, separators=(",", ":")).
class JsonFile {
 public:
  explicit JsonFile(OutputFolder::File file) : file_(std::move(file)) {}

  Result<> add(const FlowRow& row, unsigned time_digits);
  Result<> end();

 private:
  Result<> flush();
  void time(std::int64_t ns, unsigned digits);
  template <class Item>
  void list(std::string_view name, std::size_t count, Item item);
  void text(std::string_view name, std::string_view value, bool last = false);

  OutputFolder::File file_;
  TextBuffer out_;
  bool empty_ = true;
};

void JsonFile::time(std::int64_t ns, unsigned digits) {
  char* const at = out_.room(kNumberRoom);
  char* end = write_time(at, ns, digits);
  // As Python writes a float: no zeros at the end but the one behind the point.
  const bool decimals = std::string_view(at, static_cast<std::size_t>(end - at)).contains('.');
  while (decimals && end[-1] == '0' && end[-2] != '.') --end;
  out_.end_at(end);
  if (!decimals) out_.append(".0");
}

template <class Item>
void JsonFile::list(std::string_view name, std::size_t count, Item item) {
  out_.append("    \"");
  out_.append(name);
  out_.append("\":[");
  for (std::size_t i = 0; i < count; ++i) {
    out_.append(i == 0 ? "\n      " : ",\n      ");
    item(i);
  }
  out_.append("\n    ],\n");
}

void JsonFile::text(std::string_view name, std::string_view value, bool last) {
  out_.append("    \"");
  out_.append(name);
  out_.append("\":");
  append_json_string(out_, value);
  out_.append(last ? "\n" : ",\n");
}

Result<> JsonFile::add(const FlowRow& row, unsigned time_digits) {
  out_.append(empty_ ? "[\n  {\n" : ",\n  {\n");
  empty_ = false;
  const auto times = row.packet_times();
  const auto lengths = row.packet_lengths();
  const auto payloads = row.payload_lengths();
  const std::int64_t start = row.start().ns;
  list("timestamp", times.size(),
       [&](std::size_t i) { time(start + std::llround(times[i] * 1e9), time_digits); });
  list("payload", payloads.size(), [&](std::size_t i) {
    out_.append(lengths[i] < 0 ? "\"-" : "\"+");  // a payload of 0 has no sign of its own
    char* const at = out_.room(kNumberRoom);
    out_.end_at(write_unsigned(at, static_cast<std::uint64_t>(std::abs(std::int64_t{payloads[i]}))));
    out_.push('"');
  });
  text("src_ip", row.src_ip());
  text("src_port", std::to_string(row.src_port().value_or(0)));
  text("dst_ip", row.dst_ip());
  text("dst_port", std::to_string(row.dst_port().value_or(0)));
  text("protocol", row.protocol() == "tcp" ? "TCP" : "UDP", true);
  out_.append("  }");
  return out_.size() >= kWriteSize ? flush() : Result<>();
}

Result<> JsonFile::flush() {
  auto written = file_.write({reinterpret_cast<const std::uint8_t*>(out_.data()), out_.size()});
  out_.clear();
  return written;
}

Result<> JsonFile::end() {
  out_.append(empty_ ? "[]" : "\n]");
  if (auto written = flush(); !written) return written;
  return file_.close();
}

class JsonSplitter {
 public:
  explicit JsonSplitter(SplitRun& run) : run_(run) {}

  Result<> capture(const std::string& path, bool unchecked);

 private:
  Result<> begin_file(const std::string& path);
  Result<> add(const FlowRow& row, unsigned time_digits);
  [[nodiscard]] bool wanted(const FlowRow& row) const;

  SplitRun& run_;
  std::optional<JsonFile> file_;
};

bool JsonSplitter::wanted(const FlowRow& row) const {
  const SplitOptions& options = run_.options;
  const bool tcp = row.protocol() == "tcp";
  if ((!tcp && row.protocol() != "udp") || !row.src_port()) return false;
  if (row.packets() < options.min_packets) return false;
  const std::uint64_t id = run_.result.flows;
  if (!options.flow_ids.empty() && !std::ranges::binary_search(options.flow_ids, id)) return false;
  constexpr std::uint16_t kSyn = 0x02, kAck = 0x10;
  return !options.from_syn || !tcp || (row.tcp_flags()[0] & (kSyn | kAck)) == kSyn;
}

Result<> JsonSplitter::begin_file(const std::string& path) {
  if (!run_.count_file(0)) return {};
  for (;;) {
    auto created = run_.folder.create(run_.names.take(capture_label(path), ".json"));
    if (!created) return created.error();
    if (!*created) continue;
    file_.emplace(std::move(**created));
    return {};
  }
}

Result<> JsonSplitter::add(const FlowRow& row, unsigned time_digits) {
  const bool take = wanted(row);
  ++run_.result.flows;
  if (!take) return {};
  (file_ ? run_.result.packets_written : run_.result.packets_left_out) += row.packets();
  return file_ ? file_->add(row, time_digits) : Result<>();
}

Result<> JsonSplitter::capture(const std::string& path, bool unchecked) {
  FlowOptions options = run_.options.flows;
  if (options.read.limit != 0) {
    if (run_.result.packets >= options.read.limit) return {};
    options.read.limit -= run_.result.packets;
  }
  auto reader =
      FlowReader::open(CaptureList{.paths = {path}, .skipped = {}, .unchecked = {unchecked}}, options);
  if (!reader) return reader.error();
  RecordBatch batch;
  // A file is written even if there are no flows, but not for what cannot be read.
  for (bool begun = false;;) {
    const auto more = reader->next(batch);
    if (!more) return more.error();
    if (!begun && (*more || reader->captures_read() != 0)) {
      if (auto done = begin_file(path); !done) return done;
      begun = true;
    }
    if (!*more) break;
    for (std::int64_t i = 0; i < batch.rows; ++i) {
      if (auto added = add({batch, i}, batch.time_digits); !added) return added;
    }
  }
  run_.result.packets += reader->accounting().packets;
  const auto& skipped = reader->skipped();
  run_.result.skipped.insert(run_.result.skipped.end(), skipped.begin(), skipped.end());
  const auto& problems = reader->problems();
  run_.result.problems.insert(run_.result.problems.end(), problems.begin(), problems.end());
  run_.result.captures_read += reader->captures_read();
  if (!file_) return {};
  auto ended = file_->end();
  file_.reset();
  return ended;
}

}  // namespace

Result<> split_to_json(SplitRun& run, const CaptureList& captures) {
  JsonSplitter splitter(run);
  for (std::size_t i = 0; i < captures.paths.size(); ++i) {
    if (auto done = splitter.capture(captures.paths[i], captures.is_unchecked(i)); !done) return done;
    if (run.options.flows.read.stop.stop_requested()) break;
  }
  return {};
}

}  // namespace flowloom
