// Tables: a schema and record batches in Arrow's columnar layout
// (https://arrow.apache.org/docs/format/Columnar.html), without Arrow's library. The one currency between
// flows and everything that takes them: writers, databases, Python.
//
// Ownership: a Buffer owns its bytes, a RecordBatch its columns. export_batch() moves them into a C data
// interface structure whose consumer releases them.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flowloom/bytes.hpp"

struct ArrowSchema;  // flowloom/arrow_c_data.hpp
struct ArrowArray;

namespace flowloom {

enum class ColumnType : std::uint8_t {
  boolean,  ///< one byte a value here (0 or 1), a bit in the exported array
  uint8,
  uint16,
  uint32,
  uint64,
  int32,
  int64,
  float64,
  timestamp,  ///< int64 nanoseconds since the epoch, UTC
  duration,   ///< int64 nanoseconds
  string,     ///< UTF-8, 32-bit offsets
  binary,     ///< 32-bit offsets
  list,       ///< 32-bit offsets into the one child
  structure,  ///< children of equal length
};

/// Bytes of one value; 0 for string, binary, list and structure.
[[nodiscard]] std::size_t value_width(ColumnType type);

struct ColumnSpec {
  std::string name;
  ColumnType type = ColumnType::uint64;
  bool nullable = false;
  std::vector<ColumnSpec> children = {};  ///< list: one, named "item"; structure: its members
  std::string description = {};           ///< with the unit, for documentation
};

struct Schema {
  std::vector<ColumnSpec> columns;
};

/// Growable memory, aligned to 64 bytes as Arrow advises; what it grows by is not initialised.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer();

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const std::uint8_t* data() const { return data_; }
  [[nodiscard]] std::uint8_t* data() { return data_; }
  void reserve(std::size_t bytes);
  void resize(std::size_t bytes) {
    if (bytes > capacity_) grow(bytes);
    size_ = bytes;
  }
  void append(const void* bytes, std::size_t count) {
    if (count == 0) return;
    const std::size_t old = size_;
    resize(old + count);
    std::memcpy(data_ + old, bytes, count);
  }
  template <class T>
  void push(T value) {
    append(&value, sizeof value);
  }
  /// As push(), without looking for room. Pre: it was reserved.
  template <class T>
  void push_reserved(T value) {
    assert(capacity_ - size_ >= sizeof value);
    std::memcpy(data_ + size_, &value, sizeof value);
    size_ += sizeof value;
  }
  /// So many bytes were written behind the last one. Pre: they were reserved.
  void add_reserved(std::size_t bytes) {
    assert(capacity_ - size_ >= bytes);
    size_ += bytes;
  }
  template <class T>
  [[nodiscard]] const T* as() const {
    return reinterpret_cast<const T*>(data_);
  }
  template <class T>
  [[nodiscard]] T* as() {
    return reinterpret_cast<T*>(data_);
  }

 private:
  void grow(std::size_t bytes);

  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

/// One column of a batch. `offsets` (int32, length + 1 of them, starting at 0) is for strings, binaries and
/// lists.
struct Column {
  std::int64_t length = 0;
  std::int64_t null_count = 0;
  Buffer validity;  ///< a byte a value (1: valid), packed to bits on export; empty: no nulls
  Buffer offsets;
  Buffer values;  ///< fixed-width values, or the bytes of strings
  std::vector<Column> children = {};

  [[nodiscard]] bool is_null(std::int64_t row) const {
    return validity.size() != 0 && validity.data()[row] == 0;
  }
  template <class T>
  [[nodiscard]] T value(std::int64_t row) const {
    return values.as<T>()[row];
  }
  [[nodiscard]] std::int32_t begin(std::int64_t row) const { return offsets.as<std::int32_t>()[row]; }
  [[nodiscard]] std::int32_t end(std::int64_t row) const { return offsets.as<std::int32_t>()[row + 1]; }
  [[nodiscard]] std::string_view text(std::int64_t row) const {
    return {values.as<char>() + begin(row), static_cast<std::size_t>(end(row) - begin(row))};
  }
};

/// Rows of a table. All rows come from one capture (or one joined run), whose times have `time_digits`
/// decimals.
struct RecordBatch {
  std::shared_ptr<const Schema> schema;
  std::int64_t rows = 0;
  std::vector<Column> columns;
  std::uint8_t time_digits = 9;
};

/// Fills `out` with the schema as a struct type (Arrow C data interface); metadata is (key, value) pairs. The
/// consumer calls out->release.
void export_schema(const Schema& schema, const std::vector<std::pair<std::string, std::string>>& metadata,
                   ArrowSchema* out);

/// Moves the batch's memory into `out` as a struct array; malformed UTF-8 in strings becomes U+FFFD. The
/// consumer calls out->release.
void export_batch(RecordBatch&& batch, ArrowArray* out);

}  // namespace flowloom
