#include "flowloom/table.hpp"

namespace flowloom {

std::size_t value_width(ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
    case ColumnType::uint8:
      return 1;
    case ColumnType::uint16:
      return 2;
    case ColumnType::uint32:
    case ColumnType::int32:
      return 4;
    case ColumnType::uint64:
    case ColumnType::int64:
    case ColumnType::float64:
    case ColumnType::timestamp:
    case ColumnType::duration:
      return 8;
    case ColumnType::string:
    case ColumnType::binary:
    case ColumnType::list:
    case ColumnType::structure:
      return 0;
  }
  return 0;
}

}  // namespace flowloom
