// Every header table of the project, for tests that hold for all of them.
#pragma once

#include <utility>

#include "dissect/field.hpp"
#include "dissect/link/ethernet.hpp"
#include "dissect/link/mpls.hpp"
#include "dissect/link/pppoe.hpp"
#include "dissect/link/vlan.hpp"
#include "dissect/net/ipv4.hpp"
#include "dissect/net/ipv6.hpp"
#include "dissect/net/ipv6_fragment.hpp"
#include "dissect/transport/icmp.hpp"
#include "dissect/transport/sctp.hpp"
#include "dissect/transport/tcp.hpp"
#include "dissect/transport/udp.hpp"
#include "dissect/tunnel/geneve.hpp"
#include "dissect/tunnel/gre.hpp"
#include "dissect/tunnel/gtp.hpp"
#include "dissect/tunnel/l2tp.hpp"
#include "dissect/tunnel/vxlan.hpp"

namespace flowloom {

/// Calls `visit.operator()<P>()` for each protocol of protocols.def.
template <class Visit>
void for_each_protocol(Visit visit) {
#define FLOWLOOM_PROTOCOL(folder, stem, space) visit.template operator()<space::protocol>();
#include "dissect/protocols.def"
#undef FLOWLOOM_PROTOCOL
}

/// Calls `visit.operator()<P, F>()` for each field F of each protocol P.
template <class Visit>
void for_each_field(Visit visit) {
  for_each_protocol([&]<const Protocol & P>() {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (visit.template operator()<P, *P.fields[I]>(), ...);
    }(std::make_index_sequence<P.fields.size()>{});
  });
}

}  // namespace flowloom
