// Names for what is written beside its place and renamed when it is complete.
#pragma once

#include <filesystem>
#include <string>

namespace flowloom {

/// ".NAME.<random>.partial" in the folder of `target`, at most 255 bytes for the last part.
[[nodiscard]] std::string temporary_name(const std::filesystem::path& target);

/// Where symbolic links at `path` lead, which may be nothing yet; `path` itself where it is none.
[[nodiscard]] std::filesystem::path follow_links(const std::filesystem::path& path);

}  // namespace flowloom
