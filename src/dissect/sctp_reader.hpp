// Reads SCTP's chunks, and the parameters and error causes within them. Places count from the packet's first
// byte; `end` is behind the last byte that may be read. Nothing is read behind a length that lies.
#pragma once

#include "dissect/dissector.hpp"

namespace flowloom::sctp {

class Reader {
 public:
  explicit Reader(Dissector& dissector) : d_(dissector) {}

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

  /// Puts the value, or stops reading if not all of it is there.
  void take(const Field& field, std::size_t at, std::size_t size, std::size_t end);
  /// The same for what fills [at, behind), if that is anything.
  void take_rest(const Field& field, std::size_t at, std::size_t behind, std::size_t end);
  /// Numbers of `size` bytes up to `behind`; what is left over is not looked at.
  void take_each(const Field& field, std::size_t at, std::size_t size, std::size_t behind, std::size_t end);
  /// Fields with a place, counted from `at`.
  void take_all(std::span<const Field* const> all, std::size_t at, std::size_t end);
  void stop(std::size_t at, std::size_t needed, std::size_t end);

  Dissector& d_;
  std::size_t payload_ = ~std::size_t{0};
  unsigned depth_ = 0;
  bool stopped_ = false;
  bool cut_ = false;  ///< the current chunk is not all there, which was said
};

}  // namespace flowloom::sctp
