// A component's exported functions: imports, and no exception across the border (Parquet's low-level
// interface and the memory allocator throw).
#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

#include <arrow/c/bridge.h>

#include "write/arrow/file.hpp"

struct FlowloomArrowFile {
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<flowloom::arrow_component::SinkStream> sink;
  std::unique_ptr<flowloom::arrow_component::File> file;
};

namespace flowloom::arrow_component {

namespace {

constexpr std::size_t kSmall = std::size_t{64} * 1024;
constexpr std::size_t kCollected = std::size_t{256} * 1024;

void describe(std::string_view message, FlowloomArrowError* error) {
  const std::size_t length = std::min(message.size(), sizeof error->message - 1);
  std::memcpy(error->message, message.data(), length);
  error->message[length] = 0;
}

/// Runs `work`, which returns a Status: 0 if it is OK.
template <class Work>
int guarded(FlowloomArrowError* error, Work work) noexcept {
  try {
    const arrow::Status status = work();
    if (status.ok()) return 0;
    describe(status.message(), error);
  } catch (const std::bad_alloc&) {
    describe("out of memory", error);
  } catch (const std::exception& exception) {
    describe(exception.what(), error);
  }
  return 1;
}

FlowloomArrowFile* open(std::uint32_t threads, ArrowSchema* schema, FlowloomArrowSink sink, void* context,
                        FlowloomArrowError* error) {
  FlowloomArrowFile* opened = nullptr;
  guarded(error, [&] {
    auto handle = std::make_unique<FlowloomArrowFile>();
    ARROW_ASSIGN_OR_RAISE(handle->schema, arrow::ImportSchema(schema));
    handle->sink = std::make_shared<SinkStream>(sink, context);
    ARROW_ASSIGN_OR_RAISE(handle->file, open_file(handle->sink, handle->schema, threads));
    opened = handle.release();
    return arrow::Status::OK();
  });
  return opened;
}

int write(FlowloomArrowFile* file, ArrowArray* batch, FlowloomArrowError* error) {
  return guarded(error, [&] {
    ARROW_ASSIGN_OR_RAISE(const auto imported, arrow::ImportRecordBatch(batch, file->schema));
    return file->file->write(imported);
  });
}

int finish(FlowloomArrowFile* file, const FlowloomArrowMetadata* metadata, FlowloomArrowError* error) {
  return guarded(error, [&] {
    auto pairs = std::make_shared<arrow::KeyValueMetadata>();
    for (std::int64_t i = 0; i < metadata->count; ++i) pairs->Append(metadata->keys[i], metadata->values[i]);
    ARROW_RETURN_NOT_OK(file->file->finish(pairs));
    return file->sink->Close();
  });
}

void destroy(FlowloomArrowFile* file) { delete file; }

}  // namespace

arrow::Status SinkStream::Write(const void* data, std::int64_t count) {
  position_ += count;
  const auto bytes = static_cast<std::size_t>(count);
  if (bytes > kSmall) {
    ARROW_RETURN_NOT_OK(Flush());
    return pass_on(data, count);
  }
  small_.insert(small_.end(), static_cast<const char*>(data), static_cast<const char*>(data) + bytes);
  return small_.size() >= kCollected ? Flush() : arrow::Status::OK();
}

arrow::Status SinkStream::Flush() {
  if (small_.empty()) return arrow::Status::OK();
  const arrow::Status status = pass_on(small_.data(), static_cast<std::int64_t>(small_.size()));
  small_.clear();
  return status;
}

arrow::Status SinkStream::Close() {
  if (closed_) return arrow::Status::OK();
  closed_ = true;
  return Flush();
}

arrow::Status SinkStream::pass_on(const void* data, std::int64_t count) {
  return sink_(context_, data, count) == 0 ? arrow::Status::OK() : arrow::Status::IOError("cannot write");
}

}  // namespace flowloom::arrow_component

extern "C" __attribute__((visibility("default"))) const FlowloomArrowComponent flowloom_arrow_component = {
    .abi = kFlowloomArrowAbi,
    .open = flowloom::arrow_component::open,
    .write = flowloom::arrow_component::write,
    .finish = flowloom::arrow_component::finish,
    .destroy = flowloom::arrow_component::destroy,
};
