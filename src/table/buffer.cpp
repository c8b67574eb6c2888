#include <algorithm>
#include <new>
#include <utility>

#include "base/block_reuse.hpp"
#include "flowloom/table.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kAlignment = 64;

}  // namespace

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
  // Doubling keeps many small appends linear; whole cache lines keep neighbours apart.
  const std::size_t wanted = std::max({bytes, capacity_ * 2, std::size_t{256}});
  std::size_t rounded = (wanted + kAlignment - 1) / kAlignment * kAlignment;
  auto* fresh = static_cast<std::uint8_t*>(take_block(rounded));
  if (fresh == nullptr) throw std::bad_alloc();
  if (size_ != 0) std::memcpy(fresh, data_, size_);
  give_block(data_, capacity_);
  data_ = fresh;
  capacity_ = rounded;
}

}  // namespace flowloom
