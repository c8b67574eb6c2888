#include <algorithm>
#include <utility>

#include "base/block_reuse.hpp"
#include "flowloom/table.hpp"

namespace flowloom {

Buffer::Buffer(Buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

Buffer::~Buffer() { give_block(data_, capacity_); }

void Buffer::reserve(std::size_t bytes) {
  if (bytes > capacity_) grow(bytes);
}

void Buffer::grow(std::size_t bytes) {
  // Doubling keeps many small appends linear.
  std::size_t capacity = std::max({bytes, capacity_ * 2, std::size_t{256}});
  auto* fresh = static_cast<std::uint8_t*>(take_block(capacity));
  if (size_ != 0) std::memcpy(fresh, data_, size_);
  give_block(data_, capacity_);
  data_ = fresh;
  capacity_ = capacity;
}

}  // namespace flowloom
