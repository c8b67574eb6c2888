// Writes captures by hand, for the tests of reading them; and reads a whole one at once.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flowloom/capture.hpp"

namespace flowloom {

using ByteVector = std::vector<std::uint8_t>;

inline ByteVector to_bytes(std::string_view text) { return {text.begin(), text.end()}; }

/// Integers in either byte order.
class BytesWriter {
 public:
  explicit BytesWriter(bool big_endian = false) : big_endian_(big_endian) {}

  template <class T>
  BytesWriter& put(T value) {
    std::array<std::uint8_t, sizeof(T)> bytes;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bytes[i] = static_cast<std::uint8_t>(std::uint64_t{value} >> (8 * i));
    if (big_endian_) std::ranges::reverse(bytes);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  BytesWriter& u16(std::uint16_t v) { return put(v); }
  BytesWriter& u32(std::uint32_t v) { return put(v); }
  BytesWriter& u64(std::uint64_t v) { return put(v); }
  BytesWriter& raw(const ByteVector& bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  BytesWriter& pad4() {
    bytes_.resize((bytes_.size() + 3) / 4 * 4);
    return *this;
  }
  void set_big_endian(bool big_endian) { big_endian_ = big_endian; }
  [[nodiscard]] bool big_endian() const { return big_endian_; }
  [[nodiscard]] const ByteVector& bytes() const { return bytes_; }

 private:
  bool big_endian_;
  ByteVector bytes_;
};

/// `size` bytes that differ from one packet to the next.
inline ByteVector payload(std::size_t size, std::uint8_t seed = 1) {
  ByteVector out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(seed + i * 7);
  return out;
}

struct PcapWriter : BytesWriter {
  using BytesWriter::BytesWriter;
  PcapWriter& header(std::uint32_t magic = 0xa1b2c3d4, std::uint32_t network = 1,
                     std::uint32_t snap_length = 65535, std::uint16_t major = 2, std::uint16_t minor = 4) {
    u32(magic).u16(major).u16(minor).u32(0).u32(0).u32(snap_length).u32(network);
    return *this;
  }
  PcapWriter& record(std::uint32_t seconds, std::uint32_t fraction, const ByteVector& data,
                     std::optional<std::uint32_t> original = std::nullopt) {
    const auto captured = static_cast<std::uint32_t>(data.size());
    u32(seconds).u32(fraction).u32(captured).u32(original.value_or(captured)).raw(data);
    return *this;
  }
};

struct PcapngWriter : BytesWriter {
  using BytesWriter::BytesWriter;
  PcapngWriter& block(std::uint32_t type, const BytesWriter& body) {
    const auto length = static_cast<std::uint32_t>(12 + (body.bytes().size() + 3) / 4 * 4);
    u32(type).u32(length).raw(body.bytes()).pad4().u32(length);
    return *this;
  }
  [[nodiscard]] BytesWriter body() const { return BytesWriter(big_endian()); }
  [[nodiscard]] ByteVector option(std::uint16_t code, const ByteVector& value) const {
    return body().u16(code).u16(static_cast<std::uint16_t>(value.size())).raw(value).pad4().bytes();
  }
  PcapngWriter& section() {
    return block(0x0a0d0d0a, body().u32(0x1a2b3c4d).u16(1).u16(0).u64(~std::uint64_t{0}));
  }
  PcapngWriter& interface(std::uint16_t link_type = 1, std::uint32_t snap_length = 0,
                          const ByteVector& options = {}) {
    return block(1, body().u16(link_type).u16(0).u32(snap_length).raw(options));
  }
  PcapngWriter& packet(std::uint32_t interface_id, std::uint64_t time, const ByteVector& data,
                       std::optional<std::uint32_t> original = std::nullopt, const ByteVector& options = {}) {
    const auto captured = static_cast<std::uint32_t>(data.size());
    return block(6, body()
                        .u32(interface_id)
                        .u32(static_cast<std::uint32_t>(time >> 32))
                        .u32(static_cast<std::uint32_t>(time))
                        .u32(captured)
                        .u32(original.value_or(captured))
                        .raw(data)
                        .pad4()
                        .raw(options));
  }
};

/// A packet with its own bytes.
struct ReadPacket {
  std::int64_t ns;
  std::uint64_t number;
  std::uint32_t original_length;
  LinkType link_type;
  std::uint16_t interface;
  ByteVector bytes;
  friend bool operator==(const ReadPacket&, const ReadPacket&) = default;
};

struct WholeCapture {
  std::vector<ReadPacket> packets;
  std::vector<Interface> interfaces;
  std::optional<Damage> damage;
  std::optional<Error> error;
  CaptureFormat format = CaptureFormat::empty;
  Compression compression = Compression::none;
};

inline WholeCapture read_all(Result<CaptureReader> reader) {
  WholeCapture out;
  if (!reader) {
    out.error = reader.error();
    return out;
  }
  PacketWindow window;
  while (true) {
    const Result<bool> more = reader->next(window);
    if (!more) {
      out.error = more.error();
      break;
    }
    if (!*more) break;
    EXPECT_FALSE(window.packets.empty());
    for (const RawPacket& p : window.packets) {
      // Also the padding must be readable; the address sanitizer watches.
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < p.bytes.size() + kPadding; ++i) sum += p.bytes.data()[i];
      volatile std::uint64_t used = sum;
      (void)used;
      out.packets.push_back({p.time.ns, p.number, p.original_length, p.link_type, p.interface,
                             ByteVector(p.bytes.view().begin(), p.bytes.view().end())});
    }
  }
  if (!out.error) {
    EXPECT_FALSE(reader->next(window).value_or(true)) << "the end is the end";
  }
  out.interfaces = reader->interfaces();
  out.damage = reader->damage();
  out.format = reader->format();
  out.compression = reader->compression();
  return out;
}

inline WholeCapture read_bytes(const ByteVector& bytes,
                               std::size_t window = CaptureReader::Options().window) {
  // Exactly as large as the bytes, so that the sanitizer sees a read past the end.
  const ByteVector exact(bytes);
  return read_all(CaptureReader::from_memory(exact, "test.pcap", {.window = window}));
}

/// A folder that is gone afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "flowloom_XXXXXX").native();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "cannot make a folder";
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] std::string path(const std::string& name = "") const {
    return name.empty() ? path_ : path_ + "/" + name;
  }
  std::string write(const std::string& name, const ByteVector& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream file(path(name), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path(name);
  }

 private:
  std::string path_;
};

}  // namespace flowloom
