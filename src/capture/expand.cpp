// list_captures, expand_captures: what files the arguments of a command stand for.
#include <dirent.h>
#include <glob.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "base/endian.hpp"
#include "capture/problems.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {
namespace {

namespace fs = std::filesystem;

Error cannot(const char* action, const std::string& path, const std::error_code& why) {
  return Error{ErrorCode::io, std::string("cannot ") + action + ": " + why.message(), printable(path)};
}

void add(std::string path, bool unchecked, CaptureList& list) {
  list.paths.push_back(std::move(path));
  list.unchecked.push_back(unchecked);
}

/// What an entry of a folder is, of a symbolic link what it points to; none if it has just vanished.
fs::file_type type_of(const dirent& entry, const std::string& path) {
  if (entry.d_type == DT_REG) return fs::file_type::regular;  // most are: nothing is asked for these
  if (entry.d_type == DT_DIR) return fs::file_type::directory;
  std::error_code vanished;
  return fs::status(path, vanished).type();
}

/// Adds the files of a folder, and its folders to `folders`.
Result<> add_entries(const std::string& folder, std::vector<std::string>& files,
                     std::vector<std::string>& folders, CaptureList& list) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), &::closedir);
  const auto failed = [&] { return cannot("list", folder, {errno, std::generic_category()}); };
  if (entries == nullptr) return failed();
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(entries.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    std::string path;
    path.reserve(folder.size() + 1 + name.size());
    path += folder;
    if (path.back() != '/') path += '/';
    path += name;
    const fs::file_type type = type_of(*entry, path);
    if (type == fs::file_type::regular) {
      files.push_back(std::move(path));
    } else if (type == fs::file_type::directory) {
      std::error_code vanished;
      const bool link = entry->d_type != DT_DIR && fs::is_symlink(path, vanished);
      (link ? list.skipped : folders).push_back(std::move(path));
    } else if (entry->d_type == DT_LNK) {  // to nothing, or to what is no file
      list.skipped.push_back(std::move(path));
    }
  }
  if (errno != 0) return failed();
  return {};
}

/// By bytes, whatever the locale. Paths of a folder begin alike, and the eight bytes behind that tell most of
/// them apart: so few are compared where they lie in memory.
void sort_paths(std::vector<std::string>& paths) {
  if (paths.size() < 2) return;
  std::size_t alike = paths.front().size();
  for (const std::string& path : paths) {
    alike = static_cast<std::size_t>(
        std::ranges::mismatch(std::string_view(paths.front()).substr(0, alike), path).in1 -
        paths.front().data());
  }
  struct Entry {
    std::uint64_t begin;  ///< the bytes behind what is alike, 0 behind the path's end
    std::size_t index;
  };
  std::vector<Entry> entries;
  entries.reserve(paths.size());
  for (const std::string& path : paths) {
    std::array<std::uint8_t, 8> begin = {};
    std::memcpy(begin.data(), path.data() + alike, std::min(begin.size(), path.size() - alike));
    entries.push_back({load_be<8>(begin.data()), entries.size()});
  }
  std::ranges::sort(entries, [&](const Entry& a, const Entry& b) {
    return a.begin != b.begin ? a.begin < b.begin : paths[a.index] < paths[b.index];
  });
  std::vector<std::string> sorted;
  sorted.reserve(paths.size());
  for (const Entry& entry : entries) sorted.push_back(std::move(paths[entry.index]));
  paths = std::move(sorted);
}

/// Adds the files below a folder. Symbolic links to files are followed, those to folders are not, so that
/// nothing is read twice or for ever. A folder below that cannot be listed is in the list itself: to open it
/// fails, as with a file that cannot be read.
Result<> add_folder(const std::string& folder, CaptureList& list) {
  std::vector<std::string> files, folders, unlisted;
  if (auto added = add_entries(folder, files, folders, list); !added) return added;
  while (!folders.empty()) {
    std::string next = std::move(folders.back());
    folders.pop_back();
    if (!add_entries(next, files, folders, list)) unlisted.push_back(std::move(next));
  }
  files.insert(files.end(), unlisted.begin(), unlisted.end());
  sort_paths(files);
  std::ranges::sort(unlisted);
  std::ranges::sort(list.skipped);
  list.paths.reserve(list.paths.size() + files.size());
  for (std::string& path : files) {
    const bool unchecked = !std::ranges::binary_search(unlisted, path);
    add(std::move(path), unchecked, list);
  }
  return {};
}

/// What glob(3) makes of a pattern, sorted by bytes.
std::vector<std::string> matches_of(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  std::ranges::sort(paths);
  return paths;
}

Result<> add_path(const std::string& path, CaptureList& list) {
  if (path.contains('\0')) return cannot("open", path, std::make_error_code(std::errc::invalid_argument));
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found || status.type() == fs::file_type::none) {
    return cannot("open", path, error ? error : std::make_error_code(std::errc::no_such_file_or_directory));
  }
  if (status.type() == fs::file_type::directory) return add_folder(path, list);
  add(path, false, list);
  return {};
}

}  // namespace

Result<CaptureList> list_captures(const std::vector<std::string>& arguments) {
  CaptureList list;
  bool stdin_named = false;
  for (const std::string& argument : arguments) {
    if (argument == "-") {
      if (std::exchange(stdin_named, true)) {
        return Error{ErrorCode::usage, "is named twice, but can be read once", input_name(argument)};
      }
      add(argument, false, list);
      continue;
    }
    std::error_code error;
    const bool pattern = argument.find_first_of("*?[") != std::string::npos;
    if (!pattern || fs::symlink_status(argument, error).type() != fs::file_type::not_found) {
      if (Result<> r = add_path(argument, list); !r) return r.error();
      continue;
    }
    const std::vector<std::string> paths = matches_of(argument);
    if (paths.empty()) return Error{ErrorCode::usage, "no file matches", printable(argument)};
    for (const std::string& path : paths) {
      if (Result<> r = add_path(path, list); !r) return r.error();
    }
  }
  return list;
}

Result<CaptureList> expand_captures(const std::vector<std::string>& arguments) {
  auto all = list_captures(arguments);
  if (!all) return all.error();
  CaptureList list{.paths = {}, .skipped = std::move(all->skipped)};
  for (std::size_t i = 0; i < all->paths.size(); ++i) {
    const bool skip = all->is_unchecked(i) && holds_no_capture(CaptureReader::open(all->paths[i]));
    (skip ? list.skipped : list.paths).push_back(std::move(all->paths[i]));
  }
  return list;
}

}  // namespace flowloom
