// Every packet of the golden captures, taken apart into values and made of them again: first as they are,
// then with all that can be filled in left out.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

#include "dissect/dissector.hpp"
#include "flowloom/capture.hpp"
#include "flowloom/construct.hpp"

namespace flowloom {
namespace {

/// Packets that are not what a sender would have made of their values.
struct NotCanonical {
  const char* capture;
  std::size_t packets;
  const char* why;
};
constexpr NotCanonical kNotCanonical[] = {
    {"dccp_options.pcap", 1,
     "packet 21: a checksum that is greater by one than it should be, to be told wrong"},
    {"hip.pcap", 1, "packet 3: a checksum that is greater by one"},
    {"ip_length_zero.pcap", 3, "packets 1, 3, 5: the length is 0, as a card that cuts segments is handed it"},
    {"ipv6_options_all.pcap", 1, "packet 40: a jumbogram (RFC 2675), whose payload length is 0"},
    {"loopback.pcap", 20,
     "the TCP checksums are of the pseudo header only: the kernel makes no others "
     "for itself"},
    {"ospf2.pcap", 1, "packet 30: a checksum of 0, which is taken as none"},
    {"sctp_chunks.pcap", 1, "packet 36: a checksum that is greater by one"},
    {"sctp_lengths.pcap", 1, "packet 52: a chunk without its padding: the checksum is of a whole one"},
};

/// Bytes of headers that no field says, and so have no name in a packet made by hand: at most that many of a
/// thousand bytes of the protocol's headers in all captures.
struct Raw {
  const char* protocol;
  std::size_t share;
  const char* why;
};
constexpr Raw kRaw[] = {
    {"bfd", 22, "authentication of unknown types"},
    {"dccp", 90, "contents of options of unknown types"},
    {"dhcp", 10, "what is behind the end of options"},
    {"dns", 5, "contents of records that are not taken apart"},
    {"erspan", 176, "the platform's own header of version 3"},
    {"fr", 5, "the second byte of a control field, whose value Wireshark shows without it"},
    {"gtp", 172, "contents of extension headers, and fields that are there though no flag says so"},
    {"hip", 26, "contents of parameters that are not taken apart"},
    {"icmp", 2, "a message of an unknown type"},
    {"icmpv6", 3, "contents of unknown types"},
    {"igmp", 90, "data of an unknown type, which go on behind the header"},
    {"ip", 1, "contents of options of unknown types"},
    {"ipv6.dstopts", 21, "contents of options"},
    {"ipv6.hopopts", 36, "contents of options"},
    {"ipv6.routing", 39, "padding"},
    {"l2tp", 53, "padding before the payload"},
    {"mdns", 261, "classes with a flag, contents of records"},
    {"mipv6", 80, "times, contents of options that are not taken apart, padding of one byte"},
    {"nflog", 60, "zeros behind texts, reserved bytes"},
    {"ospf", 49, "authentication, what is behind the packet, contents of unknown types"},
    {"pppoed", 400, "a tag that is empty, and so is shown by no value"},
    {"ppp", 51, "the direction, which Wireshark shows inverted"},
    {"radiotap", 99, "padding, and what is said not to be known"},
    {"sctp", 9, "contents of unknown types"},
    {"shim6", 719, "context tags and control messages"},
    {"sll", 54, "the two reserved bytes of the second version"},
    {"tcp", 1, "contents of options of wrong lengths"},
    {"teredo", 470, "kinds of indications, which have no name; origins, which are sent inverted"},
    {"wlan", 86, "numbers that share a little-endian word"},
};

class RoundTripTest : public testing::Test {
 protected:
  void capture(const std::filesystem::path& path) {
    auto reader = CaptureReader::open(path.string());
    ASSERT_TRUE(reader.has_value()) << reader.error().message();
    PacketWindow window;
    for (;;) {
      const Result<bool> more = reader->next(window);
      ASSERT_TRUE(more.has_value()) << more.error().message();
      if (!*more) return;
      for (const RawPacket& raw : window.packets) {
        SCOPED_TRACE("packet " + std::to_string(raw.number));
        packet(raw, path.filename().string());
      }
    }
  }

  void packet(const RawPacket& raw, const std::string& name) {
    ++packets_;
    const std::vector<std::uint8_t> bytes(raw.bytes.data(), raw.bytes.data() + raw.bytes.size());
    Packet packet = Packet::from(raw);
    const auto same = packet.build();
    ASSERT_TRUE(same.has_value()) << same.error().message();
    EXPECT_EQ(*same, bytes);
    EXPECT_EQ(packet.link_type(), raw.link_type);
    for (const Layer& layer : dissector_.dissect(raw).layers)
      headers_[std::string(layer.protocol->definition->name)] += layer.header;
    const auto layers = packet.layers();
    for (std::size_t i = 0; i < layers.size(); ++i) {
      raw_[std::string(layers[i])] += packet.raw_bytes(i);
    }
    if (raw.original_length != bytes.size()) return;  // cut: nobody knows what the checksums were made of
    const auto computed = packet.recompute().build();
    if (!computed || *computed != bytes) ++others_[name];
  }

  Wanted wanted_ = Wanted::all();
  Dissector dissector_{wanted_};
  std::size_t packets_ = 0;
  std::map<std::string, std::size_t> headers_, raw_, others_;  ///< bytes, bytes, packets
};

TEST_F(RoundTripTest, PacketsAreWhatTheirValuesSay) {
  for (const auto& file : std::filesystem::recursive_directory_iterator(FLOWLOOM_SOURCE_DIR "/tests/pcaps")) {
    if (!file.path().extension().string().starts_with(".pcap")) continue;
    SCOPED_TRACE(file.path().filename());
    capture(file.path());
  }
  EXPECT_GT(packets_, 7000U);
  std::map<std::string, std::size_t> expected;
  for (const NotCanonical& x : kNotCanonical) expected[x.capture] = x.packets;
  EXPECT_EQ(others_, expected);
  EXPECT_GT(raw_.size(), 40U);
  for (const auto& [protocol, bytes] : raw_) {
    const auto* const known =
        std::find_if(std::begin(kRaw), std::end(kRaw), [&](const Raw& x) { return x.protocol == protocol; });
    const std::size_t share = known == std::end(kRaw) ? 0 : known->share;
    EXPECT_LE(bytes * 1000, headers_[protocol] * share)
        << protocol << ": " << bytes << " of " << headers_[protocol] << " bytes";
  }
}

}  // namespace
}  // namespace flowloom
