// Arrow's IPC file format (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format), uncompressed:
// the batches' buffers as they are, so that readers map the file instead of decoding it.
#include <arrow/ipc/writer.h>

#include "write/arrow/file.hpp"

namespace flowloom::arrow_component {
namespace {

class ArrowFile : public File {
 public:
  ArrowFile(std::shared_ptr<arrow::KeyValueMetadata> metadata,
            std::shared_ptr<arrow::ipc::RecordBatchWriter> writer)
      : metadata_(std::move(metadata)), writer_(std::move(writer)) {}

  arrow::Status write(const std::shared_ptr<arrow::RecordBatch>& batch) override {
    return writer_->WriteRecordBatch(*batch);
  }

  arrow::Status finish(const std::shared_ptr<arrow::KeyValueMetadata>& metadata) override {
    // The schema is at the file's beginning and says what was known then; the footer says all.
    for (std::int64_t i = 0; i < metadata->size(); ++i)
      metadata_->Append(metadata->key(i), metadata->value(i));
    return writer_->Close();
  }

 private:
  std::shared_ptr<arrow::KeyValueMetadata> metadata_;  // the writer's too: it reads it in Close()
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_;
};

}  // namespace

arrow::Result<std::unique_ptr<File>> open_file(std::shared_ptr<SinkStream> sink,
                                               std::shared_ptr<arrow::Schema> schema, unsigned /*threads*/) {
  arrow::ipc::IpcWriteOptions options = arrow::ipc::IpcWriteOptions::Defaults();
  options.alignment = 64;
  options.use_threads = false;
  options.memory_pool = arrow::system_memory_pool();
  auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  ARROW_ASSIGN_OR_RAISE(auto writer, arrow::ipc::MakeFileWriter(std::move(sink), schema, options, metadata));
  return std::make_unique<ArrowFile>(std::move(metadata), std::move(writer));
}

}  // namespace flowloom::arrow_component
