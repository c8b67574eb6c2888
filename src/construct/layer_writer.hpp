// A header of a layer's parts.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "construct/domain_names.hpp"
#include "construct/header_bits.hpp"
#include "construct/layer.hpp"
#include "dissect/construction.hpp"
#include "flowloom/error.hpp"

namespace flowloom::construct {

/// What a layer is among others.
struct Around {
  const Protocol* outside = nullptr;
  const Protocol* inside = nullptr;
  std::size_t payload = 0;  ///< bytes of what is inside
};

class LayerWriter {
 public:
  LayerWriter(const Layer& layer, const Around& around);

  /// Errors: usage, named by field.
  Result<std::vector<std::uint8_t>> write();

 private:
  struct Open {
    const Group* group;
    std::size_t start;            ///< byte of the header
    std::size_t length;           ///< bit of the length to be filled in; kNoPlace: none
    std::size_t room = kNoPlace;  ///< bit of the length behind a tag
    bool summed = false;          ///< its checksum was set, or is not to be filled in
    std::uint32_t set = 0;        ///< those of the group's head, by their bits
    std::uint64_t count = 0;      ///< values of what is counted
  };

  Result<> part(std::size_t index);
  Result<> begin_groups(std::size_t index);
  Result<> counted(const Group& group, std::size_t index);
  void begin_tagged();
  void reserve_length(std::size_t index);
  Result<> close(std::uint8_t level, bool filled = true);
  Result<> count(const Open& open);
  Result<> joined(std::size_t index);
  Result<> name(const Part& part, const std::string& text);
  Result<> fill(const Fill& fill, bool lengths);
  void reserve_front(const Fill& fill);
  Result<> reserve_message();
  void reserve_announced();
  [[nodiscard]] bool says(const Field& field, std::uint64_t value) const;
  [[nodiscard]] std::size_t kept_of(std::size_t index) const;
  Result<> put_length(const Open& open, std::size_t counted);
  std::size_t place_of(const Part& part);
  [[nodiscard]] std::uint64_t count_of(const Fill& fill) const;
  Result<std::int64_t> length_of(const Fill& fill) const;
  void pad();

  Result<> number(const Field& field, std::uint64_t shown, std::size_t at, std::size_t width);
  [[nodiscard]] std::size_t size_of(const Part& part) const;
  [[nodiscard]] bool is_filled(const Field& field) const;

  const Layer& layer_;
  const Around& around_;
  const Construction& how_;
  HeaderBits out_;
  std::size_t end_ = 0;     ///< bit where the next part is appended
  std::size_t anchor_ = 0;  ///< byte that places of parsed fields count from
  std::vector<Open> open_;
  std::size_t carried_ = 0;  ///< bytes behind the last group
  std::vector<const Field*> filled_;
  std::vector<std::pair<const Field*, std::size_t>> announced_;  ///< and their bits
  std::string joined_;                                           ///< a name's parts so far
  const Field* front_ = nullptr;                                 ///< stands before the message
  std::size_t message_ = 0;  ///< byte that pointers of domain names count from
  DomainNames names_;
};

}  // namespace flowloom::construct
