// What tshark prints of packets, as values.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dissect/dissector.hpp"
#include "dissect/field.hpp"
#include "flowloom/error.hpp"

namespace flowloom {

/// What tshark says of one packet: it is one that its filter found.
struct TsharkFrame {
  // Fields that tell of which packet it is:
  static constexpr std::string_view kOffset = "frame.file_off";
  static constexpr std::string_view kOfPackets = "frame.encap_type";  ///< which nothing else has,
  static constexpr std::string_view kOfTimes = "frame.offset_shift";  ///< … nor what has no time

  std::uint64_t offset = 0;  ///< of its record in the (uncompressed) capture; 0: of none
  bool is_packet = false;    ///< or a block of a pcapng that tshark counts as a frame, too
  bool has_time = false;
  std::vector<std::uint8_t> packed;  ///< its values; columns are indexes into the question's fields
};

/// Adds values that it says of a packet to the tape of that packet.
void attach(Dissector& dissector, std::span<const std::uint8_t> packed);

/// The answers of `tshark -T json -e frame.file_off -e …`, in the order of the packets. They may be any
/// bytes: values that are not of their field's type are left out and counted, all else that is wrong ends
/// them. A packet's values are limited in number and bytes.
class TsharkAnswers {
 public:
  /// Fills the buffer; 0 at the end.
  using Read = std::function<Result<std::size_t>(char* out, std::size_t most)>;

  /// `fields` must live as long.
  TsharkAnswers(const std::deque<Field>& fields, Read read);

  /// False at the end, or if it failed: the frame's offset is then behind all others. Offsets rise.
  bool next(TsharkFrame& frame);

  [[nodiscard]] const std::string& failed() const { return failed_; }  ///< empty: not
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }
  [[nodiscard]] const std::string& unreadable_name() const { return unreadable_name_; }

 private:
  static constexpr std::uint64_t kNoMore = ~std::uint64_t{0};

  bool next_frame();
  void take_value(const std::string& name, const std::string& text);
  int next_char();
  int next_token();
  bool read_string(std::string& out);
  void fail(std::string what);

  const std::deque<Field>* fields_;
  Read read_;
  std::map<std::string, std::uint32_t, std::less<>> columns_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, filled_ = 0;
  bool ended_ = false;
  TsharkFrame frame_;
  bool opened_ = false, closed_ = false;  ///< brackets of the list
  std::size_t values_ = 0;                ///< of the frame
  std::string failed_;
  std::uint64_t unreadable_ = 0;  ///< values that are not what their type says
  std::string unreadable_name_;
};

}  // namespace flowloom
