#include "engine/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace flowloom {
namespace {

Error failure(const std::string& doing, int code) {
  return {ErrorCode::io, doing + ": " + std::generic_category().message(code)};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// Ours, but for the time zone.
std::vector<std::string> environment() {
  std::vector<std::string> all = {"TZ=UTC"};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("TZ=")) all.emplace_back(*entry);
  }
  return all;
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Descriptor> make_unnamed_file() {
  const char* folder = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  std::string path = std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/flowloom-XXXXXX";
  Descriptor file(::mkostemp(path.data(), O_CLOEXEC));
  if (file.get() < 0) return failure("cannot make a temporary file (" + path + ")", errno);
  ::unlink(path.c_str());
  return file;
}

Result<> write_all(const Descriptor& file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("cannot write a temporary file", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments, int input) {
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failure("cannot make a pipe", errno);
  Descriptor output(ends[0]);
  const Descriptor theirs(ends[1]);
  auto complaints = make_unnamed_file();
  if (!complaints) return complaints.error();
  // Above the numbers that they get in the program, so that none is lost before it is put in its place.
  std::array<Descriptor, 3> high;
  const std::array<int, 3> low = {theirs.get(), complaints->get(), input};
  for (std::size_t i = 0; i < low.size(); ++i) {
    if (low[i] < 0) continue;
    high[i] = Descriptor(::fcntl(low[i], F_DUPFD_CLOEXEC, 10));
    if (high[i].get() < 0) return failure("cannot start " + arguments.front(), errno);
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, high[0].get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, high[1].get(), STDERR_FILENO);
  if (input >= 0) posix_spawn_file_actions_adddup2(&actions, high[2].get(), 3);
  std::vector<std::string> words = arguments, variables = environment();
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, words.front().c_str(), &actions, nullptr, pointers(words).data(),
                                   pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return failure("cannot start " + arguments.front(), failed);
  return ChildProcess(pid, std::move(output), std::move(*complaints));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::move(other.output_)),
      complaints_(std::move(other.complaints_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<std::size_t> ChildProcess::read(char* to, std::size_t size, const std::function<bool()>& go_on) {
  constexpr int kLook = 100;  // ms
  for (;;) {
    pollfd waiting = {output_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, go_on ? kLook : -1) <= 0) {
      if (go_on && !go_on()) return std::size_t{0};
      continue;
    }
    const ssize_t got = ::read(output_.get(), to, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return failure("cannot read what a program prints", errno);
  }
}

ChildProcess::End ChildProcess::wait() {
  End end;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  constexpr off_t kTail = 4096;
  const off_t size = ::lseek(complaints_.get(), 0, SEEK_END);
  std::string tail(static_cast<std::size_t>(std::min(size, kTail)), '\0');
  const ssize_t got =
      ::pread(complaints_.get(), tail.data(), tail.size(), size - static_cast<off_t>(tail.size()));
  tail.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!tail.empty() && (tail.back() == '\n' || tail.back() == '\r')) tail.pop_back();
  end.complaint = tail.substr(tail.rfind('\n') + 1);
  return end;
}

}  // namespace flowloom
