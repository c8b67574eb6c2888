"""Every format, read back value by value with other programs.

Two tables: one made by the unit tests, whose rows are computed again here (every column type, nulls, empty and
hostile values, several batches), and the flows of committed captures.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import subprocess
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOWLOOM = Path(os.environ.get("FLOWLOOM_BIN", ROOT / "build" / "bin" / "flowloom"))
UNIT_TESTS = FLOWLOOM.parent / "flowloom_tests"
CAPTURES = sorted((ROOT / "tests" / "pcaps").glob("*.pcap*"))
SIZES = (0, 1, 5000)

NAMES = [
    b"plain", b"", b'comma, "quote"', b"line\r\nbreak\ttab", b"=1+1", b"-2+3", b"@SUM(A1)", b"+1", b"\t=1", b"  =1",
    b'"=1', "\uff1d1".encode(), b"bad\xff\xc3(\xe2\x82", b"nul\0esc\x1b[31m", b"\xe2\x80\xa8line \xc2\x9b31m",
    "grüß 漢字 🐍".encode(), b"back\\slash 'apostrophe'",
]  # fmt: skip
FLOATS = [0.0, -0.0, 1.5, -2.25, 1e300, 5e-324, math.inf, 0.1234567, 1e22, 12345678.0, math.nan]


def signed(value: int, bits: int) -> int:
    value %= 1 << bits
    return value - (1 << bits) if value >> (bits - 1) else value


def expected_row(r: int) -> dict:
    """Row r of sample_batch() in tests/unit/write/sample_batch.hpp; times as nanoseconds."""
    items = range(70_000 if r % 1000 == 999 else r % 4)
    return {
        "id": r,
        "flag": r % 2 == 1 if r % 3 else None,
        "u8": r * 7 % 256 if r % 5 else None,
        "u16": r * 977 % 65536 if r % 4 != 3 else None,
        "u32": r * 0x9E3779B9 % 2**32,
        "i32": signed(r * 0x9E3779B9, 32),
        "i64": signed(r * 0x9E3779B97F4A7C15, 64),
        "f64": FLOATS[r % 11] if r % 13 != 5 else None,
        "time": (r - 3) * 1_500_000_000 + 1000 * (r % 1000) if r % 6 != 4 else None,
        "name": NAMES[r % 17].decode("utf-8", "replace") if r % 19 != 18 else None,
        "blob": b"\x00\xff\x10\x7f"[: r % 5] if r % 8 != 6 else None,
        "times": [i * r * 1000 / 1e9 for i in items],
        "lengths": [(i * 100 + r) * (1 if i % 2 == 0 else -1) for i in items],
        "flags": [(i + r) % 65536 for i in items] if r % 3 != 1 else None,
        "found": [{"value": "first" if i == 0 else None, "packet": r + i} for i in range(r % 3)],
    }


def same(a: object, b: object) -> bool:
    """Equal, of the same type, NaN equal to NaN, zeros with their sign."""
    return repr(a) == repr(b)


def first_difference(rows: list[dict], expected: list[dict]) -> str | None:
    if len(rows) != len(expected):
        return f"{len(rows)} rows instead of {len(expected)}"
    for number, (row, wanted) in enumerate(zip(rows, expected)):
        if list(row) != list(wanted):
            return f"row {number}: columns {list(row)} instead of {list(wanted)}"
        for name in wanted:
            if not same(row[name], wanted[name]):
                return f"row {number}, {name}: {str(row[name])[:200]!r} instead of {str(wanted[name])[:200]!r}"
    return None


def rows_of(table: pa.Table) -> list[dict]:
    """Rows of an Arrow table, times as nanoseconds."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            assert field.type == pa.timestamp("ns", tz="UTC")
            table = table.set_column(index, field.name, table.column(index).cast(pa.int64()))
    return table.to_pylist()


def seconds(number: str | None) -> int | None:
    """A time in JSON or CSV as nanoseconds, exactly."""
    if number is None or number == "":
        return None
    ns = Decimal(number) * 10**9
    assert ns == int(ns)
    return int(ns)


def json_row(text: str) -> dict:
    """A row with times as nanoseconds: the other numbers in Python's own types."""
    row = json.loads(text)
    exact = json.loads(text, parse_float=lambda number: number, parse_int=lambda number: number)
    for name in ("time", "start", "end"):
        if name in row:
            row[name] = seconds(exact[name])
    return row


def as_json_has_it(row: dict) -> dict:
    """JSON knows neither bytes nor NaN and infinities."""
    row = dict(row)
    if row["blob"] is not None:
        row["blob"] = row["blob"].hex()
    if row["f64"] is not None and not math.isfinite(row["f64"]):
        row["f64"] = None
    return row


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    subprocess.run(
        [UNIT_TESTS, "--gtest_filter=Writers.Samples"],
        env={**os.environ, "FLOWLOOM_WRITE_SAMPLES": str(folder)},
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def expected() -> list[dict]:
    return [expected_row(r) for r in range(max(SIZES))]


@pytest.mark.parametrize("size", SIZES)
def test_json_lines(samples: Path, expected: list[dict], size: int) -> None:
    text = (samples / f"{size}.jsonl").read_bytes().decode("utf-8", "strict")
    assert text == "" or text.endswith("}\n")
    rows = [json_row(line) for line in text.split("\n")[:-1]]
    assert first_difference(rows, [as_json_has_it(row) for row in expected[:size]]) is None
    assert not any(ord(c) < 0x20 and c != "\n" or 0x7F <= ord(c) < 0xA0 for c in text)


@pytest.mark.parametrize("size", SIZES)
def test_json(samples: Path, expected: list[dict], size: int) -> None:
    text = (samples / f"{size}.json").read_text("utf-8")
    document = json.loads(text)
    assert list(document) == ["flows", "provenance"]
    assert document["provenance"] == {"version": "0.1", "command": 'flowloom "x"', "accounting": {"packets": 7}}
    rows = [json_row(line.rstrip(",")) for line in text.split("\n")[1:] if line.startswith('{"id"')]
    assert first_difference(rows, [as_json_has_it(row) for row in expected[:size]]) is None


def guarded(text: str) -> str:
    """A cell that a spreadsheet might run gets an apostrophe."""
    stripped = text.lstrip(' "')
    numbers = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(,-?[0-9]+(\.[0-9]+)?)*", text)
    if text != "-" and not numbers and stripped and stripped[0] in "=+-@\t\r\n\uff1d":
        text = "'" + text
    return "".join("\ufffd" if ord(c) < 0x20 and c not in "\t\r\n" or 0x7F <= ord(c) < 0xA0 else c for c in text)


def cells(row: dict) -> list[str]:
    """A row as CSV cells, floats and times apart (they are compared as numbers)."""
    out = []
    for name, value in row.items():
        if value is None or isinstance(value, float) and not math.isfinite(value):
            out.append("")
        elif isinstance(value, bool):
            out.append("true" if value else "false")
        elif isinstance(value, bytes):
            out.append(value.hex())
        elif isinstance(value, list):
            out.append(json.dumps(value, separators=(",", ":")))
        elif name == "name":
            out.append(guarded(value))
        else:
            out.append(str(value))
    return out


def check_cells(header: list[str], rows: list[list[str]], expected: list[dict]) -> None:
    assert header == list(expected_row(0))
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected):
        got = dict(zip(header, row, strict=True))
        assert seconds(got.pop("time")) == wanted["time"]
        number, text = wanted["f64"], got.pop("f64")
        assert text == "" if number is None or not math.isfinite(number) else same(float(text), number)
        assert same(json.loads(got.pop("times")), wanted["times"])
        rest = {name: value for name, value in wanted.items() if name not in ("time", "f64", "times")}
        assert list(got.values()) == cells(rest)


@pytest.mark.parametrize("size", SIZES)
def test_csv(samples: Path, expected: list[dict], size: int) -> None:
    csv.field_size_limit(10**8)
    text = (samples / f"{size}.csv").read_bytes().decode("utf-8", "strict")
    assert text.endswith("\r\n")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    check_cells(header, rows, expected[:size])


@pytest.mark.parametrize("size", SIZES)
def test_tsv(samples: Path, expected: list[dict], size: int) -> None:
    text = (samples / f"{size}.tsv").read_bytes().decode("utf-8", "strict")
    assert "\r" not in text
    escapes = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}

    def unescaped(cell: str) -> str:
        out, at = "", 0
        if "\\" not in cell:
            return cell
        while at < len(cell):
            out += escapes[cell[at : at + 2]] if cell[at] == "\\" else cell[at]
            at += 2 if cell[at] == "\\" else 1
        return out

    header, *rows = [[unescaped(cell) for cell in line.split("\t")] for line in text.split("\n")[:-1]]
    check_cells(header, rows, expected[:size])


TYPES = {
    "id": pa.uint64(), "flag": pa.bool_(), "u8": pa.uint8(), "u16": pa.uint16(), "u32": pa.uint32(), "i32": pa.int32(),
    "i64": pa.int64(), "f64": pa.float64(), "time": pa.timestamp("ns", tz="UTC"), "name": pa.string(),
    "blob": pa.binary(),
}  # fmt: skip


def check_metadata(metadata: dict[bytes, bytes]) -> None:
    assert {key: value for key, value in metadata.items() if key.startswith(b"flowloom.")} == {
        b"flowloom.version": b"0.1",
        b"flowloom.command": b'flowloom "x"',
        b"flowloom.accounting_json": b'{"packets":7}',
    }


@pytest.mark.parametrize("size", SIZES)
def test_parquet(samples: Path, expected: list[dict], size: int) -> None:
    path = samples / f"{size}.parquet"
    table = pa.parquet.read_table(path)
    assert first_difference(rows_of(table), expected[:size]) is None
    for name, kind in TYPES.items():
        assert table.schema.field(name).type == kind
    assert table.schema.field("flags").type.value_type == pa.uint16()
    assert table.schema.field("id").metadata[b"description"] == b"counts up"
    check_metadata(pa.parquet.read_metadata(path).metadata)
    check_metadata(table.schema.metadata)


def test_parquets_own_types(samples: Path) -> None:
    """What readers go by that know nothing of Arrow's schema."""
    schema = pa.parquet.ParquetFile(samples / "5000.parquet").schema
    types = {schema.column(i).path: str(schema.column(i).logical_type) for i in range(len(schema))}
    assert types["u8"] == "Int(bitWidth=8, isSigned=false)"
    assert types["name"] == "String"
    assert types["flags.list.element"] == "Int(bitWidth=16, isSigned=false)"
    assert types["time"].startswith("Timestamp(isAdjustedToUTC=true, timeUnit=nanoseconds")


@pytest.mark.parametrize("size", SIZES)
def test_arrow(samples: Path, expected: list[dict], size: int) -> None:
    with pa.memory_map(str(samples / f"{size}.arrow")) as file:
        reader = pa.ipc.open_file(file)
        table = reader.read_all()
        table.validate(full=True)
        assert first_difference(rows_of(table), expected[:size]) is None
        check_metadata(reader.metadata)
        assert table.schema.metadata[b"flowloom.version"] == b"0.1"
    for name, kind in TYPES.items():
        assert table.schema.field(name).type == kind


@pytest.mark.parametrize("extension", ["parquet", "arrow"])
def test_polars(samples: Path, expected: list[dict], extension: str) -> None:
    polars = pytest.importorskip("polars")
    read = polars.read_parquet if extension == "parquet" else polars.read_ipc
    rows = rows_of(read(samples / f"5000.{extension}").to_arrow())
    assert first_difference(rows, expected) is None


def test_duckdb(samples: Path, expected: list[dict]) -> None:
    duckdb = pytest.importorskip("duckdb")
    table = duckdb.sql(f"select * from '{samples}/5000.parquet'").to_arrow_table()
    rows = [{**row, "time": wanted["time"]} for row, wanted in zip(table.to_pylist(), expected)]
    assert first_difference(rows, expected) is None
    sums = duckdb.sql(f"select sum(epoch_ns(time)), sum(u32) from '{samples}/5000.parquet'").fetchall()
    assert sums == [(sum(r["time"] or 0 for r in expected), sum(r["u32"] for r in expected))]


def test_pandas(samples: Path, expected: list[dict]) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_parquet(samples / "5000.parquet")
    assert frame["u32"].tolist() == [row["u32"] for row in expected]
    assert [None if time is pandas.NaT else time.value for time in frame["time"]] == [r["time"] for r in expected]
    text = pandas.read_csv(samples / "5000.csv", keep_default_na=False)
    assert text["name"].tolist() == [guarded(row["name"]) if row["name"] else "" for row in expected]


# --- the same flows in every format --------------------------------------------------------------


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.name)
def test_formats_agree(capture: Path, tmp_path: Path) -> None:
    def write(extension: str) -> Path:
        path = tmp_path / f"flows.{extension}"
        command = [FLOWLOOM, "flows", capture, "--sequences", "-o", path]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert result.returncode in (0, 3), result.stderr
        return path

    rows = [json_row(line) for line in write("jsonl").read_text("utf-8").split("\n")[:-1]]
    assert rows
    assert first_difference(rows_of(pa.parquet.read_table(write("parquet"))), rows) is None
    assert first_difference(rows_of(pa.ipc.open_file(write("arrow")).read_all()), rows) is None
    document = json.loads(write("json").read_text("utf-8"))
    assert len(document["flows"]) == len(rows) and document["provenance"]["accounting"]
    with write("csv").open(newline="") as file:
        table = list(csv.DictReader(file, strict=True))
    assert len(table) == len(rows)
    for got, wanted in zip(table, rows):
        assert (seconds(got["start"]), got["src_ip"], got["protocol"]) == (
            wanted["start"], wanted["src_ip"], wanted["protocol"])  # fmt: skip
        assert same(json.loads(got["packet_times"]), wanted["packet_times"])
        assert got["dst_port"] == ("" if wanted["dst_port"] is None else str(wanted["dst_port"]))


def test_metadata_is_utf8_whatever_the_name_of_the_capture(tmp_path: Path) -> None:
    """Parquet's and Arrow's texts are UTF-8: strict readers refuse a file with any other."""
    name = bytes(tmp_path) + b"/na\xff\xfeme\xc3\xa9.pcap"
    with open(name, "wb") as file:
        file.write(CAPTURES[0].read_bytes())
    for extension in ("parquet", "arrow"):
        path = tmp_path / f"flows.{extension}"
        subprocess.run([FLOWLOOM, "flows", name, "-o", path], check=True, timeout=60)
        schemas = (
            [pa.parquet.read_schema(path).metadata, pa.parquet.read_metadata(path).metadata]
            if extension == "parquet"
            else [pa.ipc.open_file(path).schema.metadata]
        )
        for metadata in schemas:
            assert "na\ufffd\ufffdme\u00e9.pcap" in metadata[b"flowloom.command"].decode()
