// Fields of SCTP's parameters and error causes; they have no place.
#pragma once

#include "dissect/field.hpp"

namespace flowloom::sctp {

inline constexpr Label kParameters[] = {{1, "heartbeat information"},
                                        {5, "IPv4 address"},
                                        {6, "IPv6 address"},
                                        {7, "state cookie"},
                                        {8, "unrecognized parameter"},
                                        {9, "cookie preservative"},
                                        {11, "host name"},
                                        {12, "supported address types"},
                                        {13, "reset outgoing streams"},
                                        {14, "reset incoming streams"},
                                        {15, "reset transmission sequence numbers"},
                                        {16, "answer to a reconfiguration"},
                                        {17, "add outgoing streams"},
                                        {18, "add incoming streams"},
                                        {0x8000, "ECN capable"},
                                        {0x8002, "random number"},
                                        {0x8003, "chunks to be authenticated"},
                                        {0x8004, "authentication algorithms"},
                                        {0x8005, "padding"},
                                        {0x8008, "supported extensions"},
                                        {0xC000, "FORWARD-TSN supported"},
                                        {0xC001, "add address"},
                                        {0xC002, "delete address"},
                                        {0xC003, "error cause"},
                                        {0xC004, "set primary address"},
                                        {0xC005, "success"},
                                        {0xC006, "adaptation layer"}};
inline constexpr Label kCauses[] = {{1, "invalid stream"},
                                    {2, "missing mandatory parameter"},
                                    {3, "stale cookie"},
                                    {4, "out of resource"},
                                    {5, "unresolvable address"},
                                    {6, "unrecognized chunk"},
                                    {7, "invalid mandatory parameter"},
                                    {8, "unrecognized parameters"},
                                    {9, "no user data"},
                                    {10, "cookie while shutting down"},
                                    {11, "restart with new addresses"},
                                    {12, "aborted by the user"},
                                    {13, "protocol violation"},
                                    {0xA0, "delete the last address"},
                                    {0xA1, "resource shortage"},
                                    {0xA2, "delete the source address"},
                                    {0xA3, "illegal ASCONF-ACK"},
                                    {0xA4, "no authorization"},
                                    {0x105, "unsupported authentication algorithm"}};
inline constexpr Label kHmacs[] = {{1, "SHA-1"}, {3, "SHA-256"}};
inline constexpr Label kAddressTypes[] = {{5, "IPv4"}, {6, "IPv6"}, {11, "host name"}};
inline constexpr Label kResults[] = {{0, "nothing to do"},
                                     {1, "done"},
                                     {2, "denied"},
                                     {3, "wrong stream"},
                                     {4, "another in progress"},
                                     {5, "bad sequence number"},
                                     {6, "in progress"}};

inline constexpr Field parameter_type =
    make::value("sctp.parameter_type", Kind::uint, "Parameter", 16).hex().named(kParameters);
inline constexpr Field parameter_bit_1 =
    make::flag("sctp.parameter_bit_1", 0, "If unknown: skip it and go on").when_parsed();
inline constexpr Field parameter_bit_2 =
    make::flag("sctp.parameter_bit_2", 1, "If unknown: report it").when_parsed();
inline constexpr Field parameter_length =
    make::value("sctp.parameter_length", Kind::uint, "Length of the parameter without padding, bytes", 16);
inline constexpr Field parameter_value =
    make::value("sctp.parameter_value", Kind::bytes, "Contents of an unknown parameter");
inline constexpr Field parameter_padding =
    make::value("sctp.parameter_padding", Kind::bytes, "Padding of the parameter");
inline constexpr Field parameter_ipv4 = make::value("sctp.parameter_ipv4_address", Kind::ipv4, "Address");
inline constexpr Field parameter_ipv6 = make::value("sctp.parameter_ipv6_address", Kind::ipv6, "Address");
inline constexpr Field heartbeat =
    make::value("sctp.parameter_heartbeat_information", Kind::bytes, "What the answer is to return");
inline constexpr Field state_cookie = make::value("sctp.parameter_state_cookie", Kind::bytes, "Cookie");
inline constexpr Field cookie_time =
    make::value("sctp.parameter_cookie_preservative_incr", Kind::uint, "Longer life of the cookie, ms");
inline constexpr Field host_name = make::value("sctp.parameter_hostname", Kind::text, "Host name");
inline constexpr Field address_type =
    make::value("sctp.parameter_supported_address_type", Kind::uint, "Type of address", 16)
        .named(kAddressTypes);
inline constexpr Field request_number = make::value("sctp.parameter_reconfig_request_sequence_number",
                                                    Kind::uint, "Sequence number of the request");
inline constexpr Field response_number = make::value("sctp.parameter_reconfig_response_sequence_number",
                                                     Kind::uint, "Sequence number that is answered");
inline constexpr Field last_tsn =
    make::value("sctp.parameter_senders_last_assigned_tsn", Kind::uint, "Sender's last number");
inline constexpr Field sender_tsn =
    make::value("sctp.parameter_senders_next_tsn", Kind::uint, "Sender's next number");
inline constexpr Field receiver_tsn =
    make::value("sctp.parameter_receivers_next_tsn", Kind::uint, "Receiver's next number");
inline constexpr Field result =
    make::value("sctp.parameter_reconfig_response_result", Kind::uint, "Result").named(kResults);
inline constexpr Field reset_stream = make::value("sctp.parameter_reconfig_sid", Kind::uint, "Stream", 16);
inline constexpr Field more_out =
    make::value("sctp.parameter_add_outgoing_streams_number", Kind::uint, "Streams more", 16);
inline constexpr Field more_out_reserved =
    make::value("sctp.parameter_add_outgoing_streams_reserved", Kind::uint, "Reserved", 16);
inline constexpr Field more_in =
    make::value("sctp.parameter_add_incoming_streams_number", Kind::uint, "Streams more", 16);
inline constexpr Field more_in_reserved =
    make::value("sctp.parameter_add_incoming_streams_reserved", Kind::uint, "Reserved", 16);
inline constexpr Field correlation =
    make::value("sctp.correlation_id", Kind::uint, "Number that the answer returns").hex();
inline constexpr Field adaptation =
    make::value("sctp.adaptation_layer_indication", Kind::uint, "Adaptation layer").hex();
inline constexpr Field random_number = make::value("sctp.random_number", Kind::bytes, "Random number");
inline constexpr Field hmac_id =
    make::value("sctp.hmac_id", Kind::uint, "Algorithm of the code", 16).named(kHmacs);
inline constexpr Field chunk_to_auth =
    make::value("sctp.chunk_type_to_auth", Kind::uint, "Chunk to be authenticated", 8);
inline constexpr Field extension = make::value("sctp.supported_chunk_type", Kind::uint, "Chunk supported", 8);

inline constexpr Field cause_code =
    make::value("sctp.cause_code", Kind::uint, "Error cause", 16).hex().named(kCauses);
inline constexpr Field cause_length =
    make::value("sctp.cause_length", Kind::uint, "Length of the cause without padding, bytes", 16);
inline constexpr Field cause_information =
    make::value("sctp.cause_information", Kind::bytes, "Contents of the cause");
inline constexpr Field cause_padding = make::value("sctp.cause_padding", Kind::bytes, "Padding of the cause");
inline constexpr Field cause_stream = make::value("sctp.cause_stream_identifier", Kind::uint, "Stream", 16);
inline constexpr Field cause_reserved = make::value("sctp.cause_reserved", Kind::uint, "Reserved", 16);
inline constexpr Field missing_count =
    make::value("sctp.cause_nr_of_missing_parameters", Kind::uint, "Number of missing parameters");
inline constexpr Field missing_type =
    make::value("sctp.cause_missing_parameter_type", Kind::uint, "Missing parameter", 16)
        .hex()
        .named(kParameters);
inline constexpr Field staleness =
    make::value("sctp.cause_measure_of_staleness", Kind::uint, "Too old by, µs");
inline constexpr Field cause_tsn = make::value("sctp.cause_tsn", Kind::uint, "Transmission sequence number");

}  // namespace flowloom::sctp
