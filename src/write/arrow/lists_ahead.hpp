// The lists of one batch as pages, which helpers make ahead of who writes them.
#pragma once

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <vector>

#include <arrow/record_batch.h>

#include "write/arrow/list_pages.hpp"

namespace flowloom::arrow_component {

class ListsAhead {
 public:
  /// Begins to make the pages of all lists that have_fast_pages(), with up to `threads` - 1 helpers, if there
  /// is enough of them to be worth it. `batch` must stay.
  ListsAhead(const arrow::RecordBatch& batch, arrow::Compression::type compression, unsigned threads);

  /// Gives the pages of the column, one after the other: what was made ahead, or what is made now.
  arrow::Status pages(int column, const std::function<arrow::Status(const ListPage&)>& take);

 private:
  /// A column's pages, one behind the other.
  struct Pages {
    std::vector<std::uint8_t> bytes;
    std::vector<ListPage> all;  ///< whose `bytes` say how many
  };
  struct List {
    int column = 0;
    std::atomic_flag taken;  ///< by who makes it
    std::promise<arrow::Result<Pages>> made;
  };

  arrow::Status make(int column, const std::function<arrow::Status(const ListPage&)>& take) const;
  arrow::Result<Pages> collect(int column) const;
  bool start_helper();
  void work();

  const arrow::RecordBatch& batch_;
  arrow::Compression::type compression_;
  std::vector<std::unique_ptr<List>> lists_;
  std::vector<std::future<void>> helpers_;  ///< last: they end before what they use
};

}  // namespace flowloom::arrow_component
