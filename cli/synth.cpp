// flowloom synth: makes captures.
#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "capture/pcap_writer.hpp"
#include "command.hpp"
#include "flowloom/synth.hpp"
#include "write/output_file.hpp"

namespace flowloom::cli {
namespace {

class FileSink : public ByteSink {
 public:
  explicit FileSink(OutputFile& file) : file_(file) {}
  Result<> write(Bytes bytes) override { return file_.write(bytes.data(), bytes.size()); }

 private:
  OutputFile& file_;
};

struct SynthCommand {
  std::string output, progress = "auto";
  SynthOptions traffic;
  CopyOptions copies;
  double seconds = 0;
  bool quiet = false, verbose = false;

  ExitStatus run() const;
  Result<PacketGenerator> open() const;
  static Result<> write(PacketGenerator& generator, OutputFile& file, ProgressLine& line);
};

std::string describe(const SynthCounts& counts) {
  std::string text = fmt::format("{} packets", counts.packets);
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count != 0) text += fmt::format(", {} {}", count, what);
  };
  add(counts.flows, "flows");
  add(counts.tcp_flows, "of them TCP");
  add(counts.udp_flows, "of them UDP");
  add(counts.retransmissions, "retransmissions");
  add(counts.lost, "segments lost before the capture");
  add(counts.reordered, "reordered");
  add(counts.duplicates, "duplicates");
  add(counts.fragments, "fragments");
  return text;
}

Result<PacketGenerator> SynthCommand::open() const {
  for (const std::string_view other : {".pcapng", ".gz", ".zst", ".lz4", ".xz"}) {
    if (output.ends_with(other)) return Error{ErrorCode::usage, "synth writes plain pcap files", output};
  }
  if (!copies.captures.empty()) {
    CopyOptions options = copies;
    auto list = expand_captures(copies.captures);
    if (!list) return list.error();
    if (auto spared = spare_captures(output, list->paths); !spared) return spared.error();
    options.captures = std::move(list->paths);
    options.span_ns = static_cast<std::int64_t>(seconds * 1e9);
    return PacketGenerator::copy(options);
  }
  SynthOptions options = traffic;
  if (options.packets == 0 && options.flows == 0) options.packets = 10'000;
  return PacketGenerator::synthesize(options);
}

Result<> SynthCommand::write(PacketGenerator& generator, OutputFile& file, ProgressLine& line) {
  FileSink sink(file);
  pcap::Writer writer(sink, {.link_type = generator.link_type(), .nanoseconds = generator.nanoseconds()});
  PacketWindow window;
  std::uint64_t packets = 0;
  while (!was_interrupted() && generator.next(window)) {
    for (const RawPacket& packet : window.packets) {
      if (auto written = writer.write(packet); !written) return written;
    }
    packets += window.packets.size();
    line.update({.bytes = writer.bytes(), .total_bytes = 0, .packets = packets});
  }
  return writer.finish();
}

ExitStatus SynthCommand::run() const {
  ProgressLine line(progress, quiet);
  catch_interrupts();
  auto generator = open();
  if (!generator) return fail(generator.error());
  auto file = OutputFile::open(output);
  if (!file) return fail(file.error());
  if (auto written = write(*generator, *file, line); !written) return fail(written.error());
  line.end();
  const bool stopped = was_interrupted();
  auto path = file->commit(stopped);
  if (!path) return fail(path.error());
  if (stopped) remark("interrupted; what was made is in " + *path);
  if (verbose) {
    for (const auto& [name, counts] : generator->counts())
      remark(fmt::format("{}: {}", name, describe(counts)));
  }
  return stopped ? interrupted : done;
}

}  // namespace

void add_synth_command(CLI::App& app, ExitStatus& status) {
  auto command = std::make_shared<SynthCommand>();
  CLI::App* sub =
      app.add_subcommand("synth", "Make a capture: invented traffic, or copies of recorded traffic");
  sub->add_option("--output,-o", command->output, "The pcap file to write; - is standard output")
      ->type_name("OUT.pcap")
      ->required();
  std::string profiles;
  std::vector<std::string> names;
  for (const SynthProfile& profile : synth_profiles()) {
    names.emplace_back(profile.name);
    profiles += fmt::format("{}{}", profiles.empty() ? "" : ", ", profile.name);
  }
  auto* profile =
      as_list(sub->add_option("--profile", command->traffic.profiles,
                              "Kinds of traffic: " + profiles + "; default: all but flood and tiny"),
              "LIST")
          ->check(CLI::IsMember(names));
  auto* seed =
      sub->add_option("--seed", command->traffic.seed, "The same seed makes the same bytes (default 1)")
          ->type_name("N")
          ->check(whole_number(0));
  auto* packets = sub->add_option("--packets", command->traffic.packets,
                                  "Exactly so many packets, in whole conversations (default 10,000)")
                      ->type_name("N")
                      ->check(whole_number(1));
  auto* flows = sub->add_option("--flows", command->traffic.flows,
                                "No new conversations after N flows, though there be fewer packets")
                    ->type_name("N")
                    ->check(whole_number(1));
  auto* from =
      sub->add_option(
             "--from", command->copies.captures,
             "Copy these captures instead (files, folders, globs, -): other addresses, right checksums")
          ->type_name("CAPTURE");
  sub->add_option("--copies", command->copies.copies, "How many copies")
      ->type_name("N")
      ->check(whole_number(1))
      ->needs(from);
  sub->add_option("--interleave", command->copies.interleave, "How many of them at a time (default 1)")
      ->type_name("K")
      ->check(whole_number(1))
      ->needs(from);
  sub->add_option("--seconds", command->seconds, "Replay captures faster that last longer than S")
      ->type_name("S")
      ->check(seconds(1e-3))
      ->needs(from);
  for (auto* option : {profile, seed, packets, flows}) from->excludes(option);
  sub->add_option("--progress", command->progress, "auto (on a terminal), always, never")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  auto* quiet = sub->add_flag("--quiet,-q", command->quiet, "Only errors on standard error");
  sub->add_flag("--verbose,-v", command->verbose, "Say what was made")->excludes(quiet);
  sub->callback([command, &status] { status = command->run(); });
}

}  // namespace flowloom::cli
