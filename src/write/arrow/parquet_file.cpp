// Parquet. Arrow's own table writer is not used: lists of numbers take it several times as long as their
// bytes take to write (list_pages.hpp). Row groups, metadata, compression and all other columns are the
// Parquet library's. One batch is one row group, so memory is bounded by the batches.
#include <string>
#include <utility>

#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/base64.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/schema.h>
#include <parquet/column_page.h>
#include <parquet/column_writer.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include "base/build_info.hpp"
#include "write/arrow/file.hpp"
#include "write/arrow/levels.hpp"
#include "write/arrow/list_pages.hpp"
#include "write/arrow/lists_ahead.hpp"

namespace flowloom::arrow_component {
namespace {

/// Parquet's magic number: at the beginning and, written by WriteFileMetaData, at the end.
constexpr std::string_view kMagic = "PAR1";

parquet::Compression::type best_codec() {
  for (const auto codec : {parquet::Compression::SNAPPY, parquet::Compression::ZSTD}) {
    if (arrow::util::Codec::IsAvailable(codec)) return codec;
  }
  return parquet::Compression::UNCOMPRESSED;
}

std::shared_ptr<parquet::WriterProperties> properties_for(const arrow::Schema& schema) {
  parquet::WriterProperties::Builder builder;
  builder.created_by("flowloom " + std::string(kVersion))
      ->version(parquet::ParquetVersion::PARQUET_2_6)  // times in nanoseconds
      ->memory_pool(arrow::system_memory_pool())
      ->compression(best_codec())
      ->disable_dictionary();
  // A dictionary pays where few texts come again and again; numbers are as short without.
  for (const auto& field : schema.fields()) {
    if (field->type()->id() == arrow::Type::STRING) builder.enable_dictionary(field->name());
  }
  return builder.build();
}

class ParquetFile : public File {
 public:
  ParquetFile(std::shared_ptr<SinkStream> sink, std::shared_ptr<arrow::Schema> schema, unsigned threads)
      : sink_(std::move(sink)),
        schema_(std::move(schema)),
        threads_(threads),
        properties_(properties_for(*schema_)),
        arrow_properties_(parquet::default_arrow_writer_properties()),
        context_(pool(), arrow_properties_.get()) {}

  arrow::Status open() {
    ARROW_RETURN_NOT_OK(
        parquet::arrow::ToParquetSchema(schema_.get(), *properties_, *arrow_properties_, &columns_));
    metadata_ = parquet::FileMetaDataBuilder::Make(columns_.get(), properties_);
    return sink_->Write(kMagic.data(), static_cast<std::int64_t>(kMagic.size()));
  }

  arrow::Status write(const std::shared_ptr<arrow::RecordBatch>& batch) override {
    if (batch->num_rows() == 0) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(const std::int64_t begin, sink_->Tell());
    parquet::RowGroupMetaDataBuilder* const group = metadata_->AppendRowGroup();
    group->set_num_rows(batch->num_rows());
    ListsAhead lists(*batch, properties_->default_column_properties().compression(), threads_);
    for (int i = 0; i < batch->num_columns(); ++i) {
      const bool list = has_fast_pages(*schema_->field(i));
      ARROW_RETURN_NOT_OK(list ? write_list(lists, i, *group)
                               : write_column(*schema_->field(i), batch->column(i), *group));
    }
    ARROW_ASSIGN_OR_RAISE(const std::int64_t end, sink_->Tell());
    group->Finish(end - begin);
    return arrow::Status::OK();
  }

  arrow::Status finish(const std::shared_ptr<arrow::KeyValueMetadata>& metadata) override {
    // From this its readers restore Arrow's types, names and metadata exactly.
    ARROW_ASSIGN_OR_RAISE(const auto serialized,
                          arrow::ipc::SerializeSchema(*schema_->WithMetadata(metadata->Copy()), pool()));
    metadata->Append("ARROW:schema", arrow::util::base64_encode(std::string_view(*serialized)));
    parquet::WriteFileMetaData(*metadata_->Finish(metadata), sink_.get());
    return arrow::Status::OK();
  }

 private:
  static arrow::MemoryPool* pool() { return arrow::system_memory_pool(); }

  arrow::Status write_list(ListsAhead& lists, int column, parquet::RowGroupMetaDataBuilder& group) {
    const auto pages = open_pages(group.NextColumnChunk());
    ARROW_RETURN_NOT_OK(lists.pages(column, [&](const ListPage& page) {
      const auto bytes =
          std::make_shared<arrow::Buffer>(page.bytes.data(), static_cast<std::int64_t>(page.bytes.size()));
      pages->WriteDataPage(parquet::DataPageV1(bytes, page.levels, parquet::Encoding::PLAIN,
                                               parquet::Encoding::RLE, parquet::Encoding::RLE, page.size));
      return arrow::Status::OK();
    }));
    pages->Close(false, false);
    return arrow::Status::OK();
  }

  arrow::Status write_column(const arrow::Field& field, const std::shared_ptr<arrow::Array>& array,
                             parquet::RowGroupMetaDataBuilder& group) {
    ARROW_ASSIGN_OR_RAISE(const std::vector<Leaf> leaves, leaves_of(field, array));
    for (const Leaf& leaf : leaves) {
      parquet::ColumnChunkMetaDataBuilder* const chunk = group.NextColumnChunk();
      const auto writer = parquet::ColumnWriter::Make(chunk, open_pages(chunk), properties_.get());
      const bool levels = chunk->descr()->max_definition_level() > 0;
      ARROW_RETURN_NOT_OK(writer->WriteArrow(
          levels ? leaf.definition.data() : nullptr, leaf.repeated ? leaf.repetition.data() : nullptr,
          static_cast<std::int64_t>(leaf.definition.size()), *leaf.values, &context_, leaf.nullable));
      writer->Close();
    }
    return arrow::Status::OK();
  }

  std::unique_ptr<parquet::PageWriter> open_pages(parquet::ColumnChunkMetaDataBuilder* chunk) {
    return parquet::PageWriter::Open(sink_, properties_->compression(chunk->descr()->path()), chunk, -1, -1,
                                     pool());
  }

  std::shared_ptr<SinkStream> sink_;
  std::shared_ptr<arrow::Schema> schema_;
  unsigned threads_;
  std::shared_ptr<parquet::WriterProperties> properties_;
  std::shared_ptr<parquet::ArrowWriterProperties> arrow_properties_;
  parquet::ArrowWriteContext context_;
  std::shared_ptr<parquet::SchemaDescriptor> columns_;
  std::unique_ptr<parquet::FileMetaDataBuilder> metadata_;
};

}  // namespace

arrow::Result<std::unique_ptr<File>> open_file(std::shared_ptr<SinkStream> sink,
                                               std::shared_ptr<arrow::Schema> schema, unsigned threads) {
  auto file = std::make_unique<ParquetFile>(std::move(sink), std::move(schema), threads);
  ARROW_RETURN_NOT_OK(file->open());
  return file;
}

}  // namespace flowloom::arrow_component
