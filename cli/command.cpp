#include "command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <limits>
#include <system_error>

#include "capture/printable.hpp"
#include "engine/tshark.hpp"

namespace flowloom::cli {
namespace {

std::stop_source stop_source;
/// When the first signal came, ns of the monotonic clock; 0: none did. Written by the signal handler; threads
/// that read ask for it.
std::atomic<std::int64_t> interrupted_at = 0;
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "what a signal handler may change");
/// Signals within this time are one: timeout(1), for one, sends to the process and then to its group.
constexpr std::int64_t kSameInterrupt = 200'000'000;

void on_interrupt(int signal_number) {
  const int saved = errno;
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  const std::int64_t now = std::int64_t{time.tv_sec} * kNsPerSecond + time.tv_nsec;
  std::int64_t before = 0;
  if (interrupted_at.compare_exchange_strong(before, now)) {
    // A read that waits for standard input ends as at its end.
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing >= 0) {
      dup2(nothing, STDIN_FILENO);
      close(nothing);
    }
  } else if (now - before > kSameInterrupt) {
    signal(signal_number, SIG_DFL);
    raise(signal_number);
  }
  errno = saved;
}

void print_error(const std::string& message) { print(stderr, "flowloom: " + printable(message) + "\n"); }

ProgressLine* shown_line = nullptr;

int terminal_width() {
  winsize size = {};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/// Days since 1970-01-01 of a date in the Gregorian calendar.
std::int64_t days_from_civil(int year, unsigned month, unsigned day) {
  using namespace std::chrono;
  return sys_days(year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)))
      .time_since_epoch()
      .count();
}

/// ".25" → 250,000,000; moves `at` behind it.
std::int64_t parse_fraction(const char*& at) {
  std::int64_t ns = 0;
  if (*at != '.') return 0;
  ++at;
  for (std::int64_t unit = kNsPerSecond / 10; *at >= '0' && *at <= '9'; ++at, unit /= 10)
    ns += (*at - '0') * unit;
  return ns;
}

}  // namespace

std::string command_line;

void print(std::FILE* to, std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), to));
}

CLI::Validator not_empty() {
  return {[](const std::string& text) { return std::string(text.empty() ? "the name is empty" : ""); }, ""};
}

CLI::Validator seconds(double least) {
  static constexpr double kMost = 9e9;
  const auto check = [least](const std::string& text) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    const bool fits = number >= least && number > 0 && number <= kMost;
    if (read.ec == std::errc() && read.ptr == end && fits) return std::string();
    return fmt::format("{} is no number of seconds {} to {:.0f}", text,
                       least > 0 ? fmt::format("from {}", least) : "above 0 and up", kMost);
  };
  return {check, ""};
}

CLI::Validator whole_number(std::uint64_t least) {
  const auto check = [least](const std::string& text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec == std::errc() && read.ptr == end && number >= least) return std::string();
    return fmt::format("{} is no whole number from {} to {}", text, least,
                       std::numeric_limits<std::uint64_t>::max());
  };
  return {check, ""};
}

CLI::Option* as_list(CLI::Option* option, const std::string& type_name) {
  const CLI::Validator trimmed(
      [](std::string& text) {
        CLI::detail::trim(text);
        return std::string();
      },
      "");
  return option->delimiter(',')->allow_extra_args(false)->type_name(type_name)->transform(trimmed);
}

void InputOptions::add_to(CLI::App& command) {
  command.add_option("CAPTURE", captures, "Files, folders, globs, or - for standard input")->required();
  command.add_option("--read-filter", read_filter, "Only packets that match this BPF expression")
      ->type_name("BPF");
  command.add_option("--from", from, "Only packets from this time on (seconds since the epoch, or ISO 8601)")
      ->type_name("TIME");
  command.add_option("--to", to, "Only packets before this time")->type_name("TIME");
  command.add_option("--limit", limit, "Read at most N packets")->type_name("N")->check(whole_number(1));
  command.add_option("--progress", progress, "auto (on a terminal), always, never")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  auto* quiet_flag = command.add_flag("--quiet,-q", quiet, "Only errors on standard error");
  command.add_flag("--verbose,-v", verbose, "Say more on standard error")->excludes(quiet_flag);
}

void InputOptions::add_threads_to(CLI::App& command) {
  command.add_option("--threads", threads, "Threads to use (default: all cores); the result is the same")
      ->type_name("N")
      ->check(CLI::Range(1U, kMostThreads));
}

Result<ReadOptions> InputOptions::read_options() const {
  ReadOptions options;
  options.read_filter = read_filter;
  options.limit = limit;
  options.threads = threads;
  options.stop = interruption();
  for (const auto& [text, time] : {std::pair{&from, &options.from}, std::pair{&to, &options.to}}) {
    if (text->empty()) continue;
    const auto parsed = parse_time(*text);
    if (!parsed) return parsed.error();
    *time = *parsed;
  }
  return options;
}

Result<std::vector<std::string>> InputOptions::expand() const {
  auto list = expand_captures(captures);
  if (!list) return list.error();
  if (verbose) tell_skipped(list->skipped);
  if (list->paths.empty()) return no_capture();
  return std::move(list->paths);
}

Result<CaptureList> InputOptions::list() const {
  auto list = list_captures(captures);
  if (list && list->paths.empty()) return no_capture();
  return list;
}

Result<> spare_captures(const std::string& output, const std::vector<std::string>& captures) {
  struct stat written = {};
  if (output == "-" || stat(output.c_str(), &written) != 0) return {};
  for (const std::string& path : captures) {
    struct stat read = {};
    const int failed = path == "-" ? fstat(STDIN_FILENO, &read) : stat(path.c_str(), &read);
    if (failed == 0 && read.st_dev == written.st_dev && read.st_ino == written.st_ino &&
        S_ISREG(read.st_mode))
      return Error{ErrorCode::usage, "cannot write: this is a capture that is to be read", printable(output)};
  }
  return {};
}

void DisplayFilter::add_to(CLI::App& command) {
  auto* filter =
      command.add_option("--filter", expression, "Only packets that match this display filter (Wireshark's)")
          ->type_name("EXPR");
  command.add_option("--filter-dialect", dialect, "wireshark4 (default), wireshark3")
      ->type_name("NAME")
      ->needs(filter)
      ->check(CLI::IsMember({"wireshark4", "wireshark3"}));
}

void TableOutput::add_to(CLI::App& command, const std::vector<std::string>& formats) {
  command
      .add_option("--output,-o", output,
                  "Where to write; the extension says the format; - is standard output")
      ->type_name("OUT")
      ->check(not_empty());
  command.add_option("--format", format, fmt::format("{}", fmt::join(formats, ", ")))
      ->type_name("FORMAT")
      ->check(CLI::IsMember(formats));
}

Result<WriteOptions> TableOutput::write_options() const {
  WriteOptions options;
  const bool terminal = to_stdout() && isatty(STDOUT_FILENO) != 0;
  if (!format.empty()) {
    const auto known = table_format_named(format);
    if (!known) return Error{ErrorCode::usage, "--format " + format + " is none of a table"};
    options.format = *known;
  } else if (to_stdout()) {
    options.format = terminal && output.empty() ? TableFormat::text : TableFormat::jsonl;
  } else if (const auto by_name = table_format_of(output)) {
    options.format = *by_name;
  } else {
    return Error{ErrorCode::usage, "the format is not known from the name: use --format", output};
  }
  if (terminal) options.width = terminal_width();
  return options;
}

void complain(const std::string& message) {
  std::unique_lock<std::mutex> cleared;
  if (shown_line != nullptr) cleared = shown_line->clear();
  print_error(message);
}

void remark(const std::string& message) { complain(message); }

Result<> tell_of_tshark(const std::string& text, const InputOptions& input) {
  if (text.empty()) return {};
  if (!input.quiet) remark(text);
  if (std::ranges::find(input.captures, "-") == input.captures.end()) return {};
  return spool_standard_input(interruption());
}

void tell_skipped(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) remark(path + ": skipped, not a capture");
}

Error no_capture() { return {ErrorCode::usage, "no capture in what was given"}; }

void begin_output(const std::string& path) {
  if (shown_line != nullptr && path == "-" && isatty(STDOUT_FILENO) != 0) shown_line->end();
}

ExitStatus fail(const Error& error) {
  complain(error.message());
  return error.code == ErrorCode::usage ? wrong_usage : failed;
}

Result<Timestamp> parse_time(const std::string& text) {
  const Error wrong{ErrorCode::usage,
                    "not a time: \"" + text + "\" (seconds since the epoch, or like 2020-06-24T10:11:25Z)"};
  int year = 0, read = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const char* at = text.c_str();
  if (std::sscanf(at, "%4d-%2u-%2u%n", &year, &month, &day, &read) == 3 && read >= 8) {
    at += read;
    if (!std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month),
                                     std::chrono::day(day))
             .ok()) {
      return wrong;
    }
    std::int64_t ns = 0, zone = 0;
    if (*at == 'T' || *at == ' ') {
      ++at;
      if (std::sscanf(at, "%2u:%2u%n", &hour, &minute, &read) != 2) return wrong;
      at += read;
      if (*at == ':') {
        if (std::sscanf(at, ":%2u%n", &second, &read) != 1) return wrong;
        at += read;
        ns = parse_fraction(at);
      }
      if (*at == 'Z') {
        ++at;
      } else if (*at == '+' || *at == '-') {
        const int sign = *at == '-' ? -1 : 1;
        unsigned zone_hours = 0, zone_minutes = 0;
        if (std::sscanf(at + 1, "%2u:%2u%n", &zone_hours, &zone_minutes, &read) != 2) return wrong;
        at += 1 + read;
        zone = sign * static_cast<std::int64_t>(zone_hours * 3600 + zone_minutes * 60);
      }
    }
    if (*at != '\0' || hour > 23 || minute > 59 || second > 60) return wrong;
    const std::int64_t seconds =
        days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - zone;
    if (std::abs(seconds) > 9'000'000'000) return wrong;
    return Timestamp{seconds * kNsPerSecond + ns};
  }
  const bool negative = *at == '-';
  if (negative) ++at;
  std::int64_t seconds = 0;
  int digits = 0;
  for (; *at >= '0' && *at <= '9' && digits < 11; ++at, ++digits) seconds = seconds * 10 + (*at - '0');
  const std::int64_t ns = parse_fraction(at);
  if (digits == 0 || *at != '\0' || seconds > 9'000'000'000) return wrong;
  const std::int64_t total = seconds * kNsPerSecond + ns;
  return Timestamp{negative ? -total : total};
}

ExitStatus report(const std::vector<InputProblem>& problems, std::size_t captures_read) {
  for (const InputProblem& problem : problems) complain(problem.error.message());
  if (problems.empty()) return done;
  return captures_read == 0 ? failed : incomplete;
}

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool was_interrupted() { return interrupted_at != 0; }

std::stop_token interruption() { return stop_source.get_token(); }

void poll_interrupts() {
  if (was_interrupted()) stop_source.request_stop();
}

ProgressLine::ProgressLine(const std::string& when, bool quiet) {
  on_ = !quiet && (when == "always" || (when == "auto" && isatty(STDERR_FILENO) != 0));
  shown_line = this;
}

ProgressLine::~ProgressLine() {
  end();
  shown_line = nullptr;
}

void ProgressLine::update(const Progress& progress) {
  poll_interrupts();
  if (!on_) return;
  const std::lock_guard lock(mutex_);
  if (!on_) return;  // end() came between
  const auto now = Clock::now();
  if (now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  const double elapsed = std::chrono::duration<double>(now - begun_).count();
  std::string line = fmt::format("{:.1f} MB", static_cast<double>(progress.bytes) / 1e6);
  if (progress.total_bytes != 0) {
    const double part =
        std::min(1.0, static_cast<double>(progress.bytes) / static_cast<double>(progress.total_bytes));
    line +=
        fmt::format(" of {:.1f} MB ({:.0f} %)", static_cast<double>(progress.total_bytes) / 1e6, part * 100);
    if (part > 0) line += fmt::format(", {:.0f} s left", std::ceil(elapsed / part - elapsed));
  }
  line += fmt::format(", {} packets, {:.0f} packets/s", progress.packets,
                      static_cast<double>(progress.packets) / elapsed);
  print(stderr, "\r" + line + "\033[K");
  std::fflush(stderr);
  shown_ = true;
}

std::unique_lock<std::mutex> ProgressLine::clear() {
  std::unique_lock lock(mutex_);
  if (shown_) {
    print(stderr, "\r\033[K");
    std::fflush(stderr);
    shown_ = false;
  }
  return lock;
}

void ProgressLine::end() {
  const auto cleared = clear();
  on_ = false;
}

}  // namespace flowloom::cli
