// Packets made of fields. An even byte 0: a packet of the link type that byte 1 chooses, taken apart, built
// again (the same bytes), changed as the rest says; an odd one: what the rest says, from nothing. What was
// built is a packet again.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "dissect/registry.hpp"
#include "flowloom/construct.hpp"

namespace {

using namespace flowloom;

constexpr LinkType kLinkTypes[] = {1,   0,   9,   12,  14,  50,  51,  101, 104, 105, 107, 108,
                                   113, 127, 100, 166, 204, 219, 228, 229, 239, 276, 147};
constexpr unsigned kMostSteps = 64;
/// A step adds its own bytes, and at most the fixed part of a header, padding and room for a group's length.
constexpr std::size_t kMostPerStep = 512;

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
  [[nodiscard]] bool empty() const { return left_ == 0; }
  std::uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }
  std::uint64_t number(unsigned bytes) {
    std::uint64_t value = 0;
    while (bytes-- != 0) value = value << 8 | byte();
    return value;
  }
  Bytes bytes(std::size_t size) {
    const Bytes some(data_, std::min(size, left_));
    data_ += some.size();
    left_ -= some.size();
    return some;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

[[noreturn]] void wrong(const char* what, const std::vector<std::uint8_t>& bytes) {
  std::fprintf(stderr, "%s:", what);
  for (const std::uint8_t byte : bytes) std::fprintf(stderr, " %02x", byte);
  std::fprintf(stderr, "\n");
  std::abort();
}

/// What build() says of the packet of these bytes, which must be the bytes.
Packet taken_apart(const std::vector<std::uint8_t>& bytes, LinkType link_type) {
  std::vector<std::uint8_t> padded = bytes;
  padded.resize(bytes.size() + kPadding);
  RawPacket raw;
  raw.bytes = PaddedBytes(padded.data(), bytes.size());
  raw.original_length = static_cast<std::uint32_t>(bytes.size());
  raw.link_type = link_type;
  Packet packet = Packet::from(raw);
  const auto again = packet.build();
  if (!again) wrong(again.error().message().c_str(), bytes);
  if (*again != bytes) wrong("built otherwise", *again);
  return packet;
}

/// Of the layer's fields mostly, else of any.
std::string_view field_of(Input& input, std::string_view layer) {
  const Registry& registry = Registry::instance();
  const auto index = static_cast<std::size_t>(input.number(2));
  const RegisteredProtocol* protocol = registry.find_protocol(layer);
  if (protocol == nullptr || index % 64 == 63)
    protocol = &registry.protocols()[(index / 64) % registry.protocols().size()];
  const auto& fields = protocol->definition->fields;
  return fields.empty() ? "none" : fields[index % fields.size()]->name;
}

void step(Packet& packet, Input& input, std::string_view& layer) {
  static constexpr const char* kTexts[] = {"",
                                           ".",
                                           "a.b",
                                           "www.example.com",
                                           "<Root>",
                                           "192.0.2.1",
                                           "2001:db8::1",
                                           "02:00:00:00:00:01",
                                           "0xFFFFFFFFFFFFFFFF",
                                           "-1",
                                           "18446744073709551615",
                                           "00:11:22:33:44"};
  const auto& protocols = Registry::instance().protocols();
  switch (input.byte() % 10) {
    case 0:
      layer = protocols[input.byte() % protocols.size()].definition->name;
      packet.add(layer);
      break;
    case 1:
      layer = protocols[input.byte() % protocols.size()].definition->name;
      packet.edit(layer, input.byte() % 2);
      break;
    case 2:
    case 3: {
      const std::string_view field = field_of(input, layer);
      packet.set(field, input.number(input.byte() % 9));
      break;
    }
    case 4:
    case 5: {
      const std::string_view field = field_of(input, layer);
      packet.set(field, input.bytes(input.byte()));
      break;
    }
    case 6: {
      const std::string_view field = field_of(input, layer);
      packet.set(field, std::string_view(kTexts[input.byte() % std::size(kTexts)]));
      break;
    }
    case 7:
      packet.raw(input.bytes(input.byte() % 32));
      break;
    case 8:
      packet.behind(input.bytes(input.byte() % 32));
      break;
    default:
      packet.payload(input.bytes(input.byte()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 4096) return 0;
  Input input(data, size);
  Packet packet;
  std::string_view layer;
  if (input.byte() % 2 == 0) {
    const LinkType link_type = kLinkTypes[input.byte() % std::size(kLinkTypes)];
    const std::size_t length = std::min<std::size_t>(size - 2, size > 258 ? size - 2 - data[size - 1] : size);
    const Bytes bytes = input.bytes(length);
    packet = taken_apart({bytes.begin(), bytes.end()}, link_type);
    if (const auto computed = Packet(packet).recompute().build();
        computed && computed->size() > size + kMostPerStep)
      wrong("grew", *computed);
    if (const auto layers = packet.layers(); !layers.empty()) layer = layers.back();
  }
  unsigned steps = 0;
  for (; steps < kMostSteps && !input.empty(); ++steps) step(packet, input, layer);
  if (data[size - 1] % 2 == 0) packet.recompute();
  const auto built = packet.build();
  if (!built) return 0;
  if (built->size() > size + (steps + 1) * kMostPerStep) wrong("too much", *built);
  taken_apart(*built, packet.link_type());
  return 0;
}
