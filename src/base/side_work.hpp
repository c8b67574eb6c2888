// Work that pauses in its middle, in the thread of who waits for it: where another thread would make what
// this one takes, and the system gives none.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <functional>

namespace flowloom {

/// Has a stack of its own, so that work can pause from within any calls. Not to be moved: the stack knows its
/// place. Who owns it resumes it to its end before it is destroyed, unless it has not begun.
class SideWork {
 public:
  /// `work` must not throw; it begins with the first resume(). Throws std::bad_alloc without room for a
  /// stack.
  explicit SideWork(std::function<void()> work);
  ~SideWork();
  SideWork(const SideWork&) = delete;
  SideWork& operator=(const SideWork&) = delete;

  /// By who waits: goes on until pause() or the end. Not after the end.
  void resume();
  /// By the work: goes on with who waits.
  void pause();
  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  static void enter();
  void leave();

  std::function<void()> work_;
  std::byte* stack_ = nullptr;  ///< below it, a page that nothing may touch
  ucontext_t inside_ = {}, outside_ = {};
  void *inside_fiber_ = nullptr, *outside_fiber_ = nullptr;  ///< what ThreadSanitizer calls them
  bool begun_ = false, ended_ = false;
};

}  // namespace flowloom
