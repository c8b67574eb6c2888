"""Fields that tshark 4.0 has in layers that flowloom knows, in the project's captures, and flowloom has not."""

from __future__ import annotations

ONLY_TSHARK: dict[str, str] = {
    "Wireshark's own remarks on what is wrong or unusual; flowloom has anomalies of its own.": """
        ber.error.expected.sequence bfd.auth.len.invalid bfd.auth.no_data dccp.advertised_header_length.bad
        dccp.bad_checksum dccp.option.len.bad dccp.packet_type.reserved dns.extraneous dns.extraneous.data
        dns.extraneous.length dns.tsig.noalg dns.undecoded.type eth.padding_bad geneve.version.unknown
        hip.bad_checksum hip.tlv.host_id_header_algo.invalid icmpv6.invalid_option_length
        icmpv6.rpl.p2p.dro.rdo.zero icmpv6.rpl.p2p.dro.zero icmpv6.rpl.unknown.metric icmpv6.undecoded.option
        icmpv6.undecoded.rpl_option icmpv6.undecoded.type icmpv6.unknown_data.expert ip.bogus_header_length
        ip.bogus_ip_length ip.bogus_ip_version ip.cipso.malformed ip.nop ip.opt.len.invalid
        ip.opt.ptr.before_address ip.opt.ptr.middle_address ip.ttl.lncb ip.ttl.too_small ipv6.bogus_ipv6_version
        ipv6.hopopts.not_first ipv6.invalid_header ipv6.opt.deprecated ipv6.opt.header_mismatch
        ipv6.opt.invalid_len ipv6.opt.jumbo.missing ipv6.opt.jumbo.prohibited ipv6.opt.unknown_data.expert
        ipv6.opt_unknown_data ipv6.plen_exceeds_framing ipv6.plen_zero ipv6.routing.deprecated
        ipv6.routing.invalid_segleft ipv6.routing.undecoded l2tp.zero_length_body_message mip6.opt.len.invalid
        mptcp.connection.echoed_key_mismatch mptcp.connection.unsupported_algorithm ospf.lsa.invalid_length
        ospf.lsa.unknown_type radiotap.length.invalid radiotap.present.radiotap_and_vendor
        radiotap.vht.datarate.invalid sctp.checksum_bad.expert sctp.chunk_length.bad
        sctp.parameter_padding.expert sctp.sack_a_rwnd.expert sctp.sack_gap_block_malformed
        sctp.sack_number_of_tsns_gap_acked.100 shim6.checksum_bad.expert tcp.ack.nonzero tcp.analysis.tfo_syn
        tcp.bogus_header_length tcp.checksum_bad.expert tcp.connection.fin tcp.connection.rst tcp.connection.syn
        tcp.connection.synack tcp.non_zero_bytes_after_eol tcp.option.len.invalid tcp.options.mss.absent
        tcp.options.mss.present tcp.options.unknown tcp.options.wscale.shift.invalid tcp.short_segment
        udp.checksum.bad udp.checksum.zero udp.length.bad udp.possible_traceroute
    """,
    "What follows from several packets: streams, times, analysis of sequences, questions and their answers.": """
        dccp.stream dns.response_to dns.retransmission dns.retransmit_request dns.retransmit_request_in
        dns.retransmit_response dns.retransmit_response_in dns.time dns.unsolicited
        esp.sequence-analysis.expected-sn esp.sequence-analysis.previous-frame
        esp.sequence-analysis.wrong-sequence-number frame.time_delta_displayed gtp.response_to gtp.time
        icmp.resp_to icmp.resptime icmpv6.resp_to icmpv6.resptime mptcp.ack mptcp.analysis
        mptcp.analysis.subflows mptcp.dss.dsn mptcp.expected_idsn mptcp.expected_token mptcp.master mptcp.stream
        sctp.assoc_index tcp.ack tcp.completeness tcp.connection.fin_active tcp.connection.fin_passive
        tcp.nxtseq tcp.options.sack.dsack tcp.seq tcp.stream tcp.time_delta tcp.time_relative tcp.window_size
        tcp.window_size_scalefactor udp.stream udp.time_delta udp.time_relative
    """,
    "Names for numbers, of lists of vendors.": """
        eth.addr.oui eth.addr.oui_resolved eth.addr_resolved eth.dst.oui eth.dst.oui_resolved eth.dst_resolved
        eth.src.oui eth.src.oui_resolved eth.src_resolved wlan.addr_resolved wlan.bssid_resolved
        wlan.da_resolved wlan.ra_resolved wlan.sa_resolved wlan.staa_resolved wlan.ta_resolved
    """,
    "What tshark says of itself, and of blocks of a capture file that are no packets.": """
        eth.fcs.status frame.cb_copy frame.cb_pen wlan.fcs.status
    """,
    "Where an option or a parameter is, whose contents are there.": """
        geneve.option ip.options.cipso ip.options.eol ip.options.ext_security ip.options.mtu_probe
        ip.options.mtu_reply ip.options.nop ip.options.qs ip.options.record_route ip.options.route
        ip.options.routeralert ip.options.sdb ip.options.security ip.options.sid ip.options.source_route
        ip.options.timestamp ip.options.traceroute mip6.options.acoa mip6.options.alt_ip4 mip6.options.att
        mip6.options.auth mip6.options.bad_auth mip6.options.badff mip6.options.bi mip6.options.bra
        mip6.options.cgapr mip6.options.cgar mip6.options.cot mip6.options.coti mip6.options.dmnp
        mip6.options.dnsu mip6.options.grek mip6.options.hi mip6.options.hnp mip6.options.ipv4aa
        mip6.options.ipv4coa mip6.options.ipv4dra mip6.options.ipv4dsm mip6.options.ipv4ha
        mip6.options.ipv4harep mip6.options.ipv4hareq mip6.options.lla mip6.options.lmaa mip6.options.load_inf
        mip6.options.mag_ipv6 mip6.options.mhlla mip6.options.mng mip6.options.mnid mip6.options.mnlli
        mip6.options.mnp mip6.options.mseg_id mip6.options.natd mip6.options.ni mip6.options.pad1
        mip6.options.padn mip6.options.phkt mip6.options.rc mip6.options.recap mip6.options.redir
        mip6.options.sign mip6.options.ssm mip6.options.ts mip6.options.vsm nflog.tlv
        ospf.v3.lls.ext.options.tlv pppoed.tags tcp.options.ao tcp.options.cc tcp.options.echo tcp.options.eol
        tcp.options.experimental tcp.options.md5 tcp.options.mss tcp.options.nop tcp.options.qs tcp.options.sack
        tcp.options.sack_perm tcp.options.tfo tcp.options.timestamp tcp.options.user_to tcp.options.wscale
    """,
    "Contents that are not taken apart, or not so far.": """
        dhcp.option.end dhcp.option.padding erspan.pid1.port_index erspan.pid1.rsvd1 erspan.pid1.vsmid
        geneve.flags.reserved geneve.option.flags.reserved gtp.ext_hdr.pdcp_sn gtp.ext_hdr.pdu_ses_con.pdu_type
        gtp.ext_hdr.pdu_ses_con.qos_flow_id gtp.recovery gtp.spare.b7b6 gtp.spare.h1 hip.tlv.hit_suite_id
        http.file_data icmpv6.nonce icmpv6.rpl.p2p.num_of_routes icmpv6.x509_Name ieee8021ah.etype
        ipv6.embed_ipv4_prefix ipv6.opt.mpl.ipv6_src_seed_id ipv6.src_route_list.dst_addr
        ipv6.src_route_list.src_addr ipx.addr ipx.dst ipx.src l2tp.avp.hidden l2tp.avp.length l2tp.avp.mandatory
        l2tp.avp.message_type l2tp.avp.pseudowire_type l2tp.avp.type l2tp.avp.vendor_id l2tp.offset_padding
        llc.dsap.sap llc.ssap.sap mptcp.dss.infinite_mapping mptcp.rm_addr.count tcp.options.acc_ecn
        tcp.pdu.size
        vxlan.flags_reserved wlan.ccmp.extiv wlan.htc wlan.htc.ac_constraint wlan.htc.cal.pos wlan.htc.cal.seq
        wlan.htc.csi_steering wlan.htc.lac wlan.htc.lac.mai.mrq wlan.htc.lac.mai.reserved wlan.htc.lac.mfb
        wlan.htc.lac.mfsi wlan.htc.lac.trq wlan.htc.ndp_announcement wlan.htc.rdg_more_ppdu wlan.htc.reserved1
        wlan.htc.reserved2 wlan.htc.vht wlan.qos.buf_state_indicated wlan.qos.ps_buf_state wlan.qos.txop_dur_req
        wlan.wep.key x509af.algorithm.id x509af.algorithm_element x509af.subjectPublicKey
        x509if.RDNSequence_item x509if.RelativeDistinguishedName_item_element x509if.oid x509if.rdnSequence
        x509sat.DirectoryString x509sat.uTF8String
    """,
    "Control messages of shim6, which tshark reads a byte too early (RFC 5533 §5.3), and context tags.": """
        shim6.checksum shim6.checksum.status shim6.ct shim6.inonce shim6.proto
    """,
}
