#include "base/side_work.hpp"

#include <sys/mman.h>

#include <cassert>
#include <cstdint>
#include <new>
#include <utility>

#include "base/sanitizers.hpp"

namespace flowloom {
namespace {

constexpr std::size_t kStackBytes = std::size_t{8}
                                    << 20;  ///< as threads have; touched pages alone cost memory
constexpr std::size_t kGuardBytes = std::size_t{64} << 10;  ///< a page, whatever its size is

thread_local SideWork* entering = nullptr;  ///< makecontext() passes nothing but numbers of type int

}  // namespace

SideWork::SideWork(std::function<void()> work) : work_(std::move(work)) {
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
  void* room = ::mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, kFlags, -1, 0);
  if (room == MAP_FAILED) throw std::bad_alloc();
  stack_ = static_cast<std::byte*>(room);
  if (::mprotect(stack_, kGuardBytes, PROT_NONE) != 0) {
    ::munmap(stack_, kStackBytes);
    throw std::bad_alloc();
  }
}

SideWork::~SideWork() {
  assert(!begun_ || ended_);
  if (inside_fiber_ != nullptr) sanitizer_destroy_fiber(inside_fiber_);
  ::munmap(stack_, kStackBytes);
}

void SideWork::enter() {
  SideWork& self = *entering;
  self.work_();
  self.ended_ = true;
  self.leave();
}

void SideWork::leave() {
  sanitizer_switch_to_fiber(outside_fiber_);
  ::swapcontext(&inside_, &outside_);
}

void SideWork::resume() {
  assert(!ended_);
  outside_fiber_ = sanitizer_current_fiber();
  if (!std::exchange(begun_, true)) {
    ::getcontext(&inside_);
    inside_.uc_stack.ss_sp = stack_ + kGuardBytes;
    inside_.uc_stack.ss_size = kStackBytes - kGuardBytes;
    ::makecontext(&inside_, &SideWork::enter, 0);
    entering = this;
    inside_fiber_ = sanitizer_create_fiber();
  }
  sanitizer_switch_to_fiber(inside_fiber_);
  ::swapcontext(&outside_, &inside_);
}

void SideWork::pause() { leave(); }

}  // namespace flowloom
