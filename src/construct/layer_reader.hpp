// The values of a header that was captured, with where they stand.
#pragma once

#include <cstdint>
#include <vector>

#include "construct/layer.hpp"
#include "dissect/construction.hpp"
#include "dissect/dissector.hpp"

namespace flowloom::construct {

class LayerReader {
 public:
  /// `index`: the tape's.
  /// `literally`: domain names as they are on the wire.
  LayerReader(const Tape& tape, std::size_t index, Layer& layer, bool literally = false)
      : tape_(tape),
        source_(tape.layers[index]),
        layer_(layer),
        how_(layer.protocol->construction),
        header_(source_.data, source_.header),
        literally_(literally),
        covered_(source_.header) {}

  /// Adds the parts, in the order of their places; all bytes and bits are some part's.
  void read();

 private:
  /// A value and the bits of the header that say it.
  struct Placed {
    Part part;
    std::size_t at, size;
    std::size_t order = 0;
  };

  void add(const Value& value);
  [[nodiscard]] bool is_container(const Value& value) const;
  bool cover(std::size_t at, std::size_t size);
  void note_absent();
  void find_lengths();
  void fill_gaps();
  [[nodiscard]] std::size_t front() const;
  void order();
  [[nodiscard]] bool is_domain_name(const Field& field) const;
  [[nodiscard]] bool is_group_length(const Field& field) const;

  const Tape& tape_;
  const flowloom::Layer& source_;
  Layer& layer_;
  const Construction* how_;
  Bytes header_;
  bool literally_;
  std::vector<std::uint8_t> covered_;  ///< bits of the header that a value says
  std::vector<Placed> found_;
};

}  // namespace flowloom::construct
