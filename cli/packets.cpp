// flowloom packets: what packets say.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/build_info.hpp"
#include "command.hpp"
#include "packet_sinks.hpp"

namespace flowloom::cli {
namespace {

/// Names for --until, beside those of protocols.
constexpr std::pair<std::string_view, Level> kLevels[] = {{"link", Level::link},
                                                          {"internet", Level::internet},
                                                          {"transport", Level::transport},
                                                          {"application", Level::application}};

struct PacketsCommand {
  InputOptions input;
  TableOutput output;
  DisplayFilter filter;
  std::vector<std::string> fields;
  std::string each, print_format, until;
  bool count = false;

  ExitStatus run() const;
  Result<Until> find_until() const;
  Result<std::unique_ptr<PacketSink>> make_sink(const Selection& selection, bool with_capture) const;
  Result<std::unique_ptr<PacketSink>> make_whole_sink(bool with_capture, const Provenance& provenance) const;
};

Result<Until> PacketsCommand::find_until() const {
  Until end;
  if (until.empty()) return end;
  for (const auto& [name, level] : kLevels) {
    if (until != name) continue;
    end.level = level;
    return end;
  }
  end.protocol = Registry::instance().find_protocol(until);
  if (end.protocol == nullptr)
    return Error{ErrorCode::usage, "--until: no protocol is called \"" + until +
                                       "\" (nor is it link, internet, transport, application)"};
  return end;
}

/// Packets with all that they say.
Result<std::unique_ptr<PacketSink>> PacketsCommand::make_whole_sink(bool with_capture,
                                                                    const Provenance& provenance) const {
  std::string kind = output.format;
  if (kind.empty() && !each.empty()) kind = "json";
  if (kind.empty() && output.to_stdout())
    kind = output.output.empty() && isatty(STDOUT_FILENO) != 0 ? "tree" : "jsonl";
  if (kind.empty() && output.output.ends_with(".pcap")) kind = "pcap";
  if (kind.empty() && output.output.ends_with(".pcapng")) kind = "pcapng";
  if (kind == "pcap") return each.empty() ? make_pcap_sink(output.path()) : make_each_pcap_sink(each);
  if (kind == "pcapng" && each.empty()) return make_pcapng_sink(output.path());
  const auto known = kind.empty() ? packet_format_of(output.output) : packet_format_named(kind);
  if (!known && kind.empty())
    return Error{ErrorCode::usage, "the format is not known from the name: use --format", output.output};
  if (!known)
    return Error{ErrorCode::usage,
                 "--format " + kind + (each.empty() ? " needs --fields" : ": not with --each")};
  if (!each.empty()) return make_each_sink(each, *known, provenance);
  return make_document_sink(output.path(), *known, with_capture, provenance);
}

Result<std::unique_ptr<PacketSink>> PacketsCommand::make_sink(const Selection& selection,
                                                              bool with_capture) const {
  const Provenance provenance = {{"version", std::string(kVersion)}, {"command", command_line}};
  if (count) return make_count_sink(output.path());
  if (fields.empty()) return make_whole_sink(with_capture, provenance);
  auto write = output.write_options();
  if (!write) return write.error();
  write->rows_name = "packets";
  PacketCells cells;  // CSV and tables on a terminal have one text a cell
  cells.joined = write->format == TableFormat::csv || write->format == TableFormat::tsv ||
                 write->format == TableFormat::text;
  if (!print_format.empty())
    cells.print_format = print_format == "wireshark3" ? PrintFormat::wireshark3 : PrintFormat::wireshark4;
  write->threads = input.threads;
  return make_table_sink(output.path(), selection, cells, with_capture, provenance, *write);
}

ExitStatus PacketsCommand::run() const {
  ProgressLine line(input.progress, input.quiet);
  auto captures = input.expand();
  if (!captures) return fail(captures.error());
  if (auto spared = spare_captures(output.path(), *captures); !spared) return fail(spared.error());
  auto read = input.read_options();
  if (!read) return fail(read.error());
  read->progress = [&line](const Progress& progress) { line.update(progress); };
  auto question = PacketQuestion::make(filter.expression, filter.which(), fields, !print_format.empty());
  if (!question) return fail(question.error());
  const auto nothing = Selection::make({});
  const Selection& selection = question->fields() != nullptr ? *question->fields() : *nothing;
  const auto end = find_until();
  if (!end) return fail(end.error());
  PacketAsk ask{.wanted = question->wanted(), .until = *end, .filter = question->filter()};
  if (fields.empty() && !count) ask.wanted.add(Wanted::all());
  if (question->tshark() != nullptr) {
    ask.tshark_filters = question->tshark()->filters();
    if (auto told = tell_of_tshark(question->tshark()->remark(), input); !told) return fail(told.error());
  }
  if (input.verbose) {
    ask.wanted.add_layers();
    ask.tell = [&line](std::string_view lines) {
      const auto cleared = line.clear();
      print(stderr, lines);
    };
  }
  auto sink = make_sink(selection, captures->size() > 1);
  if (!sink) return fail(sink.error());
  catch_interrupts();
  if (!output.to_stdout() || !each.empty()) {  // a folder that is missing is told before the work
    if (auto opened = (*sink)->open(); !opened) return fail(opened.error());
  }
  auto run = RunInput::make(std::move(*read), *captures);
  if (!run) return fail(run.error());
  (*run)->ask(*question);
  PacketRun packets(**run, std::move(*captures), [&] { return (*sink)->make_lane(ask); });
  const auto outcome = packets.run();
  line.end();
  if (!outcome) return fail(outcome.error());
  const ExitStatus status = report(outcome->problems, outcome->captures_read);
  const bool stopped = was_interrupted();
  if (status == failed && !stopped) return status;
  if (auto opened = (*sink)->open(); !opened) return fail(opened.error());
  auto path = (*sink)->commit(stopped);
  if (!path) return fail(path.error());
  if (stopped) remark("interrupted; what was read is in " + *path);
  return stopped ? interrupted : status;
}

}  // namespace

void add_packets_command(CLI::App& app, ExitStatus& status) {
  auto command = std::make_shared<PacketsCommand>();
  CLI::App* sub =
      app.add_subcommand("packets", "What packets say: all of it, or some fields, one row a packet");
  command->input.add_to(*sub);
  command->input.add_threads_to(*sub);
  command->output.add_to(*sub, {"jsonl", "json", "plist", "pdml", "tree", "pcap", "pcapng", "csv", "tsv",
                                "parquet", "arrow", "table"});
  auto* fields =
      as_list(sub->add_option("--fields", command->fields,
                              "Only these fields or protocols, by Wireshark's names: a column each"),
              "F,…");
  sub->add_option("--print-format", command->print_format,
                  "Values as texts, as tshark prints them: wireshark4, wireshark3")
      ->type_name("HOW")
      ->needs(fields)
      ->check(CLI::IsMember({"wireshark4", "wireshark3"}));
  command->filter.add_to(*sub);
  sub->add_option("--until", command->until,
                  "Look no further than this protocol, or link, internet, transport, application")
      ->type_name("NAME");
  auto* each = sub->add_option("--each", command->each, "A file for each packet, in this folder")
                   ->type_name("DIR")
                   ->excludes(fields)
                   ->excludes(sub->get_option("--output"));
  sub->add_flag("--count", command->count,
                "Print only how many packets there are (with --filter: that match)")
      ->excludes(fields)
      ->excludes(each);
  sub->callback([command, &status] { status = command->run(); });
}

}  // namespace flowloom::cli
