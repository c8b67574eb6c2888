// Whole packets as documents: what each layer says, piece by piece, so that nothing but the packet at hand is
// in memory.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "dissect/tape.hpp"
#include "flowloom/packet.hpp"
#include "flowloom/write.hpp"
#include "write/text.hpp"

namespace flowloom {

struct PacketView {
  std::string_view capture;  ///< its path; empty: not to be told
  const RawPacket& packet;
  const Tape& tape;
  std::uint8_t time_digits;  ///< decimals of a second
};

enum class PacketFormat : std::uint8_t { jsonl, json, plist, pdml, tree };

/// By the extension (.jsonl .ndjson .json .plist .pdml .txt); none if it is not known.
[[nodiscard]] std::optional<PacketFormat> packet_format_of(std::string_view path);
/// By name ("jsonl", "json", "plist", "pdml", "tree"); none if it is not known.
[[nodiscard]] std::optional<PacketFormat> packet_format_named(std::string_view name);

/// What files of it are called: "json", …, "txt".
[[nodiscard]] std::string_view extension_of(PacketFormat format);

/// One kind of document. Its parts are appended in turn: begin, packets with separator() between them, end.
class PacketDocument {
 public:
  virtual ~PacketDocument() = default;

  virtual void begin(TextBuffer& /*out*/) const {}
  [[nodiscard]] virtual std::string_view separator() const { return {}; }
  virtual void packet(TextBuffer& out, const PacketView& view) = 0;
  virtual void end(TextBuffer& /*out*/, const Provenance& /*provenance*/) const {}
};

std::unique_ptr<PacketDocument> make_packet_document(PacketFormat format);

// One file each:
std::unique_ptr<PacketDocument> make_packet_json(bool lines);
std::unique_ptr<PacketDocument> make_packet_plist();
std::unique_ptr<PacketDocument> make_packet_pdml();
std::unique_ptr<PacketDocument> make_packet_tree();

}  // namespace flowloom
