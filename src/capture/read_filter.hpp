// Capture filters (BPF) through libpcap, as tcpdump has them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "flowloom/error.hpp"
#include "flowloom/packet.hpp"

struct bpf_program;

namespace flowloom {

/// A BPF expression, compiled once for each link type that it meets.
class ReadFilter {
 public:
  /// Errors: usage, with libpcap's message.
  static Result<ReadFilter> compile(std::string expression);

  /// Whether the packet passes. Errors: usage, if the expression makes no sense for the packet's link type.
  Result<bool> matches(const RawPacket& packet);

 private:
  struct Free {
    void operator()(bpf_program* program) const;
  };
  using Program = std::unique_ptr<bpf_program, Free>;

  explicit ReadFilter(std::string expression) : expression_(std::move(expression)) {}
  [[nodiscard]] Result<Program> compile_for(LinkType type) const;

  std::string expression_;
  std::map<LinkType, Program> programs_;
  const bpf_program* last_ = nullptr;  ///< the program of last_type_: packets of one capture mostly share it
  LinkType last_type_ = 0;
};

}  // namespace flowloom
