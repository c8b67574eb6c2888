#include "write/arrow/list_pages.hpp"

#include <bit>
#include <cstring>
#include <vector>

#include <arrow/array/array_primitive.h>

#include "write/arrow/level_encoder.hpp"

namespace flowloom::arrow_component {
namespace {

/// Bytes of values in a page, at most (one row's list may be longer). It stays in the second-level cache
/// while it is put together, compressed and handed on.
constexpr std::int64_t kPageBytes = std::int64_t{256} * 1024;

/// Values as Parquet's PLAIN encoding has them: what is narrower than 32 bits is widened.
void append_plain(const arrow::Array& values, std::int64_t begin, std::int64_t end,
                  std::vector<std::uint8_t>& out) {
  const auto& data = *values.data();
  const std::uint8_t* const raw = data.buffers[1]->data();
  const auto count = static_cast<std::size_t>(end - begin);
  const auto first = static_cast<std::size_t>(begin + data.offset);
  const auto widen = [&]<class Narrow>(const Narrow* from) {
    const std::size_t old = out.size();
    out.resize(old + count * sizeof(std::int32_t));
    for (std::size_t i = 0; i < count; ++i) {
      const auto wide = static_cast<std::int32_t>(from[first + i]);
      std::memcpy(out.data() + old + i * sizeof wide, &wide, sizeof wide);
    }
  };
  const auto copy = [&](std::size_t width) {
    out.insert(out.end(), raw + first * width, raw + (first + count) * width);
  };
  switch (values.type_id()) {
    case arrow::Type::UINT8:
      widen(raw);
      break;
    case arrow::Type::UINT16:
      widen(reinterpret_cast<const std::uint16_t*>(raw));
      break;
    case arrow::Type::INT32:
    case arrow::Type::UINT32:
      copy(4);
      break;
    default:
      copy(8);
  }
}

std::int64_t plain_width(arrow::Type::type type) {
  switch (type) {
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::INT32:
    case arrow::Type::UINT32:
      return 4;
    default:
      return 8;
  }
}

}  // namespace

bool has_fast_pages(const arrow::Field& field) {
  if (field.type()->id() != arrow::Type::LIST) return false;
  const arrow::Field& item = *field.type()->field(0);
  if (item.nullable()) return false;
  switch (item.type()->id()) {
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::INT32:
    case arrow::Type::UINT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT64:
    case arrow::Type::DOUBLE:
      return true;
    default:
      return false;
  }
}

arrow::Status make_list_pages(const arrow::ListArray& lists, bool nullable, arrow::util::Codec* codec,
                              const std::function<arrow::Status(const ListPage&)>& take) {
  // Definition levels: an element, no element, and (if lists may be null) no list.
  const std::uint8_t element = nullable ? 2 : 1;
  const std::uint8_t empty = element - 1;
  LevelEncoder repetitions(1);
  LevelEncoder definitions(static_cast<unsigned>(std::bit_width(element)));
  const arrow::Array& values = *lists.values();
  const std::int64_t per_page = kPageBytes / plain_width(values.type_id());

  std::vector<std::uint8_t> page, compressed;

  std::int64_t row = 0;
  while (row < lists.length()) {
    const std::int64_t begin = lists.value_offset(row);
    std::int64_t end = begin;
    std::int32_t levels = 0;
    for (; row < lists.length(); ++row) {
      const std::int32_t length = lists.value_length(row);
      if (levels != 0 && (end - begin + length > per_page || levels > per_page)) break;
      repetitions.put(0, 1);
      if (length == 0 || lists.IsNull(row)) {
        definitions.put(lists.IsNull(row) ? 0 : empty, 1);
        ++levels;
      } else {
        repetitions.put(1, static_cast<std::uint32_t>(length - 1));
        definitions.put(element, static_cast<std::uint32_t>(length));
        levels += length;
      }
      end = lists.value_offset(row) + length;
    }
    page.clear();
    const auto append = [&page](const std::vector<std::uint8_t>& bytes) {
      page.insert(page.end(), bytes.begin(), bytes.end());
    };
    append(repetitions.finish());
    append(definitions.finish());
    append_plain(values, begin, end, page);

    const auto size = static_cast<std::int64_t>(page.size());
    std::span<const std::uint8_t> bytes = page;
    if (codec != nullptr) {
      const std::int64_t room = codec->MaxCompressedLen(size, page.data());
      if (compressed.size() < static_cast<std::size_t>(room))
        compressed.resize(static_cast<std::size_t>(room));
      ARROW_ASSIGN_OR_RAISE(const std::int64_t length,
                            codec->Compress(size, page.data(), room, compressed.data()));
      bytes = {compressed.data(), static_cast<std::size_t>(length)};
    }
    ARROW_RETURN_NOT_OK(take({bytes, levels, size}));
  }
  return arrow::Status::OK();
}

}  // namespace flowloom::arrow_component
