// Every header table of the project, for tests that hold for all of them.
#pragma once

#include <algorithm>
#include <utility>

#include "dissect/all_protocols.hpp"

namespace flowloom {

/// Calls `visit.operator()<P>()` for each protocol of protocols.def.
template <class Visit>
void for_each_protocol(Visit visit) {
#define FLOWLOOM_PROTOCOL(folder, stem, space) visit.template operator()<space::protocol>();
#include "dissect/protocols.def"
#undef FLOWLOOM_PROTOCOL
}

/// Whether a field can be a template argument.
template <const Field&>
struct FieldName {};

template <const Protocol& P, std::size_t I, class Visit>
void visit_field(Visit& visit) {
  if constexpr (P.fields[I]->width != 0 && P.fields[I]->bit + P.fields[I]->width <= P.min_length * 8U) {
    if constexpr (requires { typename FieldName<*P.fields[I]>; })
      visit.template operator()<P, *P.fields[I]>();
  }
}

/// Fields from the Begin-th on, so many at a time as compilers nest expressions.
template <const Protocol& P, std::size_t Begin, class Visit>
void visit_fields(Visit& visit) {
  constexpr std::size_t kAtOnce = 100, kCount = std::min(kAtOnce, P.fields.size() - Begin);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit_field<P, Begin + I>(visit), ...);
  }(std::make_index_sequence<kCount>{});
  if constexpr (Begin + kCount < P.fields.size()) visit_fields<P, Begin + kCount>(visit);
}

/// Calls `visit.operator()<P, F>()` for each field F in the fixed header of each protocol P; not for those of
/// parts that may stand at several places, which are elements of arrays and so no template arguments.
template <class Visit>
void for_each_field(Visit visit) {
  for_each_protocol([&]<const Protocol & P>() { visit_fields<P, 0>(visit); });
}

}  // namespace flowloom
