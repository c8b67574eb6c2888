#include "write/arrow/lists_ahead.hpp"

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

namespace flowloom::arrow_component {
namespace {

/// Numbers in a batch's lists that are worth a helper, and that are kept as pages at most: a batch of one
/// very long flow is written as it is made.
constexpr std::int64_t kWorthHelpers = std::int64_t{64} * 1024, kMostKept = std::int64_t{4} * 1024 * 1024;

}  // namespace

ListsAhead::ListsAhead(const arrow::RecordBatch& batch, arrow::Compression::type compression,
                       unsigned threads)
    : batch_(batch), compression_(compression) {
  if (threads < 2) return;
  std::int64_t numbers = 0;
  for (int i = 0; i < batch.num_columns(); ++i) {
    if (!has_fast_pages(*batch.schema()->field(i))) continue;
    numbers += static_cast<const arrow::ListArray&>(*batch.column(i)).values()->length();
    lists_.push_back(std::make_unique<List>());
    lists_.back()->column = i;
  }
  if (numbers < kWorthHelpers || numbers > kMostKept) lists_.clear();
  while (helpers_.size() + 1 < std::min<std::size_t>(threads, lists_.size()) && start_helper()) {
  }
}

/// False if the system gives no more threads: then fewer help.
bool ListsAhead::start_helper() {
  try {
    helpers_.push_back(std::async(std::launch::async, [this] { work(); }));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

arrow::Status ListsAhead::pages(int column, const std::function<arrow::Status(const ListPage&)>& take) {
  const auto list = std::ranges::find(lists_, column, [](const auto& l) { return l->column; });
  if (list == lists_.end() || !(*list)->taken.test_and_set()) return make(column, take);
  ARROW_ASSIGN_OR_RAISE(const Pages made, (*list)->made.get_future().get());
  const std::uint8_t* at = made.bytes.data();
  for (ListPage page : made.all) {
    page.bytes = {at, page.bytes.size()};
    at += page.bytes.size();
    ARROW_RETURN_NOT_OK(take(page));
  }
  return arrow::Status::OK();
}

arrow::Status ListsAhead::make(int column, const std::function<arrow::Status(const ListPage&)>& take) const {
  std::unique_ptr<arrow::util::Codec> codec;
  if (compression_ != arrow::Compression::UNCOMPRESSED) {
    ARROW_ASSIGN_OR_RAISE(codec, arrow::util::Codec::Create(compression_));
  }
  const auto& lists = static_cast<const arrow::ListArray&>(*batch_.column(column));
  return make_list_pages(lists, batch_.schema()->field(column)->nullable(), codec.get(), take);
}

arrow::Result<ListsAhead::Pages> ListsAhead::collect(int column) const {
  Pages made;
  ARROW_RETURN_NOT_OK(make(column, [&](const ListPage& page) {
    made.all.push_back(page);
    made.bytes.insert(made.bytes.end(), page.bytes.begin(), page.bytes.end());
    return arrow::Status::OK();
  }));
  return made;
}

void ListsAhead::work() {
  for (const auto& list : lists_) {
    if (list->taken.test_and_set()) continue;
    try {
      list->made.set_value(collect(list->column));
    } catch (...) {
      list->made.set_exception(std::current_exception());
    }
  }
}

}  // namespace flowloom::arrow_component
