// A program that runs beside this one and whose output is read. It is started without a shell.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "flowloom/error.hpp"

namespace flowloom {

/// An open descriptor; -1: none.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

/// A file without a name in the folder for temporary files ($TMPDIR, else /tmp). Errors: io.
Result<Descriptor> make_unnamed_file();
/// Errors: io.
Result<> write_all(const Descriptor& file, std::span<const std::uint8_t> bytes);

class ChildProcess {
 public:
  /// Where the program finds `input`, if there is one.
  static constexpr const char* kInputPath = "/dev/fd/3";

  /// `arguments`: the program's path, then what it gets. Its standard input is empty, its times are UTC.
  /// `input` must stay open until it has been opened there. Errors: io.
  static Result<ChildProcess> start(const std::vector<std::string>& arguments, int input = -1);
  ChildProcess(ChildProcess&&) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  /// Kills it if it still runs.
  ~ChildProcess();

  /// Reads some of its output; 0 at its end, or once `go_on`, which is called about ten times a second while
  /// there is nothing to read, says false. Errors: io.
  Result<std::size_t> read(char* to, std::size_t size, const std::function<bool()>& go_on = {});

  struct End {
    int status = 0;         ///< of its exit; 128 + N if signal N ended it
    std::string complaint;  ///< the last line that it wrote to standard error
  };
  /// Waits until it has ended: its output must have been read.
  End wait();

 private:
  ChildProcess(pid_t pid, Descriptor output, Descriptor complaints)
      : pid_(pid), output_(std::move(output)), complaints_(std::move(complaints)) {}

  pid_t pid_;
  Descriptor output_, complaints_;
};

}  // namespace flowloom
