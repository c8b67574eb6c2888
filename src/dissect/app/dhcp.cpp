#include "dissect/app/dhcp.hpp"

#include <algorithm>
#include <cstring>

#include "dissect/dissector.hpp"

namespace flowloom::dhcp {
namespace {

enum class Shape : std::uint8_t { number, numbers, addresses, text };
struct Option {
  std::uint8_t code;
  const Field* field;
  Shape shape;
};
constexpr Option kOptions[] = {{1, &opt_subnet_mask, Shape::addresses},
                               {2, &opt_time_offset, Shape::number},
                               {3, &opt_router, Shape::addresses},
                               {4, &opt_time_server, Shape::addresses},
                               {5, &opt_name_server, Shape::addresses},
                               {6, &opt_domain_name_server, Shape::addresses},
                               {7, &opt_log_server, Shape::addresses},
                               {8, &opt_quotes_server, Shape::addresses},
                               {9, &opt_lpr_server, Shape::addresses},
                               {10, &opt_impress_server, Shape::addresses},
                               {11, &opt_resource_location_server, Shape::addresses},
                               {12, &opt_hostname, Shape::text},
                               {13, &opt_boot_file_size, Shape::number},
                               {14, &opt_merit_dump_file, Shape::text},
                               {15, &opt_domain_name, Shape::text},
                               {16, &opt_swap_server, Shape::addresses},
                               {17, &opt_root_path, Shape::text},
                               {18, &opt_extension_path, Shape::text},
                               {19, &opt_ip_forwarding, Shape::number},
                               {20, &opt_non_local_source_routing, Shape::number},
                               {22, &opt_max_datagram_reassembly_size, Shape::number},
                               {23, &opt_default_ip_ttl, Shape::number},
                               {24, &opt_path_mtu_aging_timeout, Shape::number},
                               {25, &opt_path_mtu_plateau_table_item, Shape::number},
                               {26, &opt_interface_mtu, Shape::number},
                               {27, &opt_all_subnets_are_local, Shape::number},
                               {28, &opt_broadcast_address, Shape::addresses},
                               {29, &opt_perform_mask_discovery, Shape::number},
                               {30, &opt_mask_supplier, Shape::number},
                               {31, &opt_perform_router_discover, Shape::number},
                               {32, &opt_router_solicitation_address, Shape::addresses},
                               {35, &opt_arp_cache_timeout, Shape::number},
                               {36, &opt_ethernet_encapsulation, Shape::number},
                               {37, &opt_tcp_default_ttl, Shape::number},
                               {38, &opt_tcp_keepalive_interval, Shape::number},
                               {39, &opt_tcp_keepalive_garbage, Shape::number},
                               {40, &opt_nis_domain, Shape::text},
                               {41, &opt_nis_server, Shape::addresses},
                               {42, &opt_ntp_server, Shape::addresses},
                               {44, &opt_netbios_over_tcpip_name_server, Shape::addresses},
                               {45, &opt_netbios_over_tcpip_dd_name_server, Shape::addresses},
                               {46, &opt_netbios_over_tcpip_node_type, Shape::number},
                               {47, &opt_netbios_over_tcpip_scope, Shape::text},
                               {48, &opt_xwindows_system_font_server, Shape::addresses},
                               {49, &opt_xwindows_system_display_manager, Shape::addresses},
                               {50, &opt_requested_ip_address, Shape::addresses},
                               {51, &opt_ip_address_lease_time, Shape::number},
                               {52, &opt_option_overload, Shape::number},
                               {53, &opt_dhcp, Shape::number},
                               {54, &opt_dhcp_server_id, Shape::addresses},
                               {55, &opt_request_list_item, Shape::numbers},
                               {56, &opt_message, Shape::text},
                               {57, &opt_dhcp_max_message_size, Shape::number},
                               {58, &opt_renewal_time_value, Shape::number},
                               {59, &opt_rebinding_time_value, Shape::number},
                               {60, &opt_vendor_class_id, Shape::text},
                               {64, &opt_nis_plus_domain, Shape::text},
                               {65, &opt_nis_plus_server, Shape::addresses},
                               {66, &opt_tftp_server_name, Shape::text},
                               {67, &opt_bootfile_name, Shape::text}};

bool is_ethernet(std::uint8_t hardware) { return hardware == 1 || hardware == 6; }

/// RFC 2132 §9.14: seven bytes are taken for a hardware type and address, as Wireshark does.
void put_client_identifier(Dissector& d, std::size_t at, std::size_t size) {
  constexpr std::uint8_t kLastHardware = 47;
  const std::uint8_t hardware = d.u8(at);
  if (size != 7 || hardware == 0 || hardware > kLastHardware) return;
  d.put(id_hw_type, at, 1);
  if (is_ethernet(hardware)) d.put(id_mac_address, at + 1, 6);
}

void put_content(Dissector& d, std::uint8_t code, std::size_t at, std::size_t size) {
  d.put(option_value, at, size);
  constexpr std::uint8_t kClientIdentifier = 61;
  if (code == kClientIdentifier) put_client_identifier(d, at, size);
  const auto* option = std::lower_bound(std::begin(kOptions), std::end(kOptions), code,
                                        [](const Option& known, std::uint8_t c) { return known.code < c; });
  if (option == std::end(kOptions) || option->code != code || size == 0) return;
  const Field& field = *option->field;
  switch (option->shape) {
    case Shape::number:
      if (size == field.storage / 8U) d.put(field, at, size);
      return;
    case Shape::numbers:
      for (std::size_t i = 0; i < size; ++i) d.put(field, at + i, 1);
      return;
    case Shape::addresses:
      for (std::size_t i = 0; i + 4 <= size; i += 4) d.put(field, at + i, 4);
      return;
    case Shape::text:
      d.put(field, at, size);
      return;
  }
}

/// RFC 2132 §2.
void put_options(Dissector& d, std::size_t at) {
  constexpr std::uint8_t kPad = 0, kEnd = 255;
  for (std::uint8_t code = kPad; code != kEnd && d.has(at + 1);) {
    code = d.u8(at);
    d.put(option_type, at, 1);
    const Dissector::Below below(d);
    if (code == kPad || code == kEnd) {
      std::size_t next = at + 1;
      while (code == kPad && next < d.captured() && d.u8(next) == kPad) ++next;
      at = next;
      continue;
    }
    const std::size_t size = d.u8(at + 1);
    d.put(option_length, at + 1, 1);
    if (!d.has(at + 2 + size)) {
      d.anomaly("option_length", at, 2 + size, d.captured() - at);
      return;
    }
    put_content(d, code, at + 2, size);
    at += 2 + size;
  }
}

void put_name(Dissector& d, const Field& field, std::size_t at, std::size_t size) {
  const Bytes name = d.bytes(at, size);
  if (!name.empty() && name[0] != 0)
    d.put(field, at, strnlen(reinterpret_cast<const char*>(name.data()), name.size()));
}

}  // namespace

Next dissect(Dissector& d) {
  constexpr std::size_t kAddress = 28, kAddressSize = 16, kCookie = 236, kOptionsBegin = 240;
  constexpr std::uint32_t kMagic = 0x63825363;
  const auto header = d.header<protocol>();
  d.set_header(d.captured());
  if (!d.wants_values()) return Next::nothing();
  const std::size_t size = std::min<std::size_t>(header.get<hw_len>(), kAddressSize);
  const std::uint8_t hardware = header.get<hw_type>();
  if (size == 6 && is_ethernet(hardware)) {
    d.put(mac_address);
  } else if (size != 0) {
    d.put(hw_address, kAddress, size);
  }
  if (size < kAddressSize) d.put(padding, kAddress + size, kAddressSize - size);
  put_name(d, server, 44, 64);
  put_name(d, file, 108, 128);
  if (!d.has(kOptionsBegin) || d.u32(kCookie) != kMagic) return Next::nothing();
  d.put(cookie);
  put_options(d, kOptionsBegin);
  return Next::nothing();
}

}  // namespace flowloom::dhcp
