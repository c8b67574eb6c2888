// Names for what is written beside its place and renamed when it is complete.
#pragma once

#include <filesystem>
#include <string>

namespace flowloom {

/// ".NAME.<random>.partial" in the folder of `target`, at most 255 bytes for the last part.
[[nodiscard]] std::string temporary_name(const std::filesystem::path& target);

}  // namespace flowloom
