// What the subcommands have in common: options, exit status, messages, progress, interruption.
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "flowloom/flows.hpp"
#include "flowloom/write.hpp"

namespace flowloom::cli {

/// docs/command.md has the table.
enum ExitStatus : int { done = 0, failed = 1, wrong_usage = 2, incomplete = 3, interrupted = 130 };

/// The whole command line, for provenance.
extern std::string command_line;

/// Options of every command that reads captures.
struct InputOptions {
  std::vector<std::string> captures;
  std::string read_filter, from, to, progress = "auto";
  std::uint64_t limit = 0;
  unsigned threads = 0;
  bool quiet = false, verbose = false;

  void add_to(CLI::App& command);
  /// For commands that use several threads.
  void add_threads_to(CLI::App& command);
  /// Errors: usage (a time that cannot be read).
  Result<ReadOptions> read_options() const;
  /// The captures that the arguments name; tells of skipped files with --verbose.
  Result<std::vector<std::string>> expand() const;
  /// The same without looking into files of folders.
  Result<CaptureList> list() const;
};

/// Which packets a command is about.
struct DisplayFilter {
  std::string expression, dialect;

  void add_to(CLI::App& command);
  [[nodiscard]] FilterDialect which() const {
    return dialect == "wireshark3" ? FilterDialect::wireshark3 : FilterDialect::wireshark4;
  }
};

inline const std::vector<std::string> kTableFormats = {"jsonl",   "json",  "csv",  "tsv",
                                                       "parquet", "arrow", "table"};

/// Where a command writes a table, and as what.
struct TableOutput {
  std::string output, format;

  /// `formats`: what --format may be.
  void add_to(CLI::App& command, const std::vector<std::string>& formats = kTableFormats);
  [[nodiscard]] bool to_stdout() const { return output.empty() || output == "-"; }
  [[nodiscard]] std::string path() const { return to_stdout() ? "-" : output; }
  /// Errors: usage (a name that says no format).
  [[nodiscard]] Result<WriteOptions> write_options() const;
};

/// Refuses an output file that is one of the captures to be read. Errors: usage.
Result<> spare_captures(const std::string& output, const std::vector<std::string>& captures);

/// For options: not empty, as a variable that a script has not set.
CLI::Validator not_empty();

/// For options: a number of seconds from `least` (0: above 0) to 9 billion.
CLI::Validator seconds(double least);

/// For options: decimal digits, a number of 64 bits that is `least` or more.
CLI::Validator whole_number(std::uint64_t least);

/// Makes the option a list, its parts separated by commas, with or without spaces around them.
CLI::Option* as_list(CLI::Option* option, const std::string& type_name);

/// Writes the text. Where it finds no room, the stream's error flag is set, and nothing is thrown.
void print(std::FILE* to, std::string_view text);
/// Prints "flowloom: message" to standard error. Control characters in it are escaped.
void complain(const std::string& message);
/// As complain(), but only a remark.
void remark(const std::string& message);
/// Says that tshark is asked (nothing, if `remark` is empty or quiet), and gives it standard input as a file
/// where that is a capture. Errors: io.
Result<> tell_of_tshark(const std::string& remark, const InputOptions& input);
/// Names files of folders that are no captures.
void tell_skipped(const std::vector<std::string>& paths);
/// Nothing that was given is a capture.
[[nodiscard]] Error no_capture();
/// Prints the error; says what to end with.
ExitStatus fail(const Error& error);

/// Seconds since the epoch ("1592993485.25"), or ISO 8601 ("2020-06-24", "2020-06-24T10:11:25.5Z", "…+02:00";
/// UTC where no zone is given).
Result<Timestamp> parse_time(const std::string& text);

/// To be called before the run's result is written to `path`: what is printed on a terminal is itself a sign
/// of life, and a progress line would stand between or within its rows.
void begin_output(const std::string& path);

/// The status to end with after `problems`, of which each is reported: nothing read at all is a failure.
ExitStatus report(const std::vector<InputProblem>& problems, std::size_t captures_read);

/// From now on, Ctrl-C and SIGTERM ask the run to end early; another one later than a moment after ends the
/// process.
void catch_interrupts();
[[nodiscard]] bool was_interrupted();
/// Is stopped by catch_interrupts()'s signals, as soon as poll_interrupts() is called.
std::stop_token interruption();
void poll_interrupts();

/// A line on standard error that says how far the run is, rewritten a few times a second. May be used by many
/// threads.
class ProgressLine {
 public:
  /// `when`: auto (only on a terminal), always, never.
  explicit ProgressLine(const std::string& when, bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void update(const Progress& progress);
  [[nodiscard]] bool on() const { return on_; }
  /// Takes the line away before something else is printed; it does not come back while what is returned
  /// lives.
  std::unique_lock<std::mutex> clear();
  /// Takes the line away for good.
  void end();

 private:
  using Clock = std::chrono::steady_clock;
  std::mutex mutex_;
  bool shown_ = false;
  std::atomic<bool> on_ = false;
  Clock::time_point begun_ = Clock::now(), last_ = begun_;
};

/// Adds the subcommand to `app`; its callback sets `status`.
void add_flows_command(CLI::App& app, ExitStatus& status);
void add_info_command(CLI::App& app, ExitStatus& status);
void add_fields_command(CLI::App& app, ExitStatus& status);
void add_packets_command(CLI::App& app, ExitStatus& status);
void add_split_command(CLI::App& app, ExitStatus& status);
void add_synth_command(CLI::App& app, ExitStatus& status);

}  // namespace flowloom::cli
