// Names of the files that captures are cut into. Parts that come from a capture or from its path are made
// safe for every file system.
#pragma once

#include <cstdint>
#include <functional>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>

#include "flowloom/split.hpp"
#include "track/flow.hpp"

namespace flowloom {

/// The last part of the capture's path. What no file system or terminal should be given (control characters,
/// malformed UTF-8, <>:"/\|?*%) becomes %XX, as does the first letter of a name that Windows keeps for a
/// device. At most 120 bytes.
[[nodiscard]] std::string capture_label(std::string_view path);

/// Names without extension, each beginning with the capture's label.
class SplitNames {
 public:
  SplitNames(std::string capture, SplitNaming naming) : capture_(std::move(capture)), naming_(naming) {}

  /// {src}_{sport}_{dst}_{dport}_{PROTO}, without ports where the protocol has none; '-' for the colons of
  /// IPv6 addresses.
  [[nodiscard]] std::string flow(const Flow& flow) const;
  [[nodiscard]] std::string host(const FlowKey& key, unsigned end) const;
  [[nodiscard]] std::string host_pair(const FlowKey& key) const;
  /// {port}_{PROTO}: the port that the initiator of the flow calls.
  [[nodiscard]] std::string port(const Flow& flow) const;
  /// When a piece of the capture begins, UTC; `whole_seconds`: no decimals are needed.
  [[nodiscard]] std::string time(Timestamp begin, bool whole_seconds) const;
  /// The piece's number, from 0.
  [[nodiscard]] std::string piece(std::uint64_t number) const;

 private:
  void append_address(const FlowKey& key, unsigned end, std::string& out) const;

  std::string capture_;
  SplitNaming naming_;
};

/// Gives each name out once, also for file systems that do not tell cases apart: the second "x" is "x_2".
class UniqueNames {
 public:
  /// The label, a number if that is needed, and the extension.
  [[nodiscard]] std::string take(std::string label, std::string_view extension);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  std::uint64_t& times(std::string_view name);

  std::string lowered_;                         ///< a name that is looked for
  std::pmr::monotonic_buffer_resource memory_;  ///< of names, of which there may be millions: freed at once
  std::pmr::unordered_map<std::pmr::string, std::uint64_t, Hash, std::equal_to<>> taken_{&memory_};
};

}  // namespace flowloom
