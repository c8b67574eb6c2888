// Community ID version 1, https://github.com/corelight/community-id-spec: a flow's name that other tools
// compute too.
#pragma once

#include <cstdint>
#include <string>

#include "flowloom/error.hpp"
#include "track/flow.hpp"

namespace flowloom {

/// Errors: unsupported, where libcrypto is not there.
[[nodiscard]] Result<> prepare_community_ids();

/// "1:" and the base64 of a SHA-1, with seed 0. Pre: prepare_community_ids() succeeds.
[[nodiscard]] std::string community_id(const Flow& flow);

}  // namespace flowloom
