#!/bin/sh
# What `make demo` shows: what a capture holds, its flows, and the same flows as a Parquet file.
#   tools/demo.sh FLOWLOOM CAPTURE
set -eu
flowloom=$1
capture=$2
python=build/venv/bin/python
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

run() {
  printf '\n$ flowloom %s\n' "$*"
  "$flowloom" "$@"
}

run info "$capture"
run flows "$capture" --format table
run flows "$capture" -o "$out/flows.parquet"
ls -l "$out/flows.parquet" | awk '{print $5 " bytes of Parquet; read back with pyarrow:"}'
"$python" - "$out/flows.parquet" <<'PYTHON'
import sys
import pyarrow.parquet as pq

table = pq.read_table(sys.argv[1])
print(f"{table.num_rows} rows, {table.num_columns} columns")
for row in table.slice(0, 3).to_pylist():
    lengths = row["packet_lengths"][:8]
    more = ", …" if len(row["packet_lengths"]) > 8 else ""
    print(f"  {row['protocol']} {row['src_ip']} -> {row['dst_ip']}: lengths {', '.join(map(str, lengths))}{more}")
PYTHON
