// flowloom packets: what packets say.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "base/build_info.hpp"
#include "command.hpp"
#include "engine/packet_lanes.hpp"
#include "flowloom/write.hpp"

namespace flowloom::cli {
namespace {

struct PacketsCommand {
  InputOptions input;
  TableOutput output;
  std::vector<std::string> fields;
  std::string print_format;

  ExitStatus run() const;
  PacketCells cells(TableFormat format) const;
};

/// CSV and tables on a terminal have one text a cell.
PacketCells PacketsCommand::cells(TableFormat format) const {
  PacketCells cells;
  cells.joined = format == TableFormat::csv || format == TableFormat::tsv || format == TableFormat::text;
  if (!print_format.empty())
    cells.print_format = print_format == "wireshark3" ? PrintFormat::wireshark3 : PrintFormat::wireshark4;
  return cells;
}

ExitStatus PacketsCommand::run() const {
  ProgressLine line(input.progress, input.quiet);
  auto captures = input.expand();
  if (!captures) return fail(captures.error());
  auto write = output.write_options();
  if (!write) return fail(write.error());
  write->rows_name = "packets";
  auto read = input.read_options();
  if (!read) return fail(read.error());
  read->progress = [&line](const Progress& progress) { line.update(progress); };
  const auto selection = Selection::make(fields);
  if (!selection) return fail(selection.error());
  catch_interrupts();

  const PacketCells how = cells(write->format);
  const auto schema = make_packet_schema(*selection, how, captures->size() > 1);
  const Provenance provenance = {{"version", std::string(kVersion)}, {"command", command_line}};
  std::unique_ptr<TableWriter> writer;
  const auto open_writer = [&]() -> Result<> {
    if (writer != nullptr) return {};
    auto opened = open_table_writer(output.path(), schema, provenance, *write);
    if (!opened) return opened.error();
    writer = std::move(*opened);
    return {};
  };
  if (!output.to_stdout()) {  // a folder that is missing is told before the work
    if (auto opened = open_writer(); !opened) return fail(opened.error());
  }
  auto run = RunInput::make(std::move(*read), *captures);
  if (!run) return fail(run.error());
  PacketRun packets(**run, std::move(*captures), [&] {
    return std::make_unique<TableLane>(*selection, how, schema, [&](RecordBatch&& batch) -> Result<> {
      line.clear();
      if (auto opened = open_writer(); !opened) return opened;
      return writer->write(std::move(batch));
    });
  });
  const auto outcome = packets.run();
  line.clear();
  if (!outcome) return fail(outcome.error());
  const ExitStatus status = report(outcome->problems, outcome->captures_read);
  const bool stopped = was_interrupted();
  if (status == failed && !stopped) return status;
  if (auto opened = open_writer(); !opened) return fail(opened.error());
  auto path = writer->commit(provenance, stopped);
  if (!path) return fail(path.error());
  if (stopped) remark("interrupted; what was read is in " + *path);
  return stopped ? interrupted : status;
}

}  // namespace

void add_packets_command(CLI::App& app, ExitStatus& status) {
  auto command = std::make_shared<PacketsCommand>();
  CLI::App* sub = app.add_subcommand("packets", "Fields of packets: one row a packet");
  command->input.add_to(*sub);
  command->input.add_threads_to(*sub);
  command->output.add_to(*sub);
  sub->add_option("--fields", command->fields, "Fields or protocols, by Wireshark's names: a column each")
      ->delimiter(',')
      ->type_name("F,…")
      ->required();
  sub->add_option("--print-format", command->print_format,
                  "Values as texts, as tshark prints them: wireshark4, wireshark3")
      ->type_name("HOW")
      ->check(CLI::IsMember({"wireshark4", "wireshark3"}));
  sub->callback([command, &status] { status = command->run(); });
}

}  // namespace flowloom::cli
