// expand_captures: what files the arguments of a command stand for.
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "capture/printable.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {
namespace {

namespace fs = std::filesystem;

Error cannot(const char* action, const std::string& path, const std::error_code& why) {
  return Error{ErrorCode::io, std::string("cannot ") + action + ": " + why.message(), printable(path)};
}

/// Whether a file certainly holds no capture. What cannot be opened may be one: opening it again will say
/// why.
bool holds_no_capture(const std::string& path) {
  const Result<CaptureReader> reader = CaptureReader::open(path);
  if (!reader) return reader.error().code == ErrorCode::not_a_capture;
  return reader->format() == CaptureFormat::empty;
}

/// Adds the captures below a folder. Symbolic links to files are followed, those to folders are not, so that
/// nothing is read twice or for ever.
Result<> add_folder(const std::string& folder, CaptureList& list) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  if (error) return cannot("list", folder, error);
  while (entry != fs::recursive_directory_iterator()) {
    std::error_code ignored;  // of an entry that just vanished: then it is no file
    if (entry->is_regular_file(ignored) || (entry->is_symlink(ignored) && entry->is_directory(ignored))) {
      files.push_back(entry->path().native());
    }
    const std::string here = entry->path().native();
    entry.increment(error);
    if (error) return cannot("list", here, error);
  }
  std::ranges::sort(files);  // by bytes, whatever the locale
  for (std::string& path : files) {
    const bool skip = fs::is_directory(path, error) || holds_no_capture(path);
    (skip ? list.skipped : list.paths).push_back(std::move(path));
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
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found || status.type() == fs::file_type::none) {
    return cannot("open", path, error ? error : std::make_error_code(std::errc::no_such_file_or_directory));
  }
  if (status.type() == fs::file_type::directory) return add_folder(path, list);
  list.paths.push_back(path);
  return {};
}

}  // namespace

Result<CaptureList> expand_captures(const std::vector<std::string>& arguments) {
  CaptureList list;
  for (const std::string& argument : arguments) {
    if (argument == "-") {
      list.paths.push_back(argument);
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

}  // namespace flowloom
