// A plain pcap file in memory, so that its records can be written elsewhere without a copy in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "flowloom/bytes.hpp"
#include "flowloom/error.hpp"

namespace flowloom {

/// The file may be cut while it is here: what touches the bytes that at() gives then gets a signal. So they
/// are for system calls alone, which give an error instead; read() is for everybody else.
class CaptureImage {
 public:
  /// Of a regular file of at most `most` bytes that begins as a little-endian pcap file does; none of any
  /// other.
  static std::optional<CaptureImage> map(const std::string& path, std::uint64_t most);

  CaptureImage(CaptureImage&& other) noexcept;
  CaptureImage& operator=(CaptureImage&&) = delete;
  ~CaptureImage();

  [[nodiscard]] bool nanoseconds() const { return nanoseconds_; }
  /// Which must be within size().
  [[nodiscard]] Bytes at(std::uint64_t offset, std::size_t count) const { return {bytes_ + offset, count}; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Several threads may read. Errors: io, also where the file is shorter now.
  Result<> read(std::uint64_t offset, std::size_t count, std::uint8_t* to) const;
  /// Whether the file is not what it was any more. It may have grown.
  [[nodiscard]] bool changed() const;
  [[nodiscard]] Error error_of_change() const;

 private:
  CaptureImage() = default;

  std::string path_;
  int fd_ = -1;
  const std::uint8_t* bytes_ = nullptr;
  std::uint64_t size_ = 0;
  std::int64_t modified_ = 0;  ///< ns
  bool nanoseconds_ = false;
};

}  // namespace flowloom
