#include "write/arrow_component.hpp"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include "base/build_info.hpp"
#include "base/utf8.hpp"
#include "flowloom/arrow_c_data.hpp"

namespace flowloom {
namespace {

namespace fs = std::filesystem;

/// Folder of the program or shared library that contains this code; symbolic links resolved.
fs::path own_folder() {
  Dl_info info = {};
  if (dladdr(reinterpret_cast<const void*>(&load_arrow_component), &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  std::error_code ignored;
  // Of a program started through PATH only its bare name is known here.
  fs::path file = fs::canonical(info.dli_fname, ignored);
  if (file.empty()) file = fs::canonical("/proc/self/exe", ignored);
  return file.parent_path();
}

std::vector<fs::path> folders(const std::string& given) {
  if (!given.empty()) return {given};
  std::vector<fs::path> all;
  if (const char* variable = std::getenv("FLOWLOOM_COMPONENTS"); variable != nullptr && *variable != 0) {
    all.emplace_back(variable);
  }
  if (const fs::path own = own_folder(); !own.empty()) {
    all.push_back(own.parent_path() / "lib" / "flowloom");  // from bin/
    all.push_back(own / "flowloom");                        // from lib/
    all.push_back(own / "lib" / "flowloom");                // from the root of a build folder
  }
  all.emplace_back(kInstalledComponentFolder);
  return all;
}

/// Arrow's libraries and what they allocate while they are loaded take 75 MB.
constexpr std::size_t kSpaceToLoad = std::size_t{128} << 20U;

/// Without memory their initialization ends the process, or leaves an allocator behind that crashes.
bool has_space_to_load() {
  void* const space =
      mmap(nullptr, kSpaceToLoad, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return space != MAP_FAILED && munmap(space, kSpaceToLoad) == 0;
}

Error cannot_load(TableFormat format, const std::string& why) {
  const char* const files = format == TableFormat::parquet ? "Parquet" : "Arrow";
  return {ErrorCode::unsupported, std::string("the component that writes ") + files + " files " + why};
}

/// As the files keep it. They hold UTF-8, names of captures in a command need not be that: readers would
/// refuse the whole file.
Provenance metadata_of(const Provenance& provenance) {
  Provenance all;
  for (const auto& [key, value] : provenance)
    all.emplace_back(repaired_utf8("flowloom." + key), repaired_utf8(value));
  return all;
}

/// One file being written: Arrow's bytes come back through sink().
class ArrowWriter : public TableWriter {
 public:
  ArrowWriter(OutputFile file, const FlowloomArrowComponent& component)
      : file_(std::move(file)), component_(component) {}
  ArrowWriter(const ArrowWriter&) = delete;
  ArrowWriter& operator=(const ArrowWriter&) = delete;
  ~ArrowWriter() override {
    if (handle_ != nullptr) component_.destroy(handle_);
  }

  Result<> open(const Schema& schema, const Provenance& provenance, const WriteOptions& options) {
    metadata_ = metadata_of(provenance);
    ArrowSchema exported;
    export_schema(schema, metadata_, &exported);
    const unsigned threads =
        options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    handle_ = component_.open(threads, &exported, &ArrowWriter::sink, this, &error_);
    return handle_ == nullptr ? failure() : Result<>();
  }

  Result<> write(RecordBatch&& batch) override {
    ArrowArray exported;
    export_batch(std::move(batch), &exported);
    return component_.write(handle_, &exported, &error_) != 0 ? failure() : Result<>();
  }

  Result<std::string> commit(const Provenance& provenance, bool keep_existing) override {
    const Provenance all = merged(metadata_, metadata_of(provenance));
    std::vector<const char*> keys, values;
    for (const auto& [key, value] : all) {
      keys.push_back(key.c_str());
      values.push_back(value.c_str());
    }
    const FlowloomArrowMetadata metadata = {
        .count = static_cast<std::int64_t>(all.size()), .keys = keys.data(), .values = values.data()};
    if (component_.finish(handle_, &metadata, &error_) != 0) return failure().error();
    return file_.commit(keep_existing);
  }

 private:
  static int sink(void* context, const void* bytes, std::int64_t count) {
    auto* self = static_cast<ArrowWriter*>(context);
    if (!self->written_) return 1;  // it failed before
    self->written_ = self->file_.write(bytes, static_cast<std::size_t>(count));
    return self->written_ ? 0 : 1;
  }

  /// What the operating system said, if that was the reason; else what Arrow says.
  [[nodiscard]] Result<> failure() const {
    if (!written_) return written_.error();
    return Error{ErrorCode::io, error_.message, file_.path()};
  }

  OutputFile file_;
  const FlowloomArrowComponent& component_;
  FlowloomArrowFile* handle_ = nullptr;
  Provenance metadata_;
  Result<> written_;
  FlowloomArrowError error_ = {};
};

}  // namespace

Result<const FlowloomArrowComponent*> load_arrow_component(TableFormat format, const std::string& folder) {
  const char* const name = format == TableFormat::parquet ? "libflowloom_parquet.so" : "libflowloom_arrow.so";
  std::string looked_in;
  for (const fs::path& candidate : folders(folder)) {
    const fs::path path = candidate / name;
    looked_in += (looked_in.empty() ? "" : ", ") + path.string();
    if (access(path.c_str(), F_OK) != 0) continue;
    if (!has_space_to_load()) {
      return cannot_load(format, "does not load: out of memory, " + std::to_string(kSpaceToLoad >> 20U) +
                                     " MiB of address space are needed");
    }
    void* const library = dlopen(path.c_str(), RTLD_LOCAL | RTLD_NOW);
    if (library == nullptr) return cannot_load(format, std::string("does not load: ") + dlerror());
    const auto* component = static_cast<const FlowloomArrowComponent*>(dlsym(library, kFlowloomArrowSymbol));
    if (component == nullptr || component->abi != kFlowloomArrowAbi) {
      dlclose(library);
      return cannot_load(format, "is of another version: " + path.string());
    }
    return component;
  }
  return cannot_load(format, "is not installed (looked for " + looked_in + ")");
}

Result<std::unique_ptr<TableWriter>> make_arrow_writer(OutputFile file, std::shared_ptr<const Schema> schema,
                                                       const Provenance& provenance,
                                                       const FlowloomArrowComponent& component,
                                                       const WriteOptions& options) {
  auto writer = std::make_unique<ArrowWriter>(std::move(file), component);
  if (const Result<> opened = writer->open(*schema, provenance, options); !opened) return opened.error();
  return writer;
}

}  // namespace flowloom
