// What tshark answers where this program has no answer of its own: fields and filters that it does not know.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "dissect/dissector.hpp"
#include "dissect/field.hpp"
#include "engine/child_process.hpp"
#include "engine/tshark_answers.hpp"
#include "flowloom/error.hpp"
#include "flowloom/filter.hpp"

namespace flowloom {

/// An installed tshark, of version 3.0 or later, and what it is asked of every packet.
class TsharkQuestion {
 public:
  /// `filter`: empty: none. `texts`: all values as it prints them. Null: no such tshark is installed, or it
  /// cannot answer either; `why_not` says which, to be put behind an error. Errors: io (it cannot be asked).
  static Result<std::shared_ptr<const TsharkQuestion>> make(const std::string& filter, FilterDialect dialect,
                                                            const std::vector<std::string>& fields,
                                                            bool texts, std::string& why_not);

  [[nodiscard]] bool filters() const { return !filter_.empty(); }
  /// The fields, with the types that tshark says; those that it prints in ways of their own are texts.
  [[nodiscard]] const std::deque<Field>& fields() const { return fields_; }
  /// "tshark 4.0.17 answers for tls.handshake.type"
  [[nodiscard]] std::string remark() const;
  /// What to start for the capture at `path`.
  [[nodiscard]] std::vector<std::string> command(const std::string& path) const;

 private:
  TsharkQuestion() = default;
  Result<bool> find(std::string& why_not);
  Result<bool> learn_types(const std::vector<std::string>& names, bool texts, std::string& why_not);
  Result<bool> accepts_filter(FilterDialect dialect, std::string& why_not);

  std::string program_, version_, filter_;
  int major_ = 0, minor_ = 0;
  std::deque<std::string> names_, titles_;
  std::deque<Field> fields_;
};

/// Those of the installed tshark's names that are most like this one; empty if it cannot be asked.
std::vector<std::string> tshark_names_like(const std::string& name);

/// Makes standard input a file, which holds what is read from it. Errors: io.
Result<> spool_standard_input(const std::stop_token& stop);

/// tshark at work on one capture, and its answers in the order of the packets. They are joined by the place
/// of the packets in the file: tshark's numbers also count blocks that are no packets.
class TsharkRun {
 public:
  /// How much of the capture was read here.
  enum class Extent : std::uint8_t {
    whole,
    damaged,  ///< up to a damage
    part,     ///< no more was wanted
  };

  /// Starts it. `path`: "-": standard input, which must be a file. What is compressed is put into a temporary
  /// file. `all_asked`: at() will be called for every packet. `go_on` is asked now and then while it is
  /// waited for. Errors: io, usage.
  static Result<std::unique_ptr<TsharkRun>> start(std::shared_ptr<const TsharkQuestion> question,
                                                  const std::string& path, bool all_asked,
                                                  std::function<bool()> go_on);

  /// What it says of the packet whose bytes begin at `offset` of the (uncompressed) capture; null: nothing.
  /// Offsets must rise from call to call.
  const TsharkFrame* at(std::uint64_t offset);
  /// To be asked once all packets have been read: what went wrong. Answers that lack, or are of packets that
  /// are none, are among that.
  std::optional<Error> end(Extent read);

  [[nodiscard]] const TsharkQuestion& question() const { return *question_; }

 private:
  TsharkRun(std::shared_ptr<const TsharkQuestion> question, ChildProcess process, std::string path,
            bool all_asked, std::function<bool()> go_on);

  bool next_frame();
  void leave_frame();
  void fail(std::string what);

  std::shared_ptr<const TsharkQuestion> question_;
  ChildProcess process_;
  std::string path_;
  bool all_asked_;
  std::function<bool()> go_on_;
  bool read_to_end_ = false;  ///< what it prints
  TsharkAnswers answers_;
  TsharkFrame frame_;
  bool have_frame_ = false, frame_used_ = false;
  std::string failed_;  ///< empty: not
};

}  // namespace flowloom
