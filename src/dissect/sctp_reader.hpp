// Reads SCTP's chunks, and the parameters and error causes within them. See BoundedReader for places.
#pragma once

#include "dissect/bounded_reader.hpp"

namespace flowloom::sctp {

class Reader : public BoundedReader {
 public:
  using BoundedReader::BoundedReader;

  /// All chunks that are there.
  void chunks(std::size_t at, std::size_t end);
  /// Where the first user data is; behind the packet if there is none.
  [[nodiscard]] std::size_t payload() const { return payload_; }

 private:
  static constexpr unsigned kDeepest = 16;  ///< errors quote chunks, which may be errors

  std::size_t chunk(std::size_t at, std::size_t end);
  void contents(unsigned type, std::size_t at, std::size_t length, std::size_t end);
  void data(unsigned flags, std::size_t at, std::size_t header, std::size_t length);
  void selective(std::size_t at, std::size_t end);
  void selective_kept(std::size_t at, std::size_t end);
  void dropped(unsigned flags, std::size_t at, std::size_t length, std::size_t end);
  void parameters(std::size_t at, std::size_t end);
  void single_parameter(std::size_t at, std::size_t end);
  std::size_t parameter(std::size_t at, std::size_t end, bool single);
  void parameter_value(unsigned type, std::size_t at, std::size_t length, std::size_t end);
  void causes(std::size_t at, std::size_t end);
  std::size_t cause(std::size_t at, std::size_t end);
  void cause_value(unsigned code, std::size_t at, std::size_t length, std::size_t end);

  struct Blocks {
    const Field &start, &start_tsn, &last, &last_tsn, &sum;
  };
  std::size_t blocks(const Blocks& block, unsigned count, std::uint32_t base, std::size_t at,
                     std::size_t end);

  std::size_t payload_ = ~std::size_t{0};
  unsigned depth_ = 0;
  bool cut_ = false;  ///< the current chunk is not all there
};

}  // namespace flowloom::sctp
