// The capture filters of tcpdump (pcap-filter(7)), applied to packets of files.
#pragma once

#include <memory>
#include <string>

#include "flowloom/error.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

/// An expression, compiled by libpcap for each link type that occurs. Not for several threads at once.
class ReadFilter {
 public:
  /// Errors: usage, with libpcap's message, if no link type knows such an expression.
  static Result<ReadFilter> compile(std::string expression);

  ReadFilter(ReadFilter&&) noexcept;
  ReadFilter& operator=(ReadFilter&&) noexcept;
  ~ReadFilter();

  /// Whether the packet is one that the expression means. Errors: usage, for each packet of a link type for
  /// which libpcap cannot compile it.
  Result<bool> matches(const RawPacket& packet);

 private:
  struct State;
  explicit ReadFilter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace flowloom
