// All protocols and fields by name, and what follows what.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dissect/field.hpp"

namespace flowloom {

struct RegisteredProtocol {
  const Protocol* definition = nullptr;
  std::uint16_t id = 0;  ///< counts from 0
};

/// What a name means: a protocol's layers, or fields (several if they share the name: occurrences in order).
struct Named {
  /// The one named, or those that list the fields (mDNS has DNS's): a field at a fixed place is in each of
  /// their headers.
  std::vector<const RegisteredProtocol*> protocols;
  std::vector<const Field*> fields;  ///< empty: the protocol itself
  bool parsed = false;               ///< some of the fields are looked for on the tape
  const Field* told = nullptr;       ///< the only field, if layers tell its value

  [[nodiscard]] bool of(const RegisteredProtocol* protocol) const {
    for (const RegisteredProtocol* one : protocols) {
      if (one == protocol) return true;
    }
    return false;
  }
};

class Registry {
 public:
  /// The one of this program; made at its first use.
  static const Registry& instance();

  [[nodiscard]] const std::deque<RegisteredProtocol>& protocols() const { return protocols_; }
  /// Null if there is none of that name. Names are Wireshark's.
  [[nodiscard]] const Named* find(std::string_view name) const;
  /// Also by PyPCAPKit's name, without regard to case.
  [[nodiscard]] const RegisteredProtocol* find_protocol(std::string_view name) const;
  /// All names that find() knows.
  void each_name(const std::function<void(std::string_view)>& use) const;

  /// The protocol that a parent's number leads to; null: none.
  [[nodiscard]] const RegisteredProtocol* follow(Table table, std::uint32_t value) const {
    if (value > 0xFFFF) return nullptr;
    const std::uint32_t key = key_of(table, static_cast<std::uint16_t>(value));
    for (std::size_t i = slot_of(key);; i = (i + 1) % kSlots) {
      const Slot& slot = slots_[i];
      if (slot.protocol == nullptr || slot.key == key) return slot.protocol;
    }
  }
  /// Whether UDP from or to that port may lead to something below an application: another header.
  [[nodiscard]] bool may_carry(std::uint16_t udp_port) const { return carrying_ports_[udp_port]; }
  [[nodiscard]] const RegisteredProtocol* registered(const Protocol& protocol) const;

 private:
  static constexpr std::size_t kSlots = 1024;
  struct Slot {
    std::uint32_t key = 0;
    const RegisteredProtocol* protocol = nullptr;
  };

  Registry();
  void add(const Protocol& protocol);
  void bind(const Binding& binding, const RegisteredProtocol& protocol);
  static std::uint32_t key_of(Table table, std::uint16_t value) {
    return static_cast<std::uint32_t>(table) << 16 | value;
  }
  static std::size_t slot_of(std::uint32_t key) { return (key * 0x9E3779B1U) >> 22; }

  std::deque<RegisteredProtocol> protocols_;  ///< their addresses stay
  std::unordered_map<std::string_view, Named> names_;
  std::unordered_map<const Protocol*, const RegisteredProtocol*> by_definition_;
  std::array<Slot, kSlots> slots_ = {};
  std::bitset<0x10000> carrying_ports_;
  std::size_t bindings_ = 0;
};

}  // namespace flowloom
