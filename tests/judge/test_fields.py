"""The table of fields against tshark's. (Values: test_values.py.)"""

from __future__ import annotations

import field_rules
import field_values


def test_types_and_bases_are_wiresharks() -> None:
    assert field_values.table_differences(field_values.known_fields()) == []


def test_a_wrong_table_is_noticed() -> None:
    known = field_values.KnownField
    wrong = (known("ip.ttl", "uint16", "dec", "ip"), known("ip.nothing", "uint8", "dec", "ip"),
             known("tcp.flags", "uint16", "dec", "tcp"), known("ip.src", "bytes", None, "ip"))  # fmt: skip
    assert len(field_values.table_differences(wrong)) == len(wrong)
    assert field_values.table_differences((known("tcp.flags", "uint16", "hex", "tcp"),)) == []


def test_rules_explain_what_they_say_and_nothing_else() -> None:
    same = {"frame.protocols": ["eth:ip"]}
    frame = field_rules.Frame(same, same)
    assert field_rules.explains("ip.opt.padn", ["00", ""], ["00", "<none>"], frame) == "empty-values"
    assert field_rules.explains("frame.interface_id", ["0"], [], frame) is None
    assert field_rules.explains("frame.number", ["15"], ["17"], frame) == "custom-block"
    assert field_rules.explains("ip.ttl", ["64"], ["63"], frame) is None
    assert field_rules.explains("ip.addr", ["a"], ["a", "b"], frame) is None
    deeper = {"frame.protocols": ["eth:ip:lisp:ip"]}
    frame = field_rules.Frame(same, deeper, frozenset({"eth", "ip"}))
    assert field_rules.explains("ip.addr", ["a"], ["a", "b"], frame) == "unknown-protocol"
    assert field_rules.explains("ip.addr", ["b"], ["a", "b"], frame) is None  # what was shown must agree
    frame = field_rules.Frame(same, deeper, frozenset({"eth", "ip", "lisp"}))
    assert field_rules.explains("ip.addr", ["a"], ["a", "b"], frame) is None


def test_less_of_a_header_needs_a_reason() -> None:
    own = {"frame.protocols": ["eth:ip:tcp"], "frame.len": ["60"], "frame.cap_len": ["60"]}
    cut = {**own, "frame.cap_len": ["50"]}
    other = {"frame.protocols": own["frame.protocols"]}
    malformed = {**other, "_ws.malformed": ["TCP"]}
    explains = field_rules.explains
    assert explains("tcp.window_size_value", ["1"], [], field_rules.Frame(own, other)) is None
    assert explains("tcp.window_size_value", ["1"], [], field_rules.Frame(cut, other)) == "cut-header"
    assert explains("tcp.window_size_value", ["1"], [], field_rules.Frame(own, malformed)) == "cut-header"
    assert explains("ip.ttl", ["1"], [], field_rules.Frame(own, malformed)) is None  # not the last header
    assert explains("tcp.window_size_value", ["1"], ["2"], field_rules.Frame(cut, malformed)) is None
