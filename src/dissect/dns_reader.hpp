// Reads the data of a DNS record by the tables of dns_records.hpp and dns_security.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dissect/dissector.hpp"
#include "dissect/dns_steps.hpp"
#include "dissect/domain_name.hpp"

namespace flowloom::dns {

/// Goes through a record's data. Nothing is read behind its end, but for names: what a length says to be
/// there and is not is an anomaly, and ends the reading. Places count from the header's first byte.
class RecordReader {
 public:
  /// `message`: where names' places count from.
  RecordReader(Dissector& dissector, std::size_t message, std::size_t at, std::size_t end)
      : d_(dissector), message_(message), begin_(at), at_(at), end_(end) {}

  /// False if something of it is not there.
  bool run(std::span<const Step> steps);
  /// Again and again, up to the end.
  void repeat(std::span<const Step> steps);
  /// RFC 4034 §4.1.2: blocks of 256 types, a bit each.
  void types();
  /// Bytes that are a value, or an address that is shorter than one; false if they are not there.
  bool take(const Field& field, std::size_t size);
  /// Whether that many bytes are left; an anomaly if not.
  bool has(std::size_t size);
  void skip(std::size_t size) { at_ += size; }

  [[nodiscard]] Dissector& dissector() { return d_; }
  [[nodiscard]] DomainName name() { return read_domain_name(d_, at_, message_); }
  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t end() const { return end_; }
  [[nodiscard]] std::size_t left() const { return at_ < end_ ? end_ - at_ : 0; }
  /// The number that was read last.
  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  bool step(const Step& step);
  [[nodiscard]] std::uint64_t load(std::size_t size) const;

  Dissector& d_;
  std::size_t message_, begin_, at_, end_;
  std::uint64_t number_ = 0;
  std::size_t number_at_ = 0, number_size_ = 0;
};

/// How the data of a type lies: the steps, and what they do not say.
struct Form {
  std::uint16_t type;
  std::span<const Step> steps;
  void (*behind)(RecordReader&) = nullptr;
};
/// Sorted by type.
[[nodiscard]] std::span<const Form> security_forms();

/// The data of a record, but for SRV, SVCB and EDNS.
void read_record(RecordReader& reader, unsigned type);

}  // namespace flowloom::dns
