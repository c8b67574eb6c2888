// For formats of structures within structures: nothing is read behind the end of the one that is being read.
#pragma once

#include "dissect/dissector.hpp"

namespace flowloom {

/// Places count from the current header's first byte; `end` is behind the last byte that may be read. What is
/// not all there is not put, an anomaly tells of it, and the reader stops: it puts nothing any more.
class BoundedReader {
 public:
  explicit BoundedReader(Dissector& dissector) : d_(dissector) {}
  [[nodiscard]] bool stopped() const { return stopped_; }

 protected:
  void take(const Field& field, std::size_t at, std::size_t size, std::size_t end);
  /// What fills [at, behind), if that is anything.
  void take_rest(const Field& field, std::size_t at, std::size_t behind, std::size_t end);
  /// Values of `size` bytes up to `behind`; what is left over is not looked at.
  void take_each(const Field& field, std::size_t at, std::size_t size, std::size_t behind, std::size_t end);
  /// Fields with a place, counted from `at`.
  void take_all(std::span<const Field* const> all, std::size_t at, std::size_t end);
  void stop(std::size_t at, std::size_t needed, std::size_t end);

  Dissector& d_;
  bool stopped_ = false;
  bool told_ = false;  ///< that something is not all there
};

}  // namespace flowloom
