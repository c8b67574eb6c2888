// Reading captures: pcap and pcapng, plain or compressed, from files, folders, globs and standard input.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flowloom/error.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

class ByteSource;
struct CaptureNotes;
struct SmallFile;

/// What a capture says of one of its interfaces. A pcap file has exactly one.
struct Interface {
  std::string name;         ///< if_name; empty: not said
  std::string description;  ///< if_description
  LinkType link_type = 0;
  std::uint32_t snap_length = 0;  ///< 0: no limit
  std::uint8_t time_digits =
      6;  ///< decimal digits of a second that the times have: 6 for µs, 9 for ns (and finer)
  std::uint64_t packets = 0;  ///< read so far
};

enum class CaptureFormat : std::uint8_t { empty, pcap, pcapng };
enum class Compression : std::uint8_t { none, gzip, zstd, lz4, xz };

/// Where and why reading stopped before the end of the file.
struct Damage {
  std::uint64_t offset =
      0;  ///< of the broken record or block; in the uncompressed data if the file is compressed
  std::string reason;
};

/// A capture that could not be read, or not to its end.
struct InputProblem {
  Error error;
  bool unreadable = false;  ///< nothing was read of it
};

/// Some consecutive packets of a capture and the memory they lie in. Valid until it is filled again. May be
/// moved; a copy's packets point into the original.
struct PacketWindow {
  std::vector<RawPacket> packets;
  std::vector<std::uint8_t> buffer;  ///< owned by the reader's logic; packets point into it
  std::uint64_t offset = 0;          ///< of the buffer's begin in the (uncompressed) capture
  bool numbered_interfaces = false;  ///< the capture says of each packet which interface it is of (pcapng)
  /// What else the capture says of its packets, whose records lie in the buffer whole; null: it is not known.
  std::shared_ptr<const CaptureNotes> notes = {};

  /// Where a packet's bytes begin in the (uncompressed) capture.
  [[nodiscard]] std::uint64_t place_of(const RawPacket& packet) const {
    return offset + static_cast<std::uint64_t>(packet.bytes.data() - buffer.data());
  }
};

/// Reads one capture from its first packet to its last, a window at a time, in bounded memory.
class CaptureReader {
 public:
  struct Options {
    std::size_t window = 256 * 1024;  ///< bytes read at once, 1 GiB at most; stays in the second-level cache
    bool ahead = false;               ///< decompress in a thread of its own, ahead of next()
    /// Where the file ends, wait for more to be written. Called when all that is there was read, and then
    /// about ten times a second; false: that is the end. Null: a file is read to the size that it has when
    /// opened.
    std::function<bool()> follow = {};
  };

  /// Opens a file, or standard input for "-". Errors: io; limit (too many open files); not_a_capture with
  /// what the file looks like. A 0-byte file is an empty capture.
  /// `before`, which is no longer needed, lends its memory: many small captures are opened faster so.
  static Result<CaptureReader> open(const std::string& path, const Options& options,
                                    std::optional<CaptureReader> before = std::nullopt);
  static Result<CaptureReader> open(const std::string& path) { return open(path, Options()); }
  /// A file that was read whole; its memory is exchanged for the reader's. Errors: not_a_capture.
  static Result<CaptureReader> open(SmallFile& file, const std::string& path, const Options& options,
                                    std::optional<CaptureReader> before = std::nullopt);
  /// Reads a capture that lies in memory (it must outlive the reader).
  static Result<CaptureReader> from_memory(Bytes capture, const std::string& name, const Options& options);
  static Result<CaptureReader> from_memory(Bytes capture, const std::string& name) {
    return from_memory(capture, name, Options());
  }

  CaptureReader(CaptureReader&&) noexcept;
  CaptureReader& operator=(CaptureReader&&) noexcept;
  ~CaptureReader();

  /// Fills `window` with the next packets. False at the end of the capture, which damage() may have brought
  /// about. Errors: io, when the operating system fails, with path and offset; that is the end, too.
  Result<bool> next(PacketWindow& window);
  /// Whether it is known that next() has no more packets; it may have none though this is false.
  [[nodiscard]] bool at_end() const;

  [[nodiscard]] const std::string& path() const;
  [[nodiscard]] CaptureFormat format() const;
  [[nodiscard]] Compression compression() const;
  [[nodiscard]] const std::vector<Interface>& interfaces() const;  ///< grows while a pcapng is read
  [[nodiscard]] const std::optional<Damage>& damage() const;
  [[nodiscard]] std::uint64_t position() const;             ///< bytes of the (compressed) file read so far
  [[nodiscard]] std::optional<std::uint64_t> size() const;  ///< of the file; none for a pipe

 private:
  struct State;
  explicit CaptureReader(std::unique_ptr<State> state);
  static Result<CaptureReader> start(std::unique_ptr<ByteSource> source, const std::string& path,
                                     const Options& options,
                                     std::optional<CaptureReader> before = std::nullopt,
                                     SmallFile* whole = nullptr);
  std::unique_ptr<State> state_;
};

/// The captures that the arguments of a command name.
struct CaptureList {
  std::vector<std::string>
      paths;  ///< files and "-", in order; a folder's are joined with the path below it, sorted
  std::vector<std::string> skipped;  ///< files in folders that have no capture's magic
  /// By path: it was found in a folder and not looked into, so that it may be no capture. May be shorter than
  /// `paths`: the others were not.
  std::vector<bool> unchecked = {};

  [[nodiscard]] bool is_unchecked(std::size_t index) const {
    return index < unchecked.size() && unchecked[index];
  }
};

/// Expands files, folders (recursively, sorted by path), globs and "-". What is in folders is not looked
/// into: FlowReader leaves out what has no capture's magic when its turn comes. Errors: io for a path that
/// does not exist or cannot be listed, usage for a glob without a match.
Result<CaptureList> list_captures(const std::vector<std::string>& arguments);
/// The same, with only those files of folders that have a capture's magic, compressed or not.
Result<CaptureList> expand_captures(const std::vector<std::string>& arguments);

/// "ETHERNET", "LINUX_SLL", …: the LINKTYPE_ name of the registry without that prefix; "LINKTYPE_n" for an
/// unknown one.
[[nodiscard]] std::string link_type_name(LinkType type);

}  // namespace flowloom
