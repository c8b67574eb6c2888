#include "dissect/link/frame.hpp"

#include "base/time.hpp"
#include "dissect/dissector.hpp"

namespace flowloom::frame {

Next dissect(Dissector& d) {
  const RawPacket& packet = d.packet();
  if (d.wants_values()) {
    const std::int64_t now = packet.time.ns;
    const auto put_time = [&](const Field& field, std::int64_t ns) {
      d.put_number(field, static_cast<std::uint64_t>(ns), 0, 0);
    };
    put_time(time, now);
    put_time(time_epoch, now);
    put_time(time_delta, time_between(d.context().previous_time, now));
    put_time(time_relative, time_between(d.context().first_time, now));
    d.put_number(number, packet.number, 0, 0);
    d.put_number(len, packet.original_length, 0, 0);
    d.put_number(cap_len, packet.bytes.size(), 0, 0);
    if (d.context().numbered_interfaces) d.put_number(interface_id, packet.interface, 0, 0);
  }
  return d.to(Table::link_type, packet.link_type);
}

}  // namespace flowloom::frame
