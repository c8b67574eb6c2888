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
    std::size_t begin = kNoPlace;  ///< bit where the group begins that begins with it
  };

  void add(const Value& value);
  [[nodiscard]] bool is_container(const Value& value) const;
  bool cover(std::size_t at, std::size_t size);
  void find_fills();
  [[nodiscard]] bool has_found(const Field& field) const;
  static bool is_nothing(const Placed& placed, std::size_t begin);
  void note_absent();
  void find_begins();
  void find_lengths();
  void fill_gaps();
  [[nodiscard]] std::size_t front() const;
  void order();
  void place(Placed& placed, std::size_t begin) const;
  [[nodiscard]] const Group* begun_by(const Placed& placed) const;
  void drop_filling(std::size_t index);
  [[nodiscard]] bool is_domain_name(const Field& field) const;
  [[nodiscard]] bool is_cut(const Field& field) const;
  [[nodiscard]] bool is_group_length(const Field& field) const;

  const Tape& tape_;
  const flowloom::Layer& source_;
  Layer& layer_;
  const Construction* how_;
  Bytes header_;
  bool literally_;
  std::vector<std::uint8_t> covered_;  ///< bits of the header that a value says
  std::vector<Placed> found_;
  // While they are put in order:
  const Group* open_ = nullptr;  ///< the group that was begun last
  std::size_t anchor_ = 0;       ///< byte that places of parsed fields count from
  std::size_t told_end_ = 0;     ///< byte where the group's length says that it ends; 0: not known
};

}  // namespace flowloom::construct
