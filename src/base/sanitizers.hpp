// What ThreadSanitizer must be told of stacks that one thread changes between. Nothing without it.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define FLOWLOOM_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FLOWLOOM_TSAN 1
#endif
#endif

#ifdef FLOWLOOM_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace flowloom {

#ifdef FLOWLOOM_TSAN
inline void* sanitizer_current_fiber() { return __tsan_get_current_fiber(); }
inline void* sanitizer_create_fiber() { return __tsan_create_fiber(0); }
inline void sanitizer_switch_to_fiber(void* fiber) { __tsan_switch_to_fiber(fiber, 0); }
inline void sanitizer_destroy_fiber(void* fiber) { __tsan_destroy_fiber(fiber); }
#else
inline void* sanitizer_current_fiber() { return nullptr; }
inline void* sanitizer_create_fiber() { return nullptr; }
inline void sanitizer_switch_to_fiber(void*) {}
inline void sanitizer_destroy_fiber(void*) {}
#endif

}  // namespace flowloom
