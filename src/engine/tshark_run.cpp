// TsharkRun: tshark at work on a capture.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/byte_source.hpp"
#include "capture/decompress.hpp"
#include "engine/tshark.hpp"

namespace flowloom {
namespace {

/// Whether so many bytes may be between the begin of a packet's record and its bytes: in pcap 16, or 24 in a
/// form of its own; in pcapng 28, or 12 in the blocks that have no time.
constexpr bool is_record_header(std::uint64_t bytes, bool has_time) {
  return has_time ? bytes == 16 || bytes == 24 || bytes == 28 : bytes == 12;
}

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
  struct stat about = {};
  if (path != "-" && ::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode))
    return Error{ErrorCode::usage, "tshark reads along, and this can be read only once", path};
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
                     bool all_asked, std::function<bool()> go_on)
    : question_(std::move(question)),
      process_(std::move(process)),
      path_(std::move(path)),
      all_asked_(all_asked),
      go_on_(std::move(go_on)),
      answers_(question_->fields(), [this](char* out, std::size_t most) {
        auto got = process_.read(out, most, go_on_);
        read_to_end_ = got && *got == 0;
        return got;
      }) {}

Result<std::unique_ptr<TsharkRun>> TsharkRun::start(std::shared_ptr<const TsharkQuestion> question,
                                                    const std::string& path, bool all_asked,
                                                    std::function<bool()> go_on) {
  auto input = input_of(path);
  if (!input) return input.error();
  // A path may look like an option.
  const std::string name = input->path.starts_with('-') ? "./" + input->path : input->path;
  auto process = ChildProcess::start(question->command(name), input->file.get());
  if (!process) return process.error();
  return std::unique_ptr<TsharkRun>(
      new TsharkRun(std::move(question), std::move(*process), path, all_asked, std::move(go_on)));
}

void TsharkRun::fail(std::string what) {
  if (failed_.empty()) failed_ = std::move(what);
}

bool TsharkRun::next_frame() {
  frame_used_ = false;
  have_frame_ = failed_.empty() && answers_.next(frame_);
  if (!answers_.failed().empty()) fail(answers_.failed());
  return have_frame_;
}

/// What the frame says is not asked for any more.
void TsharkRun::leave_frame() {
  if (have_frame_ && all_asked_ && frame_.is_packet && !frame_used_)
    fail("tshark speaks of a packet at offset " + std::to_string(frame_.offset) + ", where there is none");
  have_frame_ = false;
}

const TsharkFrame* TsharkRun::at(std::uint64_t offset) {
  while (have_frame_ || next_frame()) {
    if (frame_.offset >= offset) break;
    if (frame_.is_packet && !frame_used_ && is_record_header(offset - frame_.offset, frame_.has_time)) {
      frame_used_ = true;
      return &frame_;
    }
    leave_frame();
  }
  if (!question_->filters()) fail("tshark says nothing of the packet at offset " + std::to_string(offset));
  return nullptr;
}

std::optional<Error> TsharkRun::end(Extent read) {
  const auto error = [this](std::string what) {
    return Error{ErrorCode::unsupported, std::move(what), path_};
  };
  if (read == Extent::whole) {
    do leave_frame();
    while (next_frame());
  }
  if (!go_on_()) return std::nullopt;
  if (read_to_end_) {
    // How it ended says more than what lacks therefore. Where a damage ended it and us, all has been
    // answered.
    const auto end = process_.wait();
    const bool lacks = !failed_.empty() || question_->filters() || read == Extent::whole;
    if (end.status != 0 && lacks)
      return error("tshark ended with status " + std::to_string(end.status) + ": " + end.complaint);
  }
  if (!failed_.empty()) return error(failed_);
  if (answers_.unreadable() == 0) return std::nullopt;
  return error(std::to_string(answers_.unreadable()) + " values by tshark are not of their field's type (" +
               answers_.unreadable_name() + ") and are left out");
}

}  // namespace flowloom
