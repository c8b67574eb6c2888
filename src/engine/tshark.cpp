#include "engine/tshark.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "dissect/similar_names.hpp"
#include "filter/filter.hpp"

namespace flowloom {
namespace {

constexpr int kOldest = 3;  ///< major version

/// Of an installed program of that name; empty: none.
std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    if (folder.empty()) continue;
    std::string program = std::string(folder) + "/" + name;
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

/// Calls use(line) for each line of what the program prints, until it says false.
template <class Use>
Result<ChildProcess::End> lines_of(const std::vector<std::string>& command, int input, Use use) {
  auto process = ChildProcess::start(command, input);
  if (!process) return process.error();
  std::string line;
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    const auto got = process->read(buffer.data(), buffer.size());
    if (!got) return got.error();
    if (*got == 0) break;
    line.append(buffer.data(), *got);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = line.find('\n', begin)) != std::string::npos; begin = end + 1) {
      use(std::string_view(line).substr(begin, end - begin));
    }
    line.erase(0, begin);
  }
  return process->wait();
}

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  for (;;) {
    const std::size_t tab = line.find('\t');
    cells.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return cells;
    line.remove_prefix(tab + 1);
  }
}

/// What values of Wireshark's type are here; of others, tshark's own texts are kept.
Kind kind_of(std::string_view type) {
  if (type == "FT_NONE") return Kind::none;
  if (type == "FT_BOOLEAN") return Kind::flag;
  if (type.starts_with("FT_UINT") && type != "FT_UINT_BYTES" && type != "FT_UINT_STRING") return Kind::uint;
  if (type == "FT_FRAMENUM") return Kind::uint;
  if (type.starts_with("FT_INT")) return Kind::sint;
  if (type == "FT_FLOAT" || type == "FT_DOUBLE") return Kind::real;
  if (type == "FT_BYTES" || type == "FT_UINT_BYTES") return Kind::bytes;
  if (type == "FT_RELATIVE_TIME") return Kind::duration;
  return Kind::text;
}

bool is_name(const std::string& name) {
  return !name.empty() && name.front() != '-' && std::ranges::all_of(name, [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
}

std::string listed(const std::deque<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// Calls use(name, line's cells) for each field and protocol that the program knows.
template <class Use>
Result<ChildProcess::End> known_fields(const std::string& program, Use use) {
  return lines_of({program, "-G", "fields"}, -1, [&](std::string_view line) {
    const auto cells = cells_of(line);
    if (cells.size() >= 3 && (cells[0] == "P" || (cells[0] == "F" && cells.size() >= 4)))
      use(cells[2], cells);
  });
}

}  // namespace

std::vector<std::string> tshark_names_like(const std::string& name) {
  const std::string program = find_program("tshark");
  if (program.empty()) return {};
  SimilarNames similar(name);
  const auto end =
      known_fields(program, [&](std::string_view known, const auto& /*cells*/) { similar.look_at(known); });
  return end ? similar.best() : std::vector<std::string>();
}

Result<std::shared_ptr<const TsharkQuestion>> TsharkQuestion::make(const std::string& filter,
                                                                   FilterDialect dialect,
                                                                   const std::vector<std::string>& fields,
                                                                   bool texts, std::string& why_not) {
  std::shared_ptr<TsharkQuestion> question(new TsharkQuestion);
  question->filter_ = filter;
  auto good = question->find(why_not);
  if (good && *good && !fields.empty()) good = question->learn_types(fields, texts, why_not);
  if (good && *good && !filter.empty()) good = question->accepts_filter(dialect, why_not);
  if (!good) return good.error();
  if (!*good) return std::shared_ptr<const TsharkQuestion>();
  return std::shared_ptr<const TsharkQuestion>(std::move(question));
}

Result<bool> TsharkQuestion::find(std::string& why_not) {
  program_ = find_program("tshark");
  if (program_.empty()) {
    why_not = "Wireshark's tshark, if it were installed, might know";
    return false;
  }
  std::string first;
  auto end = lines_of({program_, "--version"}, -1, [&](std::string_view line) {
    if (first.empty()) first = line;
  });
  if (!end) return end.error();
  const std::size_t digit = first.find_first_of("0123456789");
  if (digit != std::string::npos)
    version_ = first.substr(digit, first.find_first_not_of("0123456789.", digit) - digit);
  major_ = std::atoi(version_.c_str());
  if (const auto dot = version_.find('.'); dot != std::string::npos)
    minor_ = std::atoi(version_.c_str() + dot + 1);
  if (major_ >= kOldest) return true;
  why_not = program_ + " is not version 3.0 or later";
  return false;
}

Result<bool> TsharkQuestion::learn_types(const std::vector<std::string>& names, bool texts,
                                         std::string& why_not) {
  struct Found {
    std::string title;
    Kind kind = Kind::text;
  };
  std::map<std::string, Found, std::less<>> found;
  auto end = known_fields(program_, [&](std::string_view known, const auto& cells) {
    const auto name = std::ranges::find(names, known);
    if (name == names.end()) return;
    const Kind kind = cells[0] == "P" ? Kind::none : kind_of(cells[3]);
    const auto [entry, is_new] = found.try_emplace(*name, Found{std::string(cells[1]), kind});
    if (!is_new && entry->second.kind != kind) entry->second.kind = Kind::text;
  });
  if (!end) return end.error();
  for (const std::string& name : names) {
    const auto known = found.find(name);
    if (known == found.end() || !is_name(name)) {
      why_not = "tshark " + version_ + " does not know \"" + name + "\" either";
      return false;
    }
    Field& field = fields_.emplace_back();
    field.name = names_.emplace_back(name);
    field.title = titles_.emplace_back(known->second.title);
    field.kind = texts ? Kind::text : known->second.kind;
    field.parsed = true;
  }
  return true;
}

Result<bool> TsharkQuestion::accepts_filter(FilterDialect dialect, std::string& why_not) {
  // 3.6 has 4's `!=` and sets beside 3's order of `or` and `and`: neither dialect.
  const bool three = major_ == 3 && minor_ < 5;
  const bool theirs = dialect == FilterDialect::wireshark3 ? three : major_ >= 4;
  if (!theirs && !same_in_all_dialects(filter_)) {
    why_not = "tshark " + version_ + " reads this filter in another way than --filter-dialect says";
    return false;
  }
  static constexpr std::uint8_t kEmptyCapture[24] = {0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0,
                                                     0,    0,    0,    0,    0, 0, 4, 0, 1, 0, 0, 0};
  auto empty = make_unnamed_file();
  if (!empty) return empty.error();
  if (auto written = write_all(*empty, kEmptyCapture); !written) return written.error();
  auto end = lines_of(command(ChildProcess::kInputPath), empty->get(), [](std::string_view) {});
  if (!end) return end.error();
  if (end->status == 0) return true;
  why_not = "tshark " + version_ + " does not take this filter either";
  return false;
}

std::string TsharkQuestion::remark() const {
  std::string text = "tshark " + version_ + " answers for ";
  if (filters()) text += "the filter";
  if (filters() && !names_.empty()) text += " and ";
  return text + listed(names_) + ", which flowloom itself does not know: it reads the whole capture, slowly";
}

std::vector<std::string> TsharkQuestion::command(const std::string& path) const {
  // Names of hosts are not looked up. JSON keeps apart whatever is in the values.
  std::vector<std::string> words = {program_, "-n",  "-2", "-r", path, "-o", "frame.show_file_off:TRUE",
                                    "-T",     "json"};
  std::deque<std::string> asked = names_;
  for (const std::string_view own : {TsharkFrame::kOffset, TsharkFrame::kOfPackets, TsharkFrame::kOfTimes}) {
    if (std::ranges::find(asked, own) == asked.end()) asked.emplace_back(own);
  }
  for (std::string& name : asked) words.insert(words.end(), {"-e", std::move(name)});
  if (filters()) words.insert(words.end(), {"-Y", filter_});
  return words;
}

}  // namespace flowloom
