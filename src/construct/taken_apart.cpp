#include "construct/taken_apart.hpp"

#include "dissect/link/data.hpp"

namespace flowloom::construct {

const Wanted& Reader::everything() {
  static const Wanted all = [] {
    Wanted wanted = Wanted::all();
    const Registry& registry = Registry::instance();
    for (const RegisteredProtocol& protocol : registry.protocols()) {
      for (const Field* field : protocol.definition->fields) {
        if (field->name.ends_with(".checksum.status")) wanted.add(*registry.find(field->name));
      }
    }
    return wanted;
  }();
  return all;
}

const Tape& Reader::read(const RawPacket& packet) {
  checksums_.clear();
  dissector_.note_checksums(&checksums_);
  const Tape& tape = dissector_.dissect(packet);
  chain_.clear();
  std::size_t end = 0;
  for (std::size_t i = 1; i < tape.layers.size(); ++i) {
    const Layer& layer = tape.layers[i];
    if (layer.offset < end || layer.protocol->definition == &data::protocol) continue;
    chain_.push_back(i);
    end = std::size_t{layer.offset} + layer.header;
  }
  return tape;
}

}  // namespace flowloom::construct
