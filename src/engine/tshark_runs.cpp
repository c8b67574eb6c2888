#include "engine/tshark_runs.hpp"

namespace flowloom {

Result<> TsharkRuns::start(std::size_t capture) {
  auto started = TsharkRun::start(run_.question()->tshark(), captures_[capture], run_.reads_all(),
                                  [this] { return run_.asked_to_go_on(); });
  runs_[capture] = started ? std::move(*started) : nullptr;
  if (!started) return started.error();
  return {};
}

const TsharkFrame* TsharkRuns::at(std::size_t capture, std::uint64_t offset) {
  auto found = runs_.find(capture);
  if (found == runs_.end()) {
    if (auto started = start(capture); !started) problems_.push_back({started.error(), false});
    found = runs_.find(capture);
  }
  return found->second != nullptr ? found->second->at(offset) : nullptr;
}

void TsharkRuns::end(TsharkRun& tshark, TsharkRun::Extent read) {
  if (auto problem = tshark.end(read)) problems_.push_back({std::move(*problem), false});
}

void TsharkRuns::end(std::size_t capture, bool whole) {
  const auto found = runs_.find(capture);
  if (found == runs_.end()) return;
  if (found->second != nullptr)
    end(*found->second, whole ? TsharkRun::Extent::whole : TsharkRun::Extent::damaged);
  runs_.erase(found);
}

void TsharkRuns::end_all(std::vector<InputProblem>& problems) {
  for (auto& [capture, tshark] : runs_) {
    if (tshark != nullptr) end(*tshark, TsharkRun::Extent::part);
  }
  runs_.clear();
  problems.insert(problems.end(), problems_.begin(), problems_.end());
}

}  // namespace flowloom
