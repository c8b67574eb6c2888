// flowloom fields: what can be asked for.
#include <memory>

#include "base/build_info.hpp"
#include "command.hpp"
#include "flowloom/write.hpp"
#include "table/field_table.hpp"

namespace flowloom::cli {
namespace {

struct FieldsCommand {
  std::string pattern;
  TableOutput output;

  ExitStatus run() const;
};

ExitStatus FieldsCommand::run() const {
  auto write = output.write_options();
  if (!write) return fail(write.error());
  if (output.output.empty() && output.format.empty()) write->format = TableFormat::text;
  write->rows_name = "fields";
  RecordBatch batch = make_field_table(pattern);
  if (batch.rows == 0) return fail({ErrorCode::io, "no field matches \"" + pattern + "\""});
  const Provenance provenance = {{"version", std::string(kVersion)}, {"command", command_line}};
  auto writer = open_table_writer(output.path(), batch.schema, provenance, *write);
  if (!writer) return fail(writer.error());
  if (auto written = (*writer)->write(std::move(batch)); !written) return fail(written.error());
  if (auto path = (*writer)->commit(provenance); !path) return fail(path.error());
  return done;
}

}  // namespace

void add_fields_command(CLI::App& app, ExitStatus& status) {
  auto command = std::make_shared<FieldsCommand>();
  CLI::App* sub = app.add_subcommand("fields", "Every field that is known, a line each, its name first");
  sub->add_option("PATTERN", command->pattern,
                  "Only fields whose name or title contains it, or whose name matches it with * and ?");
  command->output.add_to(*sub);
  sub->callback([command, &status] { status = command->run(); });
}

}  // namespace flowloom::cli
