#include "packet_sinks.hpp"

#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "capture/pcap_writer.hpp"
#include "capture/pcapng_writer.hpp"
#include "command.hpp"
#include "engine/split_names.hpp"
#include "flowloom/capture.hpp"
#include "write/output_file.hpp"
#include "write/output_folder.hpp"

namespace flowloom::cli {
namespace {

class TableSink : public PacketSink {
 public:
  TableSink(const std::string& path, const Selection& selection, const PacketCells& cells, bool with_capture,
            Provenance provenance, const WriteOptions& options)
      : path_(path),
        selection_(selection),
        cells_(cells),
        schema_(make_packet_schema(selection, cells, with_capture)),
        provenance_(std::move(provenance)),
        options_(options) {}

  Result<> open() override {
    if (writer_ != nullptr) return {};
    begin_output(path_);
    auto opened = open_table_writer(path_, schema_, provenance_, options_);
    if (!opened) return opened.error();
    writer_ = std::move(*opened);
    return {};
  }

  std::unique_ptr<PacketLane> make_lane(const PacketAsk& ask) override {
    return std::make_unique<TableLane>(ask, selection_, cells_, schema_,
                                       [this](RecordBatch&& batch) -> Result<> {
                                         if (auto opened = open(); !opened) return opened;
                                         return writer_->write(std::move(batch));
                                       });
  }

  Result<std::string> commit(bool keep_existing) override {
    return writer_->commit(provenance_, keep_existing);
  }

 private:
  std::string path_;
  const Selection& selection_;
  PacketCells cells_;
  std::shared_ptr<const Schema> schema_;
  Provenance provenance_;
  WriteOptions options_;
  std::unique_ptr<TableWriter> writer_;
};

/// What is written to one file, piece by piece.
class FileSink : public PacketSink {
 public:
  explicit FileSink(std::string path) : path_(std::move(path)) {}

  Result<> open() override {
    if (file_) return {};
    begin_output(path_);
    auto opened = OutputFile::open(path_);
    if (!opened) return opened.error();
    file_ = std::move(*opened);
    return begin();
  }

  Result<std::string> commit(bool keep_existing) override {
    if (auto ended = end(); !ended) return ended.error();
    return file_->commit(keep_existing);
  }

 protected:
  virtual Result<> begin() { return {}; }
  virtual Result<> end() { return {}; }
  [[nodiscard]] const std::string& path() const { return path_; }
  Result<> write(const void* bytes, std::size_t count) {
    if (auto opened = open(); !opened) return opened;
    return file_->write(bytes, count);
  }

 private:
  std::string path_;
  std::optional<OutputFile> file_;
};

class DocumentSink : public FileSink {
 public:
  DocumentSink(const std::string& path, PacketFormat format, bool with_capture, Provenance provenance)
      : FileSink(path),
        format_(format),
        with_capture_(with_capture),
        provenance_(std::move(provenance)),
        document_(make_packet_document(format)) {}

  std::unique_ptr<PacketLane> make_lane(const PacketAsk& ask) override {
    return std::make_unique<DocumentLane>(ask, format_, with_capture_, [this](std::string_view text) {
      if (first_) text.remove_prefix(document_->separator().size());
      first_ = false;
      return write(text.data(), text.size());
    });
  }

 private:
  Result<> begin() override {
    TextBuffer text;
    document_->begin(text);
    return write(text.data(), text.size());
  }
  Result<> end() override {
    TextBuffer text;
    document_->end(text, provenance_);
    return write(text.data(), text.size());
  }

  PacketFormat format_;
  bool with_capture_;
  Provenance provenance_;
  std::unique_ptr<PacketDocument> document_;
  bool first_ = true;
};

class PcapSink : public FileSink, private ByteSink {
 public:
  explicit PcapSink(const std::string& path) : FileSink(path) {}

  std::unique_ptr<PacketLane> make_lane(const PacketAsk& ask) override {
    return std::make_unique<CopyLane>(
        ask, [this](const PacketPiece& piece, const RawPacket& packet) { return copy(piece, packet); });
  }

 private:
  Result<> copy(const PacketPiece& piece, const RawPacket& packet) {
    if (!writer_) start({.link_type = packet.link_type, .nanoseconds = piece.digits_of(packet) > 6});
    if (packet.link_type != link_type_) {
      return Error{ErrorCode::unsupported, "packets of link types " + link_type_name(link_type_) + " and " +
                                               link_type_name(packet.link_type) +
                                               " cannot be in one pcap file"};
    }
    return writer_->write(packet);
  }
  void start(const pcap::WrittenFormat& format) {
    link_type_ = format.link_type;
    writer_.emplace(static_cast<ByteSink&>(*this), format);
  }
  Result<> end() override {
    if (!writer_) start({});
    return writer_->finish();
  }
  Result<> write(Bytes bytes) override { return FileSink::write(bytes.data(), bytes.size()); }

  LinkType link_type_ = 0;
  std::optional<pcap::Writer> writer_;
};

class PcapngSink : public FileSink {
 public:
  explicit PcapngSink(const std::string& path) : FileSink(path) {}

  std::unique_ptr<PacketLane> make_lane(const PacketAsk& ask) override {
    return std::make_unique<CopyLane>(
        ask, [this](const PacketPiece& piece, const RawPacket& packet) { return copy(piece, packet); });
  }

 private:
  Result<> begin() override {
    pcapng::append_section(buffer_);
    return {};
  }
  Result<> end() override { return flush(); }

  Result<> copy(const PacketPiece& piece, const RawPacket& packet) {
    if (auto opened = open(); !opened) return opened;
    const CaptureNotes::Interface& interface = piece.context.notes->interfaces[packet.interface];
    const std::int64_t offset = pcapng::time_offset_for(packet.time);
    const auto next = static_cast<std::uint32_t>(numbers_.size());
    const auto [known, is_new] =
        numbers_.try_emplace({std::string(piece.capture), packet.interface, offset}, next);
    if (is_new) pcapng::append_interface(interface.described(), offset, buffer_);
    options_.clear();
    pcapng::append_options(record_of(*piece.context.notes, packet), options_);
    pcapng::append_packet(known->second, interface.time_digits, packet.time, offset, packet.bytes.view(),
                          options_, packet.original_length, buffer_);
    return buffer_.size() < kWriteSize ? Result<>{} : flush();
  }
  Result<> flush() {
    Result<> written = write(buffer_.data(), buffer_.size());
    buffer_.clear();
    return written;
  }

  /// By capture, interface, and from when times are counted.
  std::map<std::tuple<std::string, std::uint16_t, std::int64_t>, std::uint32_t> numbers_;
  std::vector<std::uint8_t> buffer_, options_;
};

/// A file a packet.
class FolderSink : public PacketSink {
 public:
  explicit FolderSink(std::string path) : path_(std::move(path)) {}

  Result<> open() override {
    if (folder_) return {};
    auto opened = OutputFolder::open(path_);
    if (!opened) return opened.error();
    folder_.emplace(std::move(*opened));
    return {};
  }
  Result<std::string> commit(bool keep_existing) override { return folder_->commit(keep_existing); }

 protected:
  Result<> write(const PacketPiece& piece, std::uint64_t number, std::string_view extension, Bytes bytes) {
    if (auto opened = open(); !opened) return opened;
    const std::string name =
        capture_label(piece.capture) + "_" + std::to_string(number) + "." + std::string(extension);
    auto file = folder_->create(name);
    if (!file) return file.error();
    if (!*file) return Error{ErrorCode::usage, "captures of one name: " + name + " is there twice", path_};
    if (auto written = (*file)->write(bytes); !written) return written;
    return (*file)->close();
  }

 private:
  std::string path_;
  std::optional<OutputFolder> folder_;
};

class EachSink : public FolderSink {
 public:
  EachSink(const std::string& folder, PacketFormat format, Provenance provenance)
      : FolderSink(folder), format_(format), provenance_(std::move(provenance)) {}

  std::unique_ptr<PacketLane> make_lane(const PacketAsk& ask) override {
    return std::make_unique<EachLane>(
        ask, format_, provenance_,
        [this](const PacketPiece& piece, std::uint64_t number, std::string_view text) {
          const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
          return write(piece, number, extension_of(format_), {bytes, text.size()});
        });
  }

 private:
  PacketFormat format_;
  Provenance provenance_;
};

class EachPcapSink : public FolderSink {
 public:
  explicit EachPcapSink(const std::string& folder) : FolderSink(folder) {}

  std::unique_ptr<PacketLane> make_lane(const PacketAsk& ask) override {
    return std::make_unique<CopyLane>(
        ask, [this](const PacketPiece& piece, const RawPacket& packet) -> Result<> {
          const pcap::WrittenFormat format{.link_type = packet.link_type,
                                           .nanoseconds = piece.digits_of(packet) > 6};
          file_.clear();
          pcap::append_header(format, file_);
          auto made =
              pcap::append_record(format, packet.time, packet.bytes.view(), packet.original_length, file_);
          return made ? write(piece, packet.number, "pcap", file_) : made;
        });
  }

 private:
  std::vector<std::uint8_t> file_;
};

class CountSink : public FileSink {
 public:
  explicit CountSink(const std::string& path) : FileSink(path) {}

  std::unique_ptr<PacketLane> make_lane(const PacketAsk& ask) override {
    return std::make_unique<CountLane>(ask, total_);
  }

 private:
  Result<> end() override {
    const std::string line = std::to_string(total_) + "\n";
    return write(line.data(), line.size());
  }

  std::uint64_t total_ = 0;
};

}  // namespace

std::unique_ptr<PacketSink> make_table_sink(const std::string& path, const Selection& selection,
                                            const PacketCells& cells, bool with_capture,
                                            const Provenance& provenance, const WriteOptions& options) {
  return std::make_unique<TableSink>(path, selection, cells, with_capture, provenance, options);
}

std::unique_ptr<PacketSink> make_document_sink(const std::string& path, PacketFormat format,
                                               bool with_capture, const Provenance& provenance) {
  return std::make_unique<DocumentSink>(path, format, with_capture, provenance);
}

std::unique_ptr<PacketSink> make_pcap_sink(const std::string& path) {
  return std::make_unique<PcapSink>(path);
}

std::unique_ptr<PacketSink> make_pcapng_sink(const std::string& path) {
  return std::make_unique<PcapngSink>(path);
}

std::unique_ptr<PacketSink> make_each_sink(const std::string& folder, PacketFormat format,
                                           const Provenance& provenance) {
  return std::make_unique<EachSink>(folder, format, provenance);
}

std::unique_ptr<PacketSink> make_each_pcap_sink(const std::string& folder) {
  return std::make_unique<EachPcapSink>(folder);
}

std::unique_ptr<PacketSink> make_count_sink(const std::string& path) {
  return std::make_unique<CountSink>(path);
}

}  // namespace flowloom::cli
