// Libraries that few runs need, loaded by the first that does. libpcap (which brings libdbus, libsystemd and
// libgcrypt) and libcrypto would take a third of the time in which the command starts, and none of their code
// has to lie in a process that reads hostile input without them.
#pragma once

#include <dlfcn.h>

#include <optional>
#include <string>

#include "flowloom/error.hpp"

namespace flowloom {

/// Once loaded it stays, also behind the end of this.
class LateLibrary {
 public:
  /// `user`: what needs it, for messages.
  LateLibrary(const char* name, const char* user)
      : library_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)), user_(user) {
    if (library_ == nullptr) fail();
  }

  /// One of its functions.
  template <class Function>
  LateLibrary& find(const char* name, Function*& function) {
    if (failure_) return *this;
    function = reinterpret_cast<Function*>(::dlsym(library_, name));
    if (function == nullptr) fail();
    return *this;
  }

  /// Why it or one of the functions is not there.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  void fail() {
    const char* const why = ::dlerror();
    failure_ =
        Error{ErrorCode::unsupported,
              std::string(user_) + " needs a library that does not load: " + (why != nullptr ? why : "?"),
              {}};
  }

  void* library_;
  const char* user_;
  std::optional<Error> failure_;
};

}  // namespace flowloom
