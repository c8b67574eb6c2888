// What a capture file says of packets beside their bytes and times: names of interfaces, and the options of
// pcapng's packet blocks, which are looked for where somebody asks for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capture/clock.hpp"
#include "capture/pcap.hpp"
#include "flowloom/bytes.hpp"
#include "flowloom/capture.hpp"
#include "flowloom/packet.hpp"

namespace flowloom {

/// Shared by windows and whoever dissects their packets, so it never changes: where a pcapng has told of more
/// interfaces, there is a new one.
struct CaptureNotes {
  struct Texts {
    std::optional<std::string> name, description;  ///< if_name, if_description: as in the file, up to a NUL
  };
  struct Interface {
    const Texts* texts = nullptr;  ///< null: there are none
    LinkType link_type = 0;
    std::uint32_t snap_length = 0;  ///< 0: no limit
    std::uint32_t section = 1;      ///< counted from 1
    std::uint8_t time_digits = 6;   ///< of a second
    bool swapped = false;           ///< the section is in the other byte order than this machine's
    pcapng::Clock clock;

    [[nodiscard]] const std::optional<std::string>& name() const;
    [[nodiscard]] const std::optional<std::string>& description() const;
    [[nodiscard]] flowloom::Interface described() const;
  };

  std::optional<pcap::Format> pcap;                             ///< none: pcapng
  std::vector<Interface> interfaces;                            ///< by RawPacket::interface; of all sections
  std::vector<std::shared_ptr<const std::deque<Texts>>> texts;  ///< of these
  std::size_t text_bytes = 0;                                   ///< in them

  [[nodiscard]] std::vector<flowloom::Interface> described() const;
};

/// Of a pcap file.
[[nodiscard]] std::shared_ptr<const CaptureNotes> notes_of(const pcap::Format& format);

/// Text that may end at a NUL before its last byte.
std::string_view until_nul(std::string_view text);

/// The pcap record or the pcapng block that a packet is in.
struct CaptureRecord {
  enum class Kind : std::uint8_t { pcap, enhanced, simple, obsolete };
  Kind kind = Kind::pcap;
  bool swapped = false;
  const std::uint8_t* begin = nullptr;
  std::size_t size = 0;
  Bytes options;                            ///< of a block, for take_option(): nobody has looked at them
  std::optional<std::uint16_t> drops = {};  ///< said by an obsolete block
};

/// Codes of options of (enhanced) packet blocks (draft-ietf-opsawg-pcapng, sections 3.5 and 4.3).
namespace packet_option {
inline constexpr std::uint16_t comment = 1, flags = 2, hash = 3, drop_count = 4, packet_id = 5, queue = 6,
                               verdict = 7, custom_text = 2988, custom_bytes = 2989,
                               custom_text_not_copied = 19372, custom_bytes_not_copied = 19373;
}  // namespace packet_option

/// An option of a block.
struct BlockOption {
  std::uint16_t code = 0;
  std::size_t length = 0;  ///< as it says
  Bytes value;             ///< shorter than that where the block ends before
};

/// Takes the first of `options` away; none: they have ended.
std::optional<BlockOption> take_option(Bytes& options, bool swapped);

/// Pre: the packet was read with these notes, and the whole record lies around its bytes: so in every window
/// that a reader has filled.
CaptureRecord record_of(const CaptureNotes& notes, const RawPacket& packet);

}  // namespace flowloom
