#include "capture/looks_like.hpp"

#include <gtest/gtest.h>

#include "capture/printable.hpp"
#include "capture_bytes.hpp"

namespace flowloom {
namespace {

using namespace std::literals;

std::string look(std::string_view text, bool whole = true) { return looks_like(to_bytes(text), whole); }

TEST(LooksLike, ManyKinds) {
  const std::pair<std::string_view, std::string_view> kinds[] = {
      {"", "an empty file"},
      {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv, "a PNG image"},
      {"\xff\xd8\xff\xe0\0\x10JFIF"sv, "a JPEG image"},
      {"GIF89a\x01\x01"sv, "a GIF image"},
      {"\x7f"
       "ELF\2\1\1"sv,
       "an ELF program or library"},
      {"%PDF-1.7\n", "a PDF document"},
      {"PK\x03\x04\x14\0"sv, "a zip archive"},
      {"PAR1\x15\0"sv, "a Parquet file"},
      {"ARROW1\0\0"sv, "an Arrow file"},
      {"SQLite format 3\0\x10"sv, "an SQLite database"},
      {"{\"a\": 1}\n", "JSON text"},
      {"  [1, 2]\n", "JSON text"},
      {"<!DOCTYPE html>\n<html>", "HTML text"},
      {"<?xml version=\"1.0\"?>\n", "XML text"},
      {"<svg>\n", "XML or HTML text"},
      {"time,src,dst\n1,2,3\n4,5,6\n", "a table of text (CSV or the like)"},
      {"time\tsrc\n1\t2\n", "a table of text (CSV or the like)"},
      {"hello, world\nno table\n", "text"},
      {"#!/bin/sh\n", "a script"},
      {"\n \t \n", "white space"},
      {"gr\xc3\xbc\xc3\x9f dich\n", "text"},
      {"snoop\0\0\0\0\0\0\2"sv, "a snoop capture, which is not read"},
      {"BZh91AY&SY", "bzip2-compressed data, which are not read"},
      {"\0\0\0\0\0\0"sv, "zero bytes only"},
      {"\x01\x02\xff", "3 bytes: 01 02 ff"},
      {"\xfe", "1 byte: fe"},
      {"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x1b[31m", "data that start with 01 02 03 04 05 06 07 08 …"},
  };
  for (const auto& [bytes, name] : kinds) EXPECT_EQ(look(bytes), name);
  std::string tar(512, 'a');
  tar.replace(257, 5, "ustar");
  EXPECT_EQ(look(tar, false), "a tar archive");
}

TEST(LooksLike, ReadersSayIt) {
  const WholeCapture c = read_bytes(to_bytes("<html><body>Not found"));
  ASSERT_TRUE(c.error);
  EXPECT_EQ(c.error->code, ErrorCode::not_a_capture);
  EXPECT_EQ(c.error->message(), "test.pcap: no capture; it looks like HTML text");
}

TEST(Printable, NothingSteersATerminal) {
  EXPECT_EQ(printable("a b~.pcap"), "a b~.pcap");
  EXPECT_EQ(printable("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\xa6\x88"),
            "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\xa6\x88");
  EXPECT_EQ(printable("\x1b[31m\n\x7f"sv), "\\x1b[31m\\x0a\\x7f");
  EXPECT_EQ(printable("\0"sv), "\\x00");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m");  // a C1 control character
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "fdp"),
            "\\xe2\\x80\\xaefdp");  // right-to-left override
  EXPECT_EQ(printable("\xff\xc3(\xc0\xaf\xed\xa0\x80"), "\\xff\\xc3(\\xc0\\xaf\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");
}

}  // namespace
}  // namespace flowloom
