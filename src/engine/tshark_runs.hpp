// tshark at work on the captures of a run, one process each, from a capture's first packet to its last.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/run_input.hpp"

namespace flowloom {

class TsharkRuns {
 public:
  /// The run's question must ask tshark.
  TsharkRuns(RunInput& run, std::vector<std::string> captures) : run_(run), captures_(std::move(captures)) {}

  /// Errors: as TsharkRun::start.
  Result<> start(std::size_t capture);
  /// As TsharkRun::at, of that capture; it is started when it is asked first.
  const TsharkFrame* at(std::size_t capture, std::uint64_t offset);
  /// No packet of the capture comes any more. `whole`: it was read to its end without a damage.
  void end(std::size_t capture, bool whole);
  /// Ends them all, as no more is wanted, and tells what went wrong in any.
  void end_all(std::vector<InputProblem>& problems);

 private:
  void end(TsharkRun& tshark, TsharkRun::Extent read);

  RunInput& run_;
  std::vector<std::string> captures_;
  std::map<std::size_t, std::unique_ptr<TsharkRun>> runs_;  ///< null: it could not be started
  std::vector<InputProblem> problems_;
};

}  // namespace flowloom
