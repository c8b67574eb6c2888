// What messages call a capture, and how its damage is told.
#pragma once

#include <string>

#include "capture/printable.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {

inline std::string input_name(const std::string& path) {
  return path == "-" ? "standard input" : printable(path);
}

/// Whether a file certainly holds no capture. What cannot be opened may be one.
inline bool holds_no_capture(const Result<CaptureReader>& opened) {
  if (!opened) return opened.error().code == ErrorCode::not_a_capture;
  return opened->format() == CaptureFormat::empty;
}

/// The damage as an Error that names file and offset.
inline Error damage_of(const std::string& path, const Damage& damage) {
  return {ErrorCode::damaged, damage.reason, input_name(path) + ", offset " + std::to_string(damage.offset)};
}

}  // namespace flowloom
