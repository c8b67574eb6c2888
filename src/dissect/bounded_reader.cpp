#include "dissect/bounded_reader.hpp"

#include <algorithm>

namespace flowloom {

void BoundedReader::take(const Field& field, std::size_t at, std::size_t size, std::size_t end) {
  if (stopped_) return;
  if (at + size > end) return stop(at, size, end);
  d_.put(field, at, size);
}

void BoundedReader::take_rest(const Field& field, std::size_t at, std::size_t behind, std::size_t end) {
  if (behind > at) take(field, at, behind - at, end);
}

void BoundedReader::take_each(const Field& field, std::size_t at, std::size_t size, std::size_t behind,
                              std::size_t end) {
  for (; !stopped_ && at + size <= behind; at += size) take(field, at, size, end);
}

void BoundedReader::take_all(std::span<const Field* const> all, std::size_t at, std::size_t end) {
  for (const Field* field : all) {
    if (stopped_) return;
    const std::size_t size = (field->bit + field->width + 7U) / 8;
    if (at + size > end) return stop(at, size, end);
    d_.put_bits(*field, at);
  }
}

void BoundedReader::stop(std::size_t at, std::size_t needed, std::size_t end) {
  stopped_ = true;
  if (told_) return;
  told_ = true;
  const bool snapped = end == d_.captured() && at + needed <= d_.wire();
  d_.anomaly(snapped ? "truncated" : "beyond_length", at, needed, end - std::min(at, end));
}

}  // namespace flowloom
