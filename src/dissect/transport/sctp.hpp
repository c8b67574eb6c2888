#pragma once

#include "dissect/field.hpp"

namespace flowloom::sctp {
using namespace make;
inline constexpr Field srcport = make::uint("sctp.srcport", 0, 2, "Source port");
inline constexpr Field dstport = make::uint("sctp.dstport", 2, 2, "Destination port");
inline constexpr Field verification_tag = make::uint("sctp.verification_tag", 4, 4, "Verification tag");
inline constexpr Field checksum = make::uint("sctp.checksum", 8, 4, "Checksum");
inline constexpr const Field* fields[] = {&srcport, &dstport, &verification_tag, &checksum};
inline constexpr Protocol protocol{"sctp", "Stream Control Transmission Protocol", "RFC 9260", 12, fields};
static_assert(well_formed(protocol));
}  // namespace flowloom::sctp
