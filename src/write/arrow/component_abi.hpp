// The C border between libflowloom and the components that link Arrow C++ (libflowloom_arrow.so,
// libflowloom_parquet.so). Nothing of Arrow's C++ crosses it, so that libflowloom needs no Arrow to be built,
// linked or started.
#pragma once

#include <cstdint>

#include "flowloom/arrow_c_data.hpp"

extern "C" {

/// Where a file's bytes go: 0 for success. What went wrong is remembered by whoever is behind `context`.
typedef int (*FlowloomArrowSink)(void* context, const void* bytes, std::int64_t count);

/// `count` keys and as many values, each ended by a zero byte.
struct FlowloomArrowMetadata {
  std::int64_t count;
  const char* const* keys;
  const char* const* values;
};

/// Why a call failed, cut to its room.
struct FlowloomArrowError {
  char message[512];
};

struct FlowloomArrowFile;

/// A component's one exported object, named kFlowloomArrowSymbol. Functions return null or non-zero after
/// filling `error`. What is passed as ArrowSchema or ArrowArray is consumed, also by a call that fails.
struct FlowloomArrowComponent {
  std::uint32_t abi;  ///< kFlowloomArrowAbi of the component; the rest only holds if it is the caller's
  /// `threads`: that may work on a batch, the caller's among them.
  FlowloomArrowFile* (*open)(std::uint32_t threads, ArrowSchema* schema, FlowloomArrowSink sink,
                             void* context, FlowloomArrowError* error);
  int (*write)(FlowloomArrowFile* file, ArrowArray* batch, FlowloomArrowError* error);
  /// Writes what ends the file, with more metadata.
  int (*finish)(FlowloomArrowFile* file, const FlowloomArrowMetadata* metadata, FlowloomArrowError* error);
  void (*destroy)(FlowloomArrowFile* file);
};
}

inline constexpr std::uint32_t kFlowloomArrowAbi = 3;
inline constexpr const char* kFlowloomArrowSymbol = "flowloom_arrow_component";
