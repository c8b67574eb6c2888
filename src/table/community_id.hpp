// Community ID version 1, https://github.com/corelight/community-id-spec: a flow's name that other tools
// compute too.
#pragma once

#include <cstdint>
#include <string>

#include "track/flow.hpp"

namespace flowloom {

/// "1:" and the base64 of a SHA-1, with seed 0.
[[nodiscard]] std::string community_id(const Flow& flow);

}  // namespace flowloom
