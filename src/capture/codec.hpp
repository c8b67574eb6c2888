// The four decompressors behind one interface.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "flowloom/capture.hpp"

namespace flowloom {

/// Decompresses one member (gzip member, zstd or lz4 frame, xz stream) at a time.
class Codec {
 public:
  enum class Step : std::uint8_t {
    more,        ///< needs input or room for output
    member_end,  ///< restart() before the next
    failed,      ///< the data are corrupt, or need too much memory: reason() says it
  };

  virtual ~Codec() = default;

  /// Takes bytes from [in, in_end) and writes to [out, out_end), moving both begins. `last` says that no more
  /// input will ever come. Output before a fault in the data is kept as far as the library gives it.
  virtual Step step(const std::uint8_t*& in, const std::uint8_t* in_end, std::uint8_t*& out,
                    std::uint8_t* out_end, bool last) = 0;
  virtual void restart() = 0;
  [[nodiscard]] const std::string& reason() const { return reason_; }

 protected:
  Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;

  std::string reason_;
};

/// Null if there is no memory for it. `compression` is not none.
std::unique_ptr<Codec> make_codec(Compression compression);

}  // namespace flowloom
