#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <system_error>

#include "base/build_info.hpp"
#include "command.hpp"

namespace {

/// An argument as a shell would need it.
std::string quoted(const std::string& argument) {
  const bool plain = !argument.empty() && argument.find_first_not_of(
                                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789_-+=./:,@%") == std::string::npos;
  if (plain) return argument;
  std::string out = "'";
  for (const char c : argument) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

int run(int argc, char** argv) {
  using namespace flowloom;
  cli::command_line = "flowloom";
  for (int i = 1; i < argc; ++i) cli::command_line += " " + quoted(argv[i]);

  CLI::App app("Network captures in, flow data out.", "flowloom");
  app.set_version_flag("--version", "flowloom " + std::string(kVersion));
  app.require_subcommand(1);
  cli::ExitStatus status = cli::done;
  cli::add_flows_command(app, status);
  cli::add_packets_command(app, status);
  cli::add_info_command(app, status);
  cli::add_fields_command(app, status);
  cli::add_split_command(app, status);
  cli::add_synth_command(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    status = app.exit(error) == 0 ? cli::done : cli::wrong_usage;
  }
  std::cout.flush();
  const bool printed = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!printed && status != cli::failed) return cli::fail({ErrorCode::io, "cannot write to standard output"});
  return status;
}

/// Descriptors of standard streams that are closed would be those of files opened later, into which what is
/// printed would go. Reading and writing them stays an error.
void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

/// As run(), with an error told for what is thrown.
int run_or_tell(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::system_error& error) {
    flowloom::cli::complain(std::string("no thread can be started: ") + error.what());
  } catch (const std::bad_alloc&) {
    flowloom::cli::complain("out of memory");
  }
  return flowloom::cli::failed;
}

std::terminate_handler usual_end = nullptr;

/// Arrow's libraries, while they are loaded, throw where nothing may be thrown if there is no memory.
[[noreturn]] void end_without_memory() {
  try {
    if (const auto thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    flowloom::cli::complain("out of memory");
    std::_Exit(flowloom::cli::failed);
  } catch (...) {  // a mistake of ours, to be seen as one
    usual_end();
  }
  std::abort();
}

/// Memory that comes and goes with each batch stays with the process. The C library would map and unmap each
/// block of more than 128 kB, and unmapping stops all threads for a moment.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
  mallopt(M_TRIM_THRESHOLD, 32 * 1024 * 1024);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  occupy_standard_streams();
  std::signal(SIGXFSZ,
              SIG_IGN);  // a file grown to its limit is an error of the write, not an end of the process
  usual_end = std::set_terminate(end_without_memory);
  const int status = run_or_tell(argc, argv);
  // No exit handlers: mimalloc's, in Arrow's library, crashes if there was no memory when it was loaded.
  std::fflush(nullptr);
  std::_Exit(status);
}
