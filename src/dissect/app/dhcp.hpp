#pragma once

#include "dissect/construction.hpp"
#include "dissect/field.hpp"

namespace flowloom::dhcp {
using namespace make;
inline constexpr Label kTypes[] = {{1, "request"}, {2, "reply"}};
inline constexpr Field type = make::uint("dhcp.type", 0, 1, "Kind of message").named(kTypes);
inline constexpr Field hw_type = make::uint("dhcp.hw.type", 1, 1, "Hardware type").hex();
inline constexpr Field hw_len = make::uint("dhcp.hw.len", 2, 1, "Length of the hardware address, bytes");
inline constexpr Field hops = make::uint("dhcp.hops", 3, 1, "Relays passed");
inline constexpr Field id = make::uint("dhcp.id", 4, 4, "Transaction identifier").hex();
inline constexpr Field secs = make::uint("dhcp.secs", 8, 2, "Time since the client began, s");
inline constexpr Field flags = make::uint("dhcp.flags", 10, 2, "Flags").hex();
inline constexpr Field broadcast = flag("dhcp.flags.bc", 80, "Answer by broadcast").in(16);
inline constexpr Field reserved = bits("dhcp.flags.reserved", 81, 15, "Reserved").hex();
inline constexpr Field client = make::ipv4("dhcp.ip.client", 12, "Client's address");
inline constexpr Field your = make::ipv4("dhcp.ip.your", 16, "Address given to the client");
inline constexpr Field server_address = make::ipv4("dhcp.ip.server", 20, "Next server's address");
inline constexpr Field relay = make::ipv4("dhcp.ip.relay", 24, "Relay agent's address");
inline constexpr Field mac_address = make::mac("dhcp.hw.mac_addr", 28, "Client's MAC address").when_parsed();
inline constexpr Field hw_address = value("dhcp.hw.addr", Kind::bytes, "Client's hardware address");
inline constexpr Field padding =
    value("dhcp.hw.addr_padding", Kind::bytes, "Bytes behind the hardware address");
inline constexpr Field server = value("dhcp.server", Kind::text, "Server's host name");
inline constexpr Field file = value("dhcp.file", Kind::text, "Boot file name");
// Of the client identifier (option 61), which has them as the header does.
inline constexpr Field id_hw_type = value("dhcp.hw.type", Kind::uint, "Hardware type", 8).hex();
inline constexpr Field id_mac_address = value("dhcp.hw.mac_addr", Kind::mac, "Client's MAC address");
inline constexpr Field cookie = make::ipv4("dhcp.cookie", 236, "Magic cookie").when_parsed();
inline constexpr Field option_type = value("dhcp.option.type", Kind::uint, "Option", 8);
inline constexpr Field option_length = value("dhcp.option.length", Kind::uint, "Option's length, bytes", 8);
inline constexpr Field option_value = value("dhcp.option.value", Kind::bytes, "Option's content");
inline constexpr Field opt_subnet_mask = value("dhcp.option.subnet_mask", Kind::ipv4, "Subnet mask");
inline constexpr Field opt_time_offset =
    value("dhcp.option.time_offset", Kind::sint, "Offset from UTC, s", 32);
inline constexpr Field opt_router = value("dhcp.option.router", Kind::ipv4, "Router");
inline constexpr Field opt_time_server = value("dhcp.option.time_server", Kind::ipv4, "Time server");
inline constexpr Field opt_name_server =
    value("dhcp.option.name_server", Kind::ipv4, "Name server (IEN 116)");
inline constexpr Field opt_domain_name_server =
    value("dhcp.option.domain_name_server", Kind::ipv4, "Domain name server");
inline constexpr Field opt_log_server = value("dhcp.option.log_server", Kind::ipv4, "Log server");
inline constexpr Field opt_quotes_server = value("dhcp.option.quotes_server", Kind::ipv4, "Quotes server");
inline constexpr Field opt_lpr_server = value("dhcp.option.lpr_server", Kind::ipv4, "Printer server");
inline constexpr Field opt_impress_server = value("dhcp.option.impress_server", Kind::ipv4, "Impress server");
inline constexpr Field opt_resource_location_server =
    value("dhcp.option.resource_location_server", Kind::ipv4, "Resource location server");
inline constexpr Field opt_hostname = value("dhcp.option.hostname", Kind::text, "Host name");
inline constexpr Field opt_boot_file_size =
    value("dhcp.option.boot_file_size", Kind::uint, "Boot file size, units of 512 bytes", 16);
inline constexpr Field opt_merit_dump_file =
    value("dhcp.option.merit_dump_file", Kind::text, "Merit dump file");
inline constexpr Field opt_domain_name = value("dhcp.option.domain_name", Kind::text, "Domain name");
inline constexpr Field opt_swap_server = value("dhcp.option.swap_server", Kind::ipv4, "Swap server");
inline constexpr Field opt_root_path = value("dhcp.option.root_path", Kind::text, "Root path");
inline constexpr Field opt_extension_path =
    value("dhcp.option.extension_path", Kind::text, "Extensions path");
inline constexpr Field opt_ip_forwarding = value("dhcp.option.ip_forwarding", Kind::flag, "IP forwarding", 8);
inline constexpr Field opt_non_local_source_routing =
    value("dhcp.option.non_local_source_routing", Kind::flag, "Non-local source routing", 8);
inline constexpr Field opt_max_datagram_reassembly_size =
    value("dhcp.option.max_datagram_reassembly_size", Kind::uint, "Largest datagram reassembled, bytes", 16);
inline constexpr Field opt_default_ip_ttl =
    value("dhcp.option.default_ip_ttl", Kind::uint, "Default time to live", 8);
inline constexpr Field opt_path_mtu_aging_timeout =
    value("dhcp.option.path_mtu_aging_timeout", Kind::uint, "Path MTU aging timeout, s", 32);
inline constexpr Field opt_path_mtu_plateau_table_item =
    value("dhcp.option.path_mtu_plateau_table_item", Kind::uint, "Path MTU plateau, bytes", 16);
inline constexpr Field opt_interface_mtu =
    value("dhcp.option.interface_mtu", Kind::uint, "Interface MTU, bytes", 16);
inline constexpr Field opt_all_subnets_are_local =
    value("dhcp.option.all_subnets_are_local", Kind::flag, "All subnets are local", 8);
inline constexpr Field opt_broadcast_address =
    value("dhcp.option.broadcast_address", Kind::ipv4, "Broadcast address");
inline constexpr Field opt_perform_mask_discovery =
    value("dhcp.option.perform_mask_discovery", Kind::flag, "Perform mask discovery", 8);
inline constexpr Field opt_mask_supplier = value("dhcp.option.mask_supplier", Kind::flag, "Mask supplier", 8);
inline constexpr Field opt_perform_router_discover =
    value("dhcp.option.perform_router_discover", Kind::flag, "Perform router discovery", 8);
inline constexpr Field opt_router_solicitation_address =
    value("dhcp.option.router_solicitation_address", Kind::ipv4, "Router solicitation address");
inline constexpr Field opt_arp_cache_timeout =
    value("dhcp.option.arp_cache_timeout", Kind::uint, "ARP cache timeout, s", 32);
inline constexpr Field opt_ethernet_encapsulation =
    value("dhcp.option.ethernet_encapsulation", Kind::flag, "Ethernet encapsulation", 8);
inline constexpr Field opt_tcp_default_ttl =
    value("dhcp.option.tcp_default_ttl", Kind::uint, "TCP default time to live", 8);
inline constexpr Field opt_tcp_keepalive_interval =
    value("dhcp.option.tcp_keepalive_interval", Kind::uint, "TCP keepalive interval, s", 32);
inline constexpr Field opt_tcp_keepalive_garbage =
    value("dhcp.option.tcp_keepalive_garbage", Kind::flag, "TCP keepalive garbage", 8);
inline constexpr Field opt_nis_domain = value("dhcp.option.nis_domain", Kind::text, "NIS domain");
inline constexpr Field opt_nis_server = value("dhcp.option.nis_server", Kind::ipv4, "NIS server");
inline constexpr Field opt_ntp_server = value("dhcp.option.ntp_server", Kind::ipv4, "NTP server");
inline constexpr Field opt_netbios_over_tcpip_name_server =
    value("dhcp.option.netbios_over_tcpip_name_server", Kind::ipv4, "NetBIOS name server");
inline constexpr Field opt_netbios_over_tcpip_dd_name_server = value(
    "dhcp.option.netbios_over_tcpip_dd_name_server", Kind::ipv4, "NetBIOS datagram distribution server");
inline constexpr Field opt_netbios_over_tcpip_node_type =
    value("dhcp.option.netbios_over_tcpip_node_type", Kind::uint, "NetBIOS node type", 8);
inline constexpr Field opt_netbios_over_tcpip_scope =
    value("dhcp.option.netbios_over_tcpip_scope", Kind::text, "NetBIOS scope");
inline constexpr Field opt_xwindows_system_font_server =
    value("dhcp.option.xwindows_system_font_server", Kind::ipv4, "X font server");
inline constexpr Field opt_xwindows_system_display_manager =
    value("dhcp.option.xwindows_system_display_manager", Kind::ipv4, "X display manager");
inline constexpr Field opt_requested_ip_address =
    value("dhcp.option.requested_ip_address", Kind::ipv4, "Address asked for");
inline constexpr Field opt_ip_address_lease_time =
    value("dhcp.option.ip_address_lease_time", Kind::uint, "Lease time, s", 32);
inline constexpr Field opt_option_overload =
    value("dhcp.option.option_overload", Kind::uint, "Fields that hold options, too", 8);
inline constexpr Field opt_dhcp = value("dhcp.option.dhcp", Kind::uint, "Message type", 8);
inline constexpr Field opt_dhcp_server_id =
    value("dhcp.option.dhcp_server_id", Kind::ipv4, "Server identifier");
inline constexpr Field opt_request_list_item =
    value("dhcp.option.request_list_item", Kind::uint, "Option asked for", 8);
inline constexpr Field opt_message = value("dhcp.option.message", Kind::text, "Message");
inline constexpr Field opt_dhcp_max_message_size =
    value("dhcp.option.dhcp_max_message_size", Kind::uint, "Largest message accepted, bytes", 16);
inline constexpr Field opt_renewal_time_value =
    value("dhcp.option.renewal_time_value", Kind::uint, "Renewal time, s", 32);
inline constexpr Field opt_rebinding_time_value =
    value("dhcp.option.rebinding_time_value", Kind::uint, "Rebinding time, s", 32);
inline constexpr Field opt_vendor_class_id =
    value("dhcp.option.vendor_class_id", Kind::text, "Vendor class identifier");
inline constexpr Field opt_nis_plus_domain = value("dhcp.option.nis_plus_domain", Kind::text, "NIS+ domain");
inline constexpr Field opt_nis_plus_server = value("dhcp.option.nis_plus_server", Kind::ipv4, "NIS+ server");
inline constexpr Field opt_tftp_server_name =
    value("dhcp.option.tftp_server_name", Kind::text, "TFTP server name");
inline constexpr Field opt_bootfile_name = value("dhcp.option.bootfile_name", Kind::text, "Boot file name");
inline constexpr const Field* fields[] = {&type,
                                          &hw_type,
                                          &hw_len,
                                          &hops,
                                          &id,
                                          &secs,
                                          &flags,
                                          &broadcast,
                                          &reserved,
                                          &client,
                                          &your,
                                          &server_address,
                                          &relay,
                                          &mac_address,
                                          &hw_address,
                                          &padding,
                                          &id_hw_type,
                                          &id_mac_address,
                                          &server,
                                          &file,
                                          &cookie,
                                          &option_type,
                                          &option_length,
                                          &option_value,
                                          &opt_subnet_mask,
                                          &opt_time_offset,
                                          &opt_router,
                                          &opt_time_server,
                                          &opt_name_server,
                                          &opt_domain_name_server,
                                          &opt_log_server,
                                          &opt_quotes_server,
                                          &opt_lpr_server,
                                          &opt_impress_server,
                                          &opt_resource_location_server,
                                          &opt_hostname,
                                          &opt_boot_file_size,
                                          &opt_merit_dump_file,
                                          &opt_domain_name,
                                          &opt_swap_server,
                                          &opt_root_path,
                                          &opt_extension_path,
                                          &opt_ip_forwarding,
                                          &opt_non_local_source_routing,
                                          &opt_max_datagram_reassembly_size,
                                          &opt_default_ip_ttl,
                                          &opt_path_mtu_aging_timeout,
                                          &opt_path_mtu_plateau_table_item,
                                          &opt_interface_mtu,
                                          &opt_all_subnets_are_local,
                                          &opt_broadcast_address,
                                          &opt_perform_mask_discovery,
                                          &opt_mask_supplier,
                                          &opt_perform_router_discover,
                                          &opt_router_solicitation_address,
                                          &opt_arp_cache_timeout,
                                          &opt_ethernet_encapsulation,
                                          &opt_tcp_default_ttl,
                                          &opt_tcp_keepalive_interval,
                                          &opt_tcp_keepalive_garbage,
                                          &opt_nis_domain,
                                          &opt_nis_server,
                                          &opt_ntp_server,
                                          &opt_netbios_over_tcpip_name_server,
                                          &opt_netbios_over_tcpip_dd_name_server,
                                          &opt_netbios_over_tcpip_node_type,
                                          &opt_netbios_over_tcpip_scope,
                                          &opt_xwindows_system_font_server,
                                          &opt_xwindows_system_display_manager,
                                          &opt_requested_ip_address,
                                          &opt_ip_address_lease_time,
                                          &opt_option_overload,
                                          &opt_dhcp,
                                          &opt_dhcp_server_id,
                                          &opt_request_list_item,
                                          &opt_message,
                                          &opt_dhcp_max_message_size,
                                          &opt_renewal_time_value,
                                          &opt_rebinding_time_value,
                                          &opt_vendor_class_id,
                                          &opt_nis_plus_domain,
                                          &opt_nis_plus_server,
                                          &opt_tftp_server_name,
                                          &opt_bootfile_name};
inline constexpr Binding parents[] = {{Table::udp_port, 67}, {Table::udp_port, 68}};
Next dissect(Dissector& d);
inline constexpr Fill fills[] = {fill::number(hw_type, 1), fill::number(hw_len, 6),
                                 fill::number(cookie, 0x63825363)};
inline constexpr Group groups[] = {
    {.first = &option_type, .length = &option_length, .plus = -2, .alone = [](std::uint64_t code) {
       return code == 0 || code == 255;
     }}};
inline constexpr Construction construction{.fills = fills, .groups = groups, .begin = 240};
inline constexpr Protocol protocol = Protocol{"dhcp",
                                              "Dynamic Host Configuration Protocol",
                                              "RFC 2131, RFC 2132",
                                              236,
                                              fields,
                                              Level::application,
                                              parents,
                                              dissect}
                                         .made_by(construction);
static_assert(well_formed(protocol));
}  // namespace flowloom::dhcp
