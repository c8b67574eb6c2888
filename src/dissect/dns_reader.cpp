#include "dissect/dns_reader.hpp"

#include <bit>
#include <limits>

#include "dissect/dns_records.hpp"

namespace flowloom::dns {

bool RecordReader::run(std::span<const Step> steps) {
  for (const Step& one : steps) {
    if (!step(one)) return false;
  }
  return true;
}

void RecordReader::repeat(std::span<const Step> steps) {
  while (left() != 0 && run(steps)) {
  }
}

bool RecordReader::has(std::size_t size) {
  if (at_ <= end_ && size <= end_ - at_ && d_.has(at_ + size)) return true;
  if (d_.has(end_)) d_.anomaly("record_data", at_, size, left());  // else the record is cut, which was told
  return false;
}

bool RecordReader::take(const Field& field, std::size_t size) {
  if (!has(size)) return false;
  if (field.kind == Kind::none) {
    d_.put_number(field, 0, at_, size);
  } else {
    d_.put(field, at_, size);
  }
  at_ += size;
  return true;
}

std::uint64_t RecordReader::load(std::size_t size) const {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : d_.bytes(at_, size)) number = number << 8 | byte;
  return number;
}

bool RecordReader::step(const Step& step) {
  using As = Step::As;
  const auto bits = [&](std::uint64_t number) {
    return step.mask == 0 ? number : (number & step.mask) >> std::countr_zero(step.mask);
  };
  switch (step.as) {
    case As::plain:
      if (step.field.kind != Kind::uint && step.field.kind != Kind::flag) return take(step.field, step.size);
      if (!has(step.size)) return false;
      number_ = bits(load(step.size));
      number_at_ = at_;
      number_size_ = step.size;
      d_.put_number(step.field, number_, at_, step.size);
      at_ += step.size;
      return true;
    case As::part: {
      const Dissector::Below below(d_);
      d_.put_number(step.field, bits(number_), number_at_, number_size_);
      return true;
    }
    case As::ahead:
      if (!has(step.size)) return false;
      d_.put_number(step.field, bits(load(step.size)), at_, step.size);
      return true;
    case As::seconds: {
      constexpr std::uint64_t kSecond = 1'000'000'000;
      if (!has(step.size)) return false;
      const std::uint64_t seconds = load(step.size);
      if (seconds <= std::numeric_limits<std::int64_t>::max() / kSecond) {
        d_.put_number(step.field, seconds * kSecond, at_, step.size);
      } else {
        d_.anomaly("record_time", at_);
      }
      at_ += step.size;
      return true;
    }
    case As::name: {
      if (!has(1)) return false;
      const DomainName found = name();
      if (found.end == 0) return false;
      d_.put_made(step.field, found.text(), at_, found.end - at_);
      at_ = found.end;
      return true;
    }
    case As::counted:
      return take(step.field, number_);
    case As::some:
      return number_ == 0 || take(step.field, number_);
    case As::rest:
      return left() == 0 || take(step.field, left());
  }
  return true;
}

void RecordReader::types() {
  while (left() >= 2 && d_.has(at_ + 2)) {
    unsigned first = d_.u8(at_) * 256U;
    const std::size_t next = std::min(at_ + 2 + d_.u8(at_ + 1), end_);
    for (at_ += 2; at_ < next; ++at_, first += 8) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        if ((d_.u8(at_) & (0x80U >> bit)) != 0) d_.put_number(resp_type, first + bit, at_, 1);
      }
    }
  }
}

}  // namespace flowloom::dns
