// A folder of files that appears complete or not at all: filled beside its place, renamed at the end.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "flowloom/bytes.hpp"
#include "flowloom/error.hpp"

namespace flowloom {

class OutputFolder {
 public:
  /// Errors: io, also where `path` is something else than an empty folder.
  static Result<OutputFolder> open(const std::string& path);

  OutputFolder(OutputFolder&& other) noexcept;
  OutputFolder& operator=(OutputFolder&&) = delete;
  /// Without commit() before: removes everything.
  ~OutputFolder();

  /// A file in it that is being written. Unbuffered. Errors are `io` and name it.
  class File {
   public:
    File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
    File& operator=(File&&) = delete;
    ~File();

    Result<> write(Bytes bytes);
    /// Writes `head` and then all pieces, in few calls.
    Result<> write(Bytes head, std::span<const Bytes> pieces);
    /// Over what was written, and from it.
    Result<> write_at(std::uint64_t offset, Bytes bytes);
    Result<> read_at(std::uint64_t offset, std::span<std::uint8_t> to) const;
    Result<> close();

   private:
    friend OutputFolder;
    File(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

    int fd_;
    std::string path_;
  };

  /// A new file; none if there is one of that name, as the file system compares names. Several threads may
  /// create files. Errors: io.
  [[nodiscard]] Result<std::optional<File>> create(const std::string& name) const;
  /// A file without a name on the same disk, for bytes in between. The caller closes it. Errors: io.
  [[nodiscard]] Result<int> scratch_file() const;
  /// Gives the folder its name, and says it. `keep_existing`: an empty folder that was there before stays;
  /// the name is then the first of "path.partial", "path.2.partial", … that is free (after symbolic links).
  /// Errors: io.
  Result<std::string> commit(bool keep_existing);

 private:
  OutputFolder() = default;

  int fd_ = -1;
  std::string path_;       // as given, without a slash at the end
  std::string target_;     // after symbolic links, for rename()
  std::string temporary_;  // empty: committed
};

}  // namespace flowloom
