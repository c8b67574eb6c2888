#!/bin/sh
# Runs every libFuzzer target of build/fuzz for some seconds, a few at a time.
#   tools/fuzz.sh SECONDS JOBS
# New inputs of interest are collected in build/fuzz/corpus/<name>/; the committed ones in fuzz/corpus/ and
# fuzz/crashes/ are seeds. A crash leaves its input in build/fuzz/artifacts/: mend the fault and keep the
# input in fuzz/crashes/<name>/, where every test run replays it.
set -eu
cd "$(dirname "$0")/.."
seconds=$1
jobs=$2
mkdir -p build/fuzz/artifacts build/fuzz/logs

fuzz_one() {
  target=$1
  name=$(basename "$target" _fuzz)
  mkdir -p "build/fuzz/corpus/$name"
  seeds=
  for folder in "fuzz/corpus/$name" "fuzz/crashes/$name"; do
    [ -d "$folder" ] && seeds="$seeds $folder"
  done
  # shellcheck disable=SC2086  # a list of words
  if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/artifacts/$name-" "build/fuzz/corpus/$name" $seeds \
    >"build/fuzz/logs/$name" 2>&1; then
    awk -v n="$name" '/stat::number_of_executed_units/ {print "  " n ": " $2 " runs"}' "build/fuzz/logs/$name"
  else
    tail -n 40 "build/fuzz/logs/$name"
    echo "  $name: FAILED"
    return 1
  fi
}

if [ "${FLOWLOOM_FUZZ_ONE:-}" ]; then
  fuzz_one "$FLOWLOOM_FUZZ_ONE"
  exit
fi
targets=$(ls build/fuzz/bin/*_fuzz)
# shellcheck disable=SC2086
printf '%s\n' $targets | xargs -P "$jobs" -I{} env FLOWLOOM_FUZZ_ONE={} tools/fuzz.sh "$seconds" "$jobs"
