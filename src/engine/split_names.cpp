#include "engine/split_names.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "base/ip_protocols.hpp"
#include "base/utf8.hpp"
#include "flowloom/address.hpp"
#include "write/text.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kLongestLabel = 120;  // addresses, ports and numbers find room in 255 bytes

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string text) {
  for (char& c : text) c = lower(c);
  return text;
}

/// CON, COM1, …: not to be used up to the first dot.
bool is_device(std::string_view name) {
  const std::string base = lower(std::string(name.substr(0, name.find('.'))));
  constexpr std::array<std::string_view, 4> kNames = {"con", "prn", "aux", "nul"};
  if (std::ranges::find(kNames, base) != kNames.end()) return true;
  return base.size() == 4 && (base.starts_with("com") || base.starts_with("lpt")) && base[3] >= '0' &&
         base[3] <= '9';
}

std::string escaped(std::string_view bytes) {
  std::string out;
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

/// The protocol's keyword in upper case; '-' for what is no letter, digit, '+', '.' or '-' ("A/N").
std::string protocol_label(std::uint8_t protocol) {
  std::string label;
  for (const char c : ip_protocol_name(protocol)) {
    if (c >= 'a' && c <= 'z') {
      label += static_cast<char>(c - 'a' + 'A');
    } else {
      label += (c >= '0' && c <= '9') || c == '+' || c == '.' ? c : '-';
    }
  }
  return label;
}

}  // namespace

std::string capture_label(std::string_view path) {
  if (path == "-") return "stdin";
  if (const auto slash = path.rfind('/'); slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const bool device = is_device(path);
  std::string label;
  while (!path.empty()) {
    const Utf8Step step = utf8_step(path);
    const std::string_view character = path.substr(0, step.length);
    const bool forbidden =
        step.length == 1 && std::string_view("<>:\"/\\|?*%").find(character) != std::string_view::npos;
    const bool plain = step.valid && !is_control(step.code) && !forbidden && !(device && label.empty());
    const std::string shown = plain ? std::string(character) : escaped(character);
    if (label.size() + shown.size() > kLongestLabel) break;
    label += shown;
    path.remove_prefix(step.length);
  }
  return label;
}

void SplitNames::append_address(const FlowKey& key, unsigned end, std::string& out) const {
  char text[kMaxAddressText];
  char* const stop = write_address(key.address[end].data(), key.version, text);
  const bool dots = naming_ == SplitNaming::splitcap;
  std::replace_if(text, stop, [dots](char c) { return c == ':' || (dots && c == '.'); }, '-');
  out.append(static_cast<const char*>(text), static_cast<const char*>(stop));
}

std::string SplitNames::flow(const Flow& flow) const {
  const FlowKey& key = flow.key;
  const std::string protocol = protocol_label(key.protocol);
  std::string out;
  out.reserve(capture_.size() + protocol.size() + 2 * kMaxAddressText + 16);
  out += capture_;
  if (naming_ == SplitNaming::splitcap) out.append(".").append(protocol);
  for (unsigned i = 0; i < 2; ++i) {
    const unsigned end = i ^ flow.initiator;
    out += '_';
    append_address(key, end, out);
    if (key.has_ports()) out.append("_").append(std::to_string(key.port[end]));
  }
  if (naming_ == SplitNaming::flowloom) out.append("_").append(protocol);
  return out;
}

std::string SplitNames::host(const FlowKey& key, unsigned end) const {
  std::string out = capture_ + (naming_ == SplitNaming::splitcap ? ".Host_" : "_");
  append_address(key, end, out);
  return out;
}

std::string SplitNames::host_pair(const FlowKey& key) const {
  std::string out = capture_ + (naming_ == SplitNaming::splitcap ? ".HostPair_" : "_");
  append_address(key, 0, out);
  out += '_';
  append_address(key, 1, out);
  return out;
}

std::string SplitNames::port(const Flow& flow) const {
  const std::string protocol = protocol_label(flow.key.protocol);
  if (!flow.key.has_ports()) return capture_ + "_" + protocol;
  return capture_ + "_" + std::to_string(flow.key.port[1U - flow.initiator]) + "_" + protocol;
}

std::string SplitNames::time(Timestamp begin, bool whole_seconds) const {
  using namespace std::chrono;
  // By hand: the second that the smallest time lies in begins before what 64 bits of ns hold.
  const std::int64_t fraction = (begin.ns % kNsPerSecond + kNsPerSecond) % kNsPerSecond;
  const sys_seconds second{seconds{begin.ns / kNsPerSecond - (begin.ns % kNsPerSecond < 0 ? 1 : 0)}};
  if (naming_ == SplitNaming::splitcap && whole_seconds) {
    return capture_ + ".Seconds_" + std::to_string(second.time_since_epoch().count());
  }
  const auto day = floor<days>(second);
  const year_month_day date(day);
  const hh_mm_ss clock(second - day);
  char text[80];
  std::snprintf(text, sizeof text, "_%04d%02u%02uT%02d%02d%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string out = capture_ + static_cast<const char*>(text);
  if (!whole_seconds) {
    std::snprintf(text, sizeof text, ".%09d", static_cast<int>(fraction));
    out += static_cast<const char*>(text);
  }
  return out + "Z";
}

std::string SplitNames::piece(std::uint64_t number) const {
  const std::string digits = std::to_string(number);
  if (naming_ == SplitNaming::splitcap) return capture_ + ".Packets_" + digits;
  return capture_ + "_" + std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
}

/// How often the name was given out; of one that is new, 0.
std::uint64_t& UniqueNames::times(std::string_view name) {
  lowered_.assign(name);
  for (char& c : lowered_) c = lower(c);
  const auto known = taken_.find(std::string_view(lowered_));
  return known != taken_.end() ? known->second
                               : taken_.try_emplace(std::pmr::string(lowered_, &memory_)).first->second;
}

std::string UniqueNames::take(std::string label, std::string_view extension) {
  std::uint64_t& number = times(label);
  if (++number == 1) return label.append(extension);
  // A numbered name may itself be taken by a capture of such a name.
  for (;; ++number) {
    std::string numbered = label + "_" + std::to_string(number);
    if (std::uint64_t& other = times(numbered); other == 0) {
      other = 1;
      return numbered.append(extension);
    }
  }
}

}  // namespace flowloom
