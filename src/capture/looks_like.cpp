#include "capture/looks_like.hpp"

#include <algorithm>
#include <cstddef>

#include "base/decimal.hpp"

namespace flowloom {
namespace {

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view name;
};

using namespace std::literals;

// Longer ones before those that they begin with.
constexpr Magic kMagics[] = {
    {0, "\x89PNG\r\n\x1a\n"sv, "a PNG image"},
    {0, "\xff\xd8\xff"sv, "a JPEG image"},
    {0, "GIF8"sv, "a GIF image"},
    {0,
     "\x7f"
     "ELF"sv,
     "an ELF program or library"},
    {0, "%PDF-"sv, "a PDF document"},
    {0, "PK\x03\x04"sv, "a zip archive"},
    {0, "PK\x05\x06"sv, "an empty zip archive"},
    {0, "Rar!\x1a\x07"sv, "a RAR archive"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive"},
    {0, "PAR1"sv, "a Parquet file"},
    {0, "ARROW1"sv, "an Arrow file"},
    {0, "SQLite format 3\0"sv, "an SQLite database"},
    {0, "snoop\0\0\0"sv, "a snoop capture, which is not read"},
    {0, "\x34\xcd\xb2\xa1"sv, "a pcap file of an unknown variant"},
    {0, "\x0a\x0d\x0d\x0a"sv, "a pcapng file without a byte-order magic"},
    {0, "XCP\0"sv, "a NetXRay or Windows Sniffer capture, which is not read"},
    {0, "TRSNIFF data    \x1a"sv, "a DOS Sniffer capture, which is not read"},
    {0, "GMBU"sv, "a Network Monitor capture, which is not read"},
    {0, "RTSS"sv, "a Network Monitor capture, which is not read"},
    {0, "btsnoop\0"sv, "a btsnoop capture, which is not read"},
    {0, "\x7fver"sv, "an EtherPeek/OmniPeek capture, which is not read"},
    {0, "BZh"sv, "bzip2-compressed data, which are not read"},
    {0, "\x1f\x9d"sv, "data compressed by compress(1), which are not read"},
    {0, "\x02\x21\x4c\x18"sv, "lz4-compressed data of the legacy format, which are not read"},
    {0, "\x5d\0\0"sv, "lzma-compressed data of the legacy format, which are not read"},
    {0, "\x1f\x8b"sv, "gzip-compressed data"},
    {0, "\x28\xb5\x2f\xfd"sv, "zstd-compressed data"},
    {0, "\x04\x22\x4d\x18"sv, "lz4-compressed data"},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "xz-compressed data"},
    {257, "ustar"sv, "a tar archive"},
    {0, "MZ"sv, "a Windows program"},
    {0, "!<arch>\n"sv, "a Unix library archive or Debian package"},
    {0, "#!"sv, "a script"},
    {0, "\xef\xbb\xbf"sv, "text (UTF-8)"},
    {0, "\xff\xfe"sv, "text (UTF-16)"},
    {0, "\xfe\xff"sv, "text (UTF-16)"},
};

std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Bytes of text: no control characters but white space. Not the last few, which may cut a UTF-8 character.
bool is_text(std::string_view s) {
  return std::ranges::all_of(s, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x20 ? u != 0x7f : u == '\t' || u == '\n' || u == '\r' || u == '\f';
  });
}

bool starts_with_word(std::string_view s, std::string_view lower_case) {
  return s.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), s.begin(),
                    [](char l, char c) { return l == (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
}

std::string_view kind_of_text(std::string_view s) {
  const std::size_t start = s.find_first_not_of(" \t\r\n\f");
  if (start == std::string_view::npos) return "white space";
  s.remove_prefix(start);
  if (starts_with_word(s, "<!doctype html") || starts_with_word(s, "<html")) return "HTML text";
  if (starts_with_word(s, "<?xml")) return "XML text";
  if (s[0] == '<') return "XML or HTML text";
  if (s[0] == '{' || s[0] == '[') return "JSON text";
  const std::string_view line = s.substr(0, s.find('\n'));
  if (line.size() < s.size() && line.find_first_of(",;\t") != std::string_view::npos) {
    const char separator = line[line.find_first_of(",;\t")];
    const std::string_view second = s.substr(line.size() + 1);
    if (std::ranges::count(line, separator) ==
        std::ranges::count(second.substr(0, second.find('\n')), separator))
      return "a table of text (CSV or the like)";
  }
  return "text";
}

}  // namespace

std::string looks_like(Bytes head, bool whole) {
  if (head.empty()) return "an empty file";
  const std::string_view s = as_text(head);
  for (const Magic& magic : kMagics) {
    if (s.size() > magic.offset && s.substr(magic.offset).starts_with(magic.bytes))
      return std::string(magic.name);
  }
  if (std::ranges::all_of(head, [](std::uint8_t b) { return b == 0; })) return "zero bytes only";
  if (head.size() >= 4 && is_text(s)) return std::string(kind_of_text(s));

  constexpr std::size_t kShown = 8;
  std::string hex;
  for (const std::uint8_t b : head.first(std::min(head.size(), kShown))) {
    hex += ' ';
    append_hex_byte(hex, b);
  }
  if (whole && head.size() <= kShown) {
    return (head.size() == 1 ? "1 byte:" : std::to_string(head.size()) + " bytes:") + hex;
  }
  return "data that start with" + hex + " \xe2\x80\xa6";
}

}  // namespace flowloom
