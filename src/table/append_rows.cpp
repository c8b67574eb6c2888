#include "table/append_rows.hpp"

#include <algorithm>

namespace flowloom {

void append_rows(Column& to, const Column& from, const ColumnSpec& spec, std::int64_t begin,
                 std::int64_t end) {
  if (begin == end) return;
  const auto rows = static_cast<std::size_t>(end - begin);
  if (spec.nullable) {
    const std::uint8_t* valid = from.validity.data() + begin;
    to.validity.append(valid, rows);
    to.null_count += std::count(valid, valid + rows, 0);
  }
  to.length += end - begin;
  if (spec.type == ColumnType::structure) {
    for (std::size_t i = 0; i < spec.children.size(); ++i)
      append_rows(to.children[i], from.children[i], spec.children[i], begin, end);
    return;
  }
  if (const std::size_t width = value_width(spec.type); width != 0) {
    to.values.append(from.values.data() + static_cast<std::size_t>(begin) * width, rows * width);
    return;
  }
  const std::int32_t first = from.begin(begin), behind = from.end(end - 1);
  const std::int32_t moved = to.offsets.as<std::int32_t>()[to.length - (end - begin)] - first;
  const std::size_t old = to.offsets.size();
  to.offsets.resize(old + rows * sizeof(std::int32_t));
  auto* offsets = reinterpret_cast<std::int32_t*>(to.offsets.data() + old);
  for (std::int64_t row = begin; row < end; ++row) *offsets++ = from.end(row) + moved;
  if (spec.type == ColumnType::list) {
    append_rows(to.children[0], from.children[0], spec.children[0], first, behind);
  } else {
    to.values.append(from.values.data() + first, static_cast<std::size_t>(behind - first));
  }
}

void clear_rows(Column& column) {
  column.length = column.null_count = 0;
  column.validity.resize(0);
  column.values.resize(0);
  column.offsets.resize(std::min(column.offsets.size(), sizeof(std::int32_t)));
  for (Column& child : column.children) clear_rows(child);
}

}  // namespace flowloom
