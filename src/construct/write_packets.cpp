#include "capture/pcap_writer.hpp"
#include "flowloom/construct.hpp"
#include "write/output_file.hpp"

namespace flowloom {
namespace {

class FileSink : public ByteSink {
 public:
  explicit FileSink(OutputFile& file) : file_(file) {}
  Result<> write(Bytes bytes) override { return file_.write(bytes.data(), bytes.size()); }

 private:
  OutputFile& file_;
};

}  // namespace

Result<> write_packets(const std::string& path, std::span<const TimedPacket> packets) {
  const LinkType link_type = packets.empty() ? LinkType{1} : packets.front().packet.link_type();
  auto file = OutputFile::open(path);
  if (!file) return std::move(file).error();
  FileSink sink(*file);
  pcap::Writer writer(sink, {.link_type = link_type, .nanoseconds = true});
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const auto refused = [&](const Error& error) {
      return Error{error.code, error.message(), "packet " + std::to_string(i + 1)};
    };
    const auto bytes = packets[i].packet.build();
    if (!bytes) return refused(bytes.error());
    if (packets[i].packet.link_type() != link_type)
      return refused({ErrorCode::usage, "has another link type than the first"});
    if (auto done = writer.write(packets[i].time, *bytes, static_cast<std::uint32_t>(bytes->size())); !done)
      return refused(done.error());
  }
  if (auto done = writer.finish(); !done) return done;
  if (auto name = file->commit(false); !name) return std::move(name).error();
  return {};
}

}  // namespace flowloom
