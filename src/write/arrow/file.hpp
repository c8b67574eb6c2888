// What the components have in common: each writes one kind of file.
#pragma once

#include <memory>
#include <vector>

#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <arrow/status.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include "write/arrow/component_abi.hpp"

namespace flowloom::arrow_component {

/// The caller's sink as a stream of Arrow's. Collects small pieces (Arrow writes headers and padding apart);
/// large ones pass through uncopied.
class SinkStream : public arrow::io::OutputStream {
 public:
  SinkStream(FlowloomArrowSink sink, void* context) : sink_(sink), context_(context) {}

  arrow::Status Write(const void* data, std::int64_t count) override;
  using arrow::io::OutputStream::Write;
  arrow::Status Flush() override;
  arrow::Status Close() override;
  [[nodiscard]] bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return position_; }

 private:
  arrow::Status pass_on(const void* data, std::int64_t count);

  FlowloomArrowSink sink_;
  void* context_;
  std::vector<char> small_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

class File {
 public:
  virtual ~File() = default;
  virtual arrow::Status write(const std::shared_ptr<arrow::RecordBatch>& batch) = 0;
  virtual arrow::Status finish(const std::shared_ptr<arrow::KeyValueMetadata>& metadata) = 0;
};

/// Of the component's kind. `threads` may work on a batch, the caller's among them.
arrow::Result<std::unique_ptr<File>> open_file(std::shared_ptr<SinkStream> sink,
                                               std::shared_ptr<arrow::Schema> schema, unsigned threads);

}  // namespace flowloom::arrow_component
