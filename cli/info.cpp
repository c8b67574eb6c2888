// flowloom info: what is in a capture.
#include "flowloom/info.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "base/time.hpp"
#include "capture/decompress.hpp"
#include "capture/printable.hpp"
#include "command.hpp"
#include "write/text.hpp"

namespace flowloom::cli {
namespace {

struct InfoCommand {
  InputOptions input;
  std::string format = "text";

  ExitStatus run() const;
};

std::string json_string(std::string_view text) {
  TextBuffer out;
  append_json_string(out, text);
  return std::string(out.view());
}

std::string time_json(const std::optional<Timestamp>& time, unsigned digits) {
  if (!time) return "null";
  char room[kNumberRoom];
  return {room, write_time(room, time->ns, digits)};
}

std::string time_text(Timestamp time, unsigned digits) {
  std::int64_t seconds = time.ns / kNsPerSecond, rest = time.ns % kNsPerSecond;
  if (rest < 0) {
    --seconds;
    rest += kNsPerSecond;
  }
  std::string text = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(seconds)));
  const std::string fraction = fmt::format("{:09}", rest);
  if (digits != 0) text += "." + fraction.substr(0, digits);
  return text + " UTC";
}

const char* format_name(CaptureFormat format) {
  switch (format) {
    case CaptureFormat::pcap:
      return "pcap";
    case CaptureFormat::pcapng:
      return "pcapng";
    case CaptureFormat::empty:
      break;
  }
  return "empty";
}

std::string to_json(const CaptureInfo& info) {
  std::string j = "  {\"capture\": " + json_string(info.capture);
  j += fmt::format(", \"format\": \"{}\", \"compression\": \"{}\"", format_name(info.format),
                   name_of(info.compression));
  j += ", \"file_bytes\": " + (info.file_bytes ? std::to_string(*info.file_bytes) : "null");
  j += fmt::format(", \"packets\": {}, \"accounting\": {{", info.accounting.packets);
  const char* separator = "";
  for (const auto& [name, count] : info.accounting.fates) {
    j += fmt::format("{}\"{}\": {}", separator, name, count);
    separator = ", ";
  }
  j += "}, \"link_types\": [";
  separator = "";
  for (const auto& [type, count] : info.link_types) {
    j += fmt::format("{}{{\"link_type\": {}, \"name\": {}, \"packets\": {}}}", separator, type,
                     json_string(link_type_name(type)), count);
    separator = ", ";
  }
  j += "], \"interfaces\": [";
  separator = "";
  for (const Interface& i : info.interfaces) {
    j += fmt::format(
        "{}{{\"name\": {}, \"description\": {}, \"link_type\": {}, \"snap_length\": {}, \"time_digits\": {}, "
        "\"packets\": {}}}",
        separator, i.name.empty() ? "null" : json_string(i.name),
        i.description.empty() ? "null" : json_string(i.description), i.link_type, i.snap_length,
        i.time_digits, i.packets);
    separator = ", ";
  }
  j += "], \"start\": " + time_json(info.first, info.time_digits);
  j += ", \"end\": " + time_json(info.last, info.time_digits);
  j += fmt::format(", \"out_of_order\": {}, \"bytes\": {}, \"captured_bytes\": {}", info.out_of_order,
                   info.bytes, info.captured_bytes);
  j += fmt::format(", \"smallest_packet\": {}, \"largest_packet\": {}, \"cut_packets\": {}", info.smallest,
                   info.largest, info.cut);
  j += ", \"damage\": ";
  j += info.damage ? fmt::format("{{\"offset\": {}, \"reason\": {}}}", info.damage->offset,
                                 json_string(info.damage->reason))
                   : "null";
  return j + "}";
}

std::string to_text(const CaptureInfo& info) {
  std::string t = printable(info.capture) + "\n";
  const auto line = [&t](std::string_view name, const std::string& value) {
    t += fmt::format("  {:<14}{}\n", name, printable(value));
  };
  std::string format = format_name(info.format);
  if (info.compression != Compression::none)
    format += fmt::format(", {}-compressed", name_of(info.compression));
  if (info.file_bytes) format += fmt::format(", {} bytes", *info.file_bytes);
  line("format", format);
  line("packets", std::to_string(info.accounting.packets));
  for (const auto& [name, count] : info.accounting.fates) {
    std::string spaced(name);
    std::replace(spaced.begin(), spaced.end(), '_', ' ');
    if (count != 0) line("", fmt::format("{:>12}  {}", count, spaced));
  }
  if (info.first) {
    const double duration = static_cast<double>(time_between(info.first->ns, info.last->ns)) / 1e9;
    line("first", time_text(*info.first, info.time_digits));
    line("last", time_text(*info.last, info.time_digits));
    line("duration", fmt::format("{:.{}f} s", duration, info.time_digits));
    if (info.out_of_order != 0) line("out of order", fmt::format("{} packets", info.out_of_order));
    const auto counted = [&] {
      std::uint64_t n = 0;
      for (const auto& entry : info.link_types) n += entry.second;
      return n;
    }();
    line("bytes", fmt::format("{} on the wire, {} captured", info.bytes, info.captured_bytes));
    line("packet sizes", fmt::format("{} to {} bytes, mean {:.1f}", info.smallest, info.largest,
                                     static_cast<double>(info.bytes) / static_cast<double>(counted)));
    if (info.cut != 0) line("cut", fmt::format("{} packets by the snap length", info.cut));
  }
  for (const auto& [type, count] : info.link_types) {
    line("link type", fmt::format("{} ({}), {} packets", link_type_name(type), type, count));
  }
  for (const Interface& i : info.interfaces) {
    if (i.name.empty() && i.description.empty() && info.interfaces.size() == 1) continue;
    line("interface", fmt::format("{}{}{}, {}, {} packets", i.name.empty() ? "?" : i.name,
                                  i.description.empty() ? "" : " ", i.description,
                                  link_type_name(i.link_type), i.packets));
  }
  if (info.damage) line("damaged", fmt::format("at offset {}: {}", info.damage->offset, info.damage->reason));
  return t;
}

/// Of a file of a folder: it is no capture, and nothing is said of it.
bool is_none(const Result<CaptureInfo>& info) {
  if (!info) return info.error().code == ErrorCode::not_a_capture;
  return info->format == CaptureFormat::empty;
}

ExitStatus InfoCommand::run() const {
  ProgressLine line(input.progress, input.quiet);
  auto captures = input.list();
  if (!captures) return fail(captures.error());
  auto options = input.read_options();
  if (!options) return fail(options.error());
  options->progress = [&line](const Progress& progress) { line.update(progress); };
  catch_interrupts();

  std::vector<InputProblem> problems;
  std::size_t read = 0;
  const bool json = format == "json";
  std::optional<Error> mistake;
  const auto take = [&](std::size_t i, Result<CaptureInfo>&& info) {
    const std::string& path = captures->paths[i];
    if (captures->is_unchecked(i) && is_none(info)) {
      captures->skipped.push_back(path);
      return true;
    }
    if (!info) {
      if (info.error().code == ErrorCode::usage) {
        mistake = info.error();
        return false;
      }
      problems.push_back({info.error(), true});
      return true;
    }
    begin_output("-");
    if (json) {
      print(stdout, (read == 0 ? "[\n" : ",\n") + to_json(*info));
    } else {
      print(stdout, (read == 0 ? "" : "\n") + to_text(*info));
    }
    ++read;
    if (info->damage) {
      problems.push_back({{ErrorCode::damaged, info->damage->reason,
                           path + ", offset " + std::to_string(info->damage->offset)},
                          false});
    }
    return !was_interrupted() && std::ferror(stdout) == 0;
  };
  const auto done = read_capture_infos(captures->paths, *options, take);
  line.end();
  if (!done) return fail(done.error());
  if (mistake) return fail(*mistake);
  if (json && read != 0) print(stdout, "\n]\n");
  if (input.verbose) tell_skipped(captures->skipped);
  if (read == 0 && problems.empty() && !was_interrupted()) return fail(no_capture());
  const ExitStatus status = report(problems, read);
  return was_interrupted() ? interrupted : status;
}

}  // namespace

void add_info_command(CLI::App& app, ExitStatus& status) {
  auto command = std::make_shared<InfoCommand>();
  CLI::App* sub = app.add_subcommand(
      "info", "What is in captures: counts, times, link types, and where every packet went");
  command->input.add_to(*sub);
  command->input.add_threads_to(*sub);
  sub->add_option("--format", command->format, "text, json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  sub->callback([command, &status] { status = command->run(); });
}

}  // namespace flowloom::cli
