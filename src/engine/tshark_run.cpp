// TsharkRun: tshark at work on a capture.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/byte_source.hpp"
#include "capture/decompress.hpp"
#include "engine/tshark.hpp"

namespace flowloom {
namespace {

/// Of the program: the path to read, and what must be open for that.
struct ProgramInput {
  std::string path;
  Descriptor file;
};

Result<ProgramInput> open_standard_input() {
  struct stat about = {};
  if (::fstat(STDIN_FILENO, &about) != 0 || !S_ISREG(about.st_mode))
    return Error{ErrorCode::usage, "standard input that is no file cannot be read by tshark", "-"};
  return ProgramInput{ChildProcess::kInputPath, Descriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3))};
}

/// The content of what is compressed, in a temporary file.
Result<ProgramInput> spool(ByteSource& content) {
  auto file = make_unnamed_file();
  if (!file) return file.error();
  std::vector<std::uint8_t> buffer(256 * 1024);
  for (;;) {
    const auto got = content.read(buffer.data(), buffer.size());
    if (!got) return got.error();
    if (*got == 0) return ProgramInput{ChildProcess::kInputPath, std::move(*file)};
    if (auto written = write_all(*file, {buffer.data(), *got}); !written) return written.error();
  }
}

Result<ProgramInput> input_of(const std::string& path) {
  ProgramInput direct{path, Descriptor()};
  if (path == "-") {
    auto input = open_standard_input();
    if (!input) return input;
    direct = std::move(*input);
  }
  auto source = open_file(path == "-" ? "/dev/fd/" + std::to_string(direct.file.get()) : path);
  if (!source) return source.error();
  std::vector<std::uint8_t> head(kCompressionMagicBytes);
  std::size_t filled = 0;
  while (filled < head.size()) {
    const auto got = (*source)->read(head.data() + filled, head.size() - filled);
    if (!got) return got.error();
    if (*got == 0) break;
    filled += *got;
  }
  head.resize(filled);
  const Compression compression = compression_of(head);
  if (compression == Compression::none) return direct;
  auto content = decompress(compression, std::move(head), std::move(*source));
  if (!content) return content.error();
  return spool(**content);
}

}  // namespace

Result<> spool_standard_input(const std::stop_token& stop) {
  struct stat about = {};
  if (::fstat(STDIN_FILENO, &about) == 0 && S_ISREG(about.st_mode)) return {};
  auto source = open_file("-", [&stop] { return !stop.stop_requested(); });
  if (!source) return source.error();
  auto file = make_unnamed_file();
  if (!file) return file.error();
  std::vector<std::uint8_t> buffer(256 * 1024);
  for (;;) {
    const auto got = (*source)->read(buffer.data(), buffer.size());
    if (!got) return got.error();
    if (*got == 0) break;
    if (auto written = write_all(*file, {buffer.data(), *got}); !written) return written;
  }
  if (::lseek(file->get(), 0, SEEK_SET) != 0 || ::dup2(file->get(), STDIN_FILENO) < 0)
    return Error{ErrorCode::io, "cannot put standard input into a file"};
  return {};
}

TsharkRun::TsharkRun(std::shared_ptr<const TsharkQuestion> question, ChildProcess process, std::string path,
                     std::function<bool()> go_on)
    : question_(std::move(question)),
      process_(std::move(process)),
      path_(std::move(path)),
      go_on_(std::move(go_on)),
      answers_(question_->fields(),
               [this](char* out, std::size_t most) { return process_.read(out, most, go_on_); }) {}

Result<std::unique_ptr<TsharkRun>> TsharkRun::start(std::shared_ptr<const TsharkQuestion> question,
                                                    const std::string& path, std::function<bool()> go_on) {
  auto input = input_of(path);
  if (!input) return input.error();
  // A path may look like an option.
  const std::string name = input->path.starts_with('-') ? "./" + input->path : input->path;
  auto process = ChildProcess::start(question->command(name), input->file.get());
  if (!process) return process.error();
  return std::unique_ptr<TsharkRun>(
      new TsharkRun(std::move(question), std::move(*process), path, std::move(go_on)));
}

const TsharkFrame* TsharkRun::at(std::uint64_t number) {
  while (frame_.number < number) {
    if (!answers_.next(frame_)) return nullptr;
  }
  return frame_.number == number ? &frame_ : nullptr;
}

std::optional<Error> TsharkRun::end() {
  if (!go_on_()) return std::nullopt;
  while (answers_.next(frame_)) {
  }
  if (!go_on_()) return std::nullopt;
  if (!answers_.failed().empty()) return Error{ErrorCode::unsupported, answers_.failed(), path_};
  const auto end = process_.wait();
  if (end.status != 0) {
    return Error{ErrorCode::unsupported,
                 "tshark ended with status " + std::to_string(end.status) + ": " + end.complaint, path_};
  }
  if (answers_.unreadable() == 0) return std::nullopt;
  return Error{ErrorCode::unsupported,
               std::to_string(answers_.unreadable()) + " values by tshark are not of their field's type (" +
                   answers_.unreadable_name() + ") and are left out",
               path_};
}

}  // namespace flowloom
