// A file without a name for what does not fit into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "flowloom/bytes.hpp"
#include "flowloom/error.hpp"

namespace flowloom {

class ScratchFile {
 public:
  /// Gives the descriptor of an empty file; asked for at the first write.
  using Make = std::function<Result<int>()>;

  explicit ScratchFile(Make make) : make_(std::move(make)) {}
  ScratchFile(ScratchFile&& other) noexcept
      : make_(std::move(other.make_)), fd_(std::exchange(other.fd_, -1)) {}
  ScratchFile& operator=(ScratchFile&&) = delete;
  ~ScratchFile();

  /// Errors: io.
  Result<> write(std::uint64_t offset, Bytes bytes);
  /// Reads what was written. Several threads may read. Errors: io.
  Result<> read(std::uint64_t offset, std::size_t count, std::uint8_t* to) const;

 private:
  Make make_;
  int fd_ = -1;
};

}  // namespace flowloom
