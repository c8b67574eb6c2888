// Packets dissected for the sake of their construction.
#pragma once

#include <vector>

#include "dissect/dissector.hpp"

namespace flowloom::construct {

/// A dissection in which every value is wanted, and every checksum.
class Reader {
 public:
  /// Both hold until the next call. `packet`'s bytes must live as long.
  const Tape& read(const RawPacket& packet);
  [[nodiscard]] const std::vector<ChecksumFound>& checksums() const { return checksums_; }
  /// The tape's indices of the layers that lie one in another. Those that a header has in its midst (chunks
  /// of SCTP) belong to it; the frame and what nobody knows are none.
  [[nodiscard]] const std::vector<std::size_t>& chain() const { return chain_; }

 private:
  Dissector dissector_{everything()};
  std::vector<ChecksumFound> checksums_;
  std::vector<std::size_t> chain_;

  static const Wanted& everything();
};

}  // namespace flowloom::construct
