// flowloom split: captures cut into files.
#include "flowloom/split.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <map>
#include <memory>

#include "command.hpp"

namespace flowloom::cli {
namespace {

struct SplitCommand {
  InputOptions input;
  SplitOptions options;
  std::string output, format, by = "flow", names = "flowloom", icmp_errors = "own";
  std::vector<std::string> key;
  double idle_timeout = 0, active_timeout = 0;

  ExitStatus run() const;
  Result<SplitOptions> split_options(ProgressLine& line) const;
  ExitStatus conclude(const SplitResult& result) const;
};

/// "60s", "1.5h", "250ms", "10" (seconds) → ns.
std::optional<std::int64_t> parse_interval(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  static const std::map<std::string_view, double> kUnits = {{"", 1},   {"ms", 1e-3}, {"s", 1},
                                                            {"m", 60}, {"h", 3600},  {"d", 86400}};
  const auto found = kUnits.find(unit);
  if (found == kUnits.end()) return std::nullopt;
  const double ns = number * found->second * 1e9;
  if (!(ns >= 1 && ns <= 9e18)) return std::nullopt;
  return std::llround(ns);
}

/// Takes --by apart.
Result<> parse_by(std::string_view text, SplitOptions& options) {
  const std::string_view kind = text.substr(0, text.find(':'));
  const std::string_view value = kind.size() < text.size() ? text.substr(kind.size() + 1) : "";
  static const std::map<std::string_view, SplitBy> kKinds = {{"flow", SplitBy::flow},
                                                             {"host", SplitBy::host},
                                                             {"host-pair", SplitBy::host_pair},
                                                             {"port", SplitBy::port}};
  if (const auto found = kKinds.find(text); found != kKinds.end()) {
    options.by = found->second;
    return {};
  }
  if (kind == "time") {
    if (const auto interval = parse_interval(value)) {
      options.by = SplitBy::time;
      options.interval_ns = *interval;
      return {};
    }
  }
  if (kind == "packets") {
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), options.packets_each);
    if (error == std::errc{} && end == value.data() + value.size() && options.packets_each != 0) {
      options.by = SplitBy::packets;
      return {};
    }
  }
  return Error{ErrorCode::usage,
               fmt::format("--by {}: not one of flow, host, host-pair, port, time:60s (ms, s, "
                           "m, h, d), packets:10000",
                           text)};
}

Result<SplitOptions> SplitCommand::split_options(ProgressLine& line) const {
  SplitOptions all = options;
  all.naming = names == "splitcap" ? SplitNaming::splitcap : SplitNaming::flowloom;
  auto read = input.read_options();
  if (!read) return read.error();
  all.flows.read = std::move(*read);
  all.flows.read.progress = [&line](const Progress& progress) { line.update(progress); };
  all.flows.idle_timeout_ns = std::llround(idle_timeout * 1e9);
  all.flows.active_timeout_ns = std::llround(active_timeout * 1e9);
  for (const std::string& part : key) (part == "vlan" ? all.flows.key_vlan : all.flows.key_tunnel) = true;
  all.flows.icmp_errors = icmp_errors == "join" ? IcmpErrors::join : IcmpErrors::own;
  if (format == "pcap") all.format = SplitFormat::pcap;
  if (format == "pcapng") all.format = SplitFormat::pcapng;
  if (format == "json") all.format = SplitFormat::json;
  if (auto parsed = parse_by(by, all); !parsed) return parsed.error();
  return all;
}

ExitStatus SplitCommand::run() const {
  ProgressLine line(input.progress, input.quiet);
  if (output == "-") return fail({ErrorCode::usage, "split writes a folder, not to standard output", {}});
  auto captures = input.list();
  if (!captures) return fail(captures.error());
  auto all = split_options(line);
  if (!all) return fail(all.error());
  catch_interrupts();
  const auto result = split_captures(*captures, output, *all);
  line.end();
  if (!result) return fail(result.error());
  if (input.verbose) tell_skipped(result->skipped);
  if (result->captures_read == 0 && result->problems.empty() && !was_interrupted()) return fail(no_capture());
  return conclude(*result);
}

/// What is to be said at the end.
ExitStatus SplitCommand::conclude(const SplitResult& result) const {
  ExitStatus status = report(result.problems, result.captures_read);
  const bool pieces = by.starts_with("time") || by.starts_with("packets");
  if (result.folder.empty() && !was_interrupted()) return status;
  if (result.files_left_out != 0 && !was_interrupted()) {
    complain(fmt::format(
        "{}: the first {} file{}; {} more with {} packets were left out: --max-files N allows more{}", output,
        result.files, result.files == 1 ? "" : "s", result.files_left_out, result.packets_left_out,
        pieces ? "" : ", --min-packets N asks for fewer"));
    status = incomplete;
  }
  for (const std::uint64_t id : options.flow_ids) {
    if (id >= result.flows && !was_interrupted())
      remark(fmt::format("there is no flow {}: {} flows were found", id, result.flows));
  }
  if (was_interrupted()) {
    status = interrupted;
    if (!result.folder.empty()) {
      remark(fmt::format(
          "interrupted; what was read is in {}{}", result.folder,
          result.files_left_out == 0 ? "" : fmt::format(", but for {} files", result.files_left_out)));
    }
  }
  if (input.verbose || (!input.quiet && isatty(STDERR_FILENO) != 0)) {
    remark(fmt::format("{} file{} with {} packets of {}{} in {}", result.files, result.files == 1 ? "" : "s",
                       result.packets_written, result.packets,
                       by == "host" ? ", most of them in two files," : "", result.folder));
  }
  return status;
}

}  // namespace

void add_split_command(CLI::App& app, ExitStatus& status) {
  auto command = std::make_shared<SplitCommand>();
  CLI::App* sub = app.add_subcommand("split", "Cut captures into files: one a flow, a host, a port, …");
  command->input.add_to(*sub);
  sub->add_option("--output,-o", command->output, "The folder to write; it must be empty or not exist")
      ->type_name("DIR")
      ->required();
  sub->add_option(
         "--format", command->format,
         "pcap (default where it can hold the packets), pcapng, json (payloads and times of each flow)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"pcap", "pcapng", "json"}));
  sub->add_option("--by", command->by,
                  "flow (default), host, host-pair, port, time:60s (ms, s, m, h, d), packets:10000")
      ->type_name("KIND");
  sub->add_option("--names", command->names, "flowloom (default), or as SplitCap names files")
      ->type_name("STYLE")
      ->check(CLI::IsMember({"flowloom", "splitcap"}));
  command->input.add_threads_to(*sub);
  sub->add_option("--min-packets", command->options.min_packets, "Only flows with N packets or more")
      ->type_name("N")
      ->check(whole_number(1));
  sub->add_flag("--from-syn", command->options.from_syn,
                "TCP flows only if their first packet has SYN and not ACK");
  as_list(
      sub->add_option("--flow-id", command->options.flow_ids, "Only these flows (flow_id of flowloom flows)"),
      "N,…")
      ->check(whole_number(0));
  sub->add_option("--max-files", command->options.max_files,
                  "Leave out what would need more files than N (default 100,000), and say what that was")
      ->type_name("N")
      ->check(whole_number(1));
  const CLI::Validator positive = seconds(0);
  sub->add_option("--idle-timeout", command->idle_timeout, "Cut a flow after S seconds without a packet")
      ->type_name("S")
      ->check(positive);
  sub->add_option("--active-timeout", command->active_timeout, "Cut a flow S seconds after its start")
      ->type_name("S")
      ->check(positive);
  as_list(sub->add_option("--key", command->key, "What else tells flows apart: vlan, tunnel"), "LIST")
      ->check(CLI::IsMember({"vlan", "tunnel"}));
  sub->add_option("--icmp-errors", command->icmp_errors,
                  "own: flows of their own; join: the flow that they quote")
      ->type_name("HOW")
      ->check(CLI::IsMember({"own", "join"}));
  sub->callback([command, &status] { status = command->run(); });
}

}  // namespace flowloom::cli
