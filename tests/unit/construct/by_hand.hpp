// Packets made of fields, for the tests and for the judge: nothing is set that can be filled in.
#pragma once

#include <vector>

#include "by_hand_lower.hpp"
#include "by_hand_upper.hpp"

namespace flowloom::by_hand {

inline std::vector<Made> all() {
  std::vector<Made> made;
  for (auto&& some : {links(), networks(), transports(), tunnels(), applications()})
    made.insert(made.end(), some.begin(), some.end());
  return made;
}

}  // namespace flowloom::by_hand
