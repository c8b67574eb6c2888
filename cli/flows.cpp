// flowloom flows: the main job.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <future>
#include <limits>
#include <system_error>

#include "base/build_info.hpp"
#include "capture/problems.hpp"
#include "command.hpp"
#include "flowloom/write.hpp"
#include "write/text.hpp"

namespace flowloom::cli {
namespace {

bool address_space_is_limited() {
  rlimit limit = {};
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

struct FlowsCommand {
  InputOptions input;
  TableOutput output;
  DisplayFilter filter;
  std::string order, icmp_errors = "own";
  std::vector<std::string> key, fields;
  double idle_timeout = 0, active_timeout = 0;
  std::uint64_t max_flows = 0, sequence_limit = std::numeric_limits<std::uint64_t>::max();
  bool community_id = false, join = false, follow = false, sequences = false, no_sequences = false;

  ExitStatus run() const;
  Result<CaptureList> list(const Result<WriteOptions>& write) const;
  Result<FlowOptions> flow_options(ProgressLine& line) const;
};

/// Captures that overlap in time are open together: as many as the system lets this process have.
void allow_many_open_files() {
  rlimit files = {};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

std::string accounting_json(const Accounting& accounting) {
  std::string json = fmt::format("{{\"packets\": {}", accounting.packets);
  for (const auto& [name, count] : accounting.fates) json += fmt::format(", \"{}\": {}", name, count);
  return json + "}";
}

std::string accounting_text(const Accounting& accounting) {
  std::string text = fmt::format("{} packets", accounting.packets);
  const char* separator = ": ";
  for (const auto& [name, count] : accounting.fates) {
    if (count == 0) continue;
    text += fmt::format("{}{} {}", separator, count, name);
    separator = ", ";
  }
  return text;
}

Result<FlowOptions> FlowsCommand::flow_options(ProgressLine& line) const {
  auto read = input.read_options();
  if (!read) return read.error();
  FlowOptions options;
  options.read = std::move(*read);
  options.read.progress = [&line](const Progress& progress) { line.update(progress); };
  options.read.total_bytes = line.on();
  options.read.follow = follow;
  options.filter = filter.expression;
  options.filter_dialect = filter.which();
  options.fields = fields;
  options.idle_timeout_ns = std::llround(idle_timeout * 1e9);
  options.active_timeout_ns = std::llround(active_timeout * 1e9);
  options.max_flows = max_flows;
  if (!order.empty()) options.order = order == "end" ? RowOrder::end : RowOrder::start;
  options.sequences = !no_sequences;
  options.sequence_limit = sequence_limit;
  for (const std::string& part : key) (part == "vlan" ? options.key_vlan : options.key_tunnel) = true;
  options.icmp_errors = icmp_errors == "join" ? IcmpErrors::join : IcmpErrors::own;
  options.community_id = community_id;
  options.join = join;
  return options;
}

/// Lists the captures. Where that takes its time, as it does with thousands of them, what writes the file is
/// loaded meanwhile; not else, for while it is loaded no thread can be started that would read.
Result<CaptureList> FlowsCommand::list(const Result<WriteOptions>& write) const {
  if (input.threads == 1 || !write || output.to_stdout() || address_space_is_limited()) return input.list();
  std::future<Result<CaptureList>> listing;
  try {
    listing = std::async(std::launch::async, [this] { return input.list(); });
  } catch (const std::system_error&) {  // no thread to be had
    return input.list();
  }
  if (listing.wait_for(std::chrono::microseconds(500)) != std::future_status::ready) {
    (void)prepare_table_writer(*write);  // open_table_writer() tells of what is missing
  }
  return listing.get();
}

ExitStatus FlowsCommand::run() const {
  ProgressLine line(input.progress, input.quiet);
  std::error_code ignored;
  auto write = output.write_options();
  auto captures = list(write);
  if (!captures) return fail(captures.error());
  if (!write) return fail(write.error());
  if (auto spared = spare_captures(output.path(), input.captures); !spared) return fail(spared.error());
  // In a folder there may be the table of an earlier run, which is none of the captures.
  if (!output.to_stdout() && std::filesystem::is_regular_file(output.path(), ignored) &&
      !holds_no_capture(CaptureReader::open(output.path()))) {
    if (auto spared = spare_captures(output.path(), captures->paths); !spared) return fail(spared.error());
  }
  write->lists = sequences;
  write->threads = input.threads;
  write->kept_lists = fields;
  write->promptly = follow;
  // A table is laid out by its first thousand rows, which may be long in coming.
  if (follow && write->format == TableFormat::text && output.format.empty() && output.to_stdout()) {
    write->format = TableFormat::jsonl;
  }
  auto options = flow_options(line);
  if (!options) return fail(options.error());
  catch_interrupts();
  if (join) allow_many_open_files();
  auto reader = FlowReader::open(std::move(*captures), *options);
  if (!reader) return fail(reader.error());

  if (auto told = tell_of_tshark(reader->remark(), input); !told) return fail(told.error());

  Provenance provenance = {{"version", std::string(kVersion)},
                           {"command", command_line},
                           {"schema_version", std::to_string(kFlowSchemaVersion)}};
  std::unique_ptr<TableWriter> writer;
  const auto open_writer = [&]() -> Result<> {
    begin_output(output.path());
    auto opened = open_table_writer(output.path(), reader->schema(), provenance, *write);
    if (!opened) return opened.error();
    writer = std::move(*opened);
    return {};
  };
  if (!output.to_stdout()) {  // a folder that is missing is told before the work
    // Loading what writes the file takes as long as reading some megabytes; but it must find its memory.
    // open_table_writer() tells of what is missing.
    if (!address_space_is_limited()) reader->start([&] { (void)prepare_table_writer(*write); });
    if (auto opened = open_writer(); !opened) return fail(opened.error());
  }
  RecordBatch batch;
  for (;;) {
    const auto more = reader->next(batch);
    if (!more) return fail(more.error());
    if (!*more) break;
    if (writer == nullptr) {
      if (auto opened = open_writer(); !opened) return fail(opened.error());
    }
    if (auto written = writer->write(std::move(batch)); !written) return fail(written.error());
  }
  line.end();
  if (input.verbose) tell_skipped(reader->skipped());
  if (reader->captures_read() == 0 && reader->problems().empty() && !was_interrupted())
    return fail(no_capture());
  ExitStatus status = report(reader->problems(), reader->captures_read());
  if (status == failed && !was_interrupted()) return status;
  if (writer == nullptr) {
    if (auto opened = open_writer(); !opened) return fail(opened.error());
  }
  const Accounting accounting = reader->accounting();
  provenance.emplace_back("accounting_json", accounting_json(accounting));
  const bool stopped = was_interrupted();
  auto path = writer->commit(provenance, stopped);
  if (!path) return fail(path.error());
  if (stopped) status = interrupted;
  if (stopped) remark("interrupted; what was read is in " + *path);
  if (input.verbose) remark(accounting_text(accounting));
  if (!input.quiet && !output.to_stdout() && isatty(STDERR_FILENO) != 0) {
    remark(fmt::format("{} flows from {} packets in {}", reader->flows(), accounting.packets, *path));
  }
  return status;
}

}  // namespace

void add_flows_command(CLI::App& app, ExitStatus& status) {
  auto command = std::make_shared<FlowsCommand>();
  CLI::App* sub = app.add_subcommand("flows", "Flows of captures: one row a flow");
  command->input.add_to(*sub);
  command->output.add_to(*sub);
  command->input.add_threads_to(*sub);
  command->filter.add_to(*sub);
  as_list(sub->add_option(
              "--fields", command->fields,
              "A column for each of these fields or protocols, by Wireshark's names: its values, and in "
              "which of the flow's packets"),
          "F,…");
  CLI::Option* lists =
      sub->add_flag("--sequences", command->sequences, "Lists of packets in CSV and tables, too");
  CLI::Option* no_lists =
      sub->add_flag("--no-sequences", command->no_sequences, "Leave the lists of packets out");
  CLI::Option* limit =
      sub->add_option("--sequence-limit", command->sequence_limit, "Lists hold a flow's first N packets")
          ->type_name("N")
          ->check(whole_number(1));
  no_lists->excludes(lists)->excludes(limit);
  const CLI::Validator positive = seconds(0);
  sub->add_option("--idle-timeout", command->idle_timeout,
                  "Cut a flow after S seconds without a packet of it")
      ->type_name("S")
      ->check(positive);
  sub->add_option("--active-timeout", command->active_timeout, "Cut a flow S seconds after its start")
      ->type_name("S")
      ->check(positive);
  sub->add_option("--max-flows", command->max_flows,
                  "Cut the flow that has been silent longest where more than N would be open")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 31));
  sub->add_option("--order", command->order,
                  "Rows by start (default), or by end: as flows are cut, in bounded memory (default with "
                  "timeouts and --max-flows)")
      ->type_name("start|end")
      ->check(CLI::IsMember({"start", "end"}));
  as_list(sub->add_option("--key", command->key, "What else tells flows apart: vlan, tunnel"), "LIST")
      ->check(CLI::IsMember({"vlan", "tunnel"}));
  sub->add_option("--icmp-errors", command->icmp_errors,
                  "own: flows of their own; join: the flow that they quote")
      ->type_name("HOW")
      ->check(CLI::IsMember({"own", "join"}));
  sub->add_flag("--community-id", command->community_id, "Add the column community_id (version 1, seed 0)");
  sub->add_flag("--follow", command->follow,
                "Keep reading a growing file until Ctrl-C; rows come as flows are cut");
  sub->add_flag("--join", command->join, "The captures are one recording: flows go on from one to the other");
  sub->callback([command, &status] { status = command->run(); });
}

}  // namespace flowloom::cli
