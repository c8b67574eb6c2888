// Reads OSPF's messages and the link states within them.
#pragma once

#include "dissect/bounded_reader.hpp"

namespace flowloom::ospf {

class Reader : public BoundedReader {
 public:
  Reader(Dissector& dissector, unsigned number, bool ipv4_family)
      : BoundedReader(dissector), version_(number), ipv4_family_(ipv4_family) {}

  void hello(std::size_t at, std::size_t end);
  void description(std::size_t at, std::size_t end);
  void requests(std::size_t at, std::size_t end);
  void update(std::size_t at, std::size_t end);
  /// Headers of link states.
  void heads(std::size_t at, std::size_t end);
  /// What an option of hello() or description() says to be behind the packet.
  void link_local(std::size_t at, std::size_t end);
  void trailer(std::size_t at, std::size_t end);
  [[nodiscard]] bool has_link_local() const { return has_link_local_; }
  [[nodiscard]] bool has_trailer() const { return has_trailer_; }

 private:
  void options(std::size_t at, std::size_t end);
  void head(std::size_t at, std::size_t end);
  void type3(std::size_t at, std::size_t end);
  void body2(unsigned type, std::size_t at, std::size_t end);
  void router2(std::size_t at, std::size_t end);
  void body3(unsigned function, std::size_t at, std::size_t end);
  void router3(std::size_t at, std::size_t end);
  void external3(std::size_t at, std::size_t end);
  void prefix_head(std::size_t at, std::size_t end);
  /// Says where it ends.
  std::size_t prefix(unsigned bits, std::size_t at, std::size_t end);

  unsigned version_;
  bool ipv4_family_;
  bool has_link_local_ = false, has_trailer_ = false;
};

}  // namespace flowloom::ospf
