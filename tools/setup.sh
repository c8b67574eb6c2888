#!/bin/sh
# Installs what the project needs and this machine lacks, and says so. Safe to run any number of times;
# when nothing is missing it takes a fraction of a second and touches nothing.
#
#   tools/setup.sh build    compilers, libraries, and build/venv with pyarrow (its wheel carries Arrow C++)
#   tools/setup.sh test     the above, and what `make test` uses: tshark, pytest, hypothesis
#   tools/setup.sh check    the above, and what `make check` uses: clang-19 and its tools
#   tools/setup.sh bench    `test`, and programs that `make bench` compares with; build/bench/venv with packages
#
# Debian packages through apt-get (with sudo unless root), Python packages through pip into build/venv.
set -euf  # -f: 26.0.* below is a version, not files
cd "$(dirname "$0")/.."

build_packages="g++ cmake ninja-build pkg-config ccache python3 python3-venv
  libpcap-dev zlib1g-dev libzstd-dev liblz4-dev liblzma-dev libssl-dev
  libre2-dev libfmt-dev libcli11-dev libgtest-dev libbenchmark-dev"
build_python="pyarrow==26.0.*"
test_packages="tshark"
test_python="pytest pytest-timeout pytest-xdist hypothesis"
# llvm-19: its symbolizer puts function names into the sanitizers' reports
check_packages="clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev llvm-19"

bench_packages="nfdump argus-server argus-client"
# tqdm: flowcontainer uses it without saying so
bench_python="nfstream dpkt scapy pypcaptools flowcontainer tqdm pypcapkit"

case "${1:-}" in
  build) packages=$build_packages python=$build_python ;;
  test) packages="$build_packages $test_packages" python="$build_python $test_python" ;;
  check)
    packages="$build_packages $test_packages $check_packages"
    python="$build_python $test_python"
    ;;
  bench)
    packages="$build_packages $test_packages $bench_packages"
    python="$build_python $test_python"
    ;;
  *)
    sed -n '2,10s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac

say() { printf 'setup: %s\n' "$*"; }

# --- Debian --------------------------------------------------------------------------------------
missing=
if command -v dpkg-query >/dev/null; then
  for package in $packages; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
  done
else
  say "not a Debian system: install the equivalents of these yourself:" $packages
fi
if [ -n "$missing" ]; then
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      say "missing Debian packages, and neither root nor sudo to install them:$missing"
      exit 1
    }
    as_root=sudo
  fi
  say "installing from Debian:$missing"
  apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600"
  $apt update || say "apt-get update had errors; going on with the lists that are here"
  # shellcheck disable=SC2086  # lists of words
  $apt install -y --no-install-recommends $missing
fi

# --- Python --------------------------------------------------------------------------------------
# Debian's Python where there is one: others in PATH may lack ensurepip or be managed by something else.
system_python=/usr/bin/python3
[ -x "$system_python" ] || system_python=python3

# into_venv FOLDER REQUIREMENT…: installs into a virtual environment, which is made if there is none
into_venv() {
  venv=$1
  shift
  if ! "$venv/bin/python" -c '' 2>/dev/null; then
    say "making the virtual environment $venv"
    "$system_python" -m venv --clear "$venv"
  fi
  wanted=
  for requirement in "$@"; do
    # A stamp a requirement: pip itself would take a second or two to find that there is nothing to do.
    [ -e "$venv/.has-$requirement" ] || wanted="$wanted $requirement"
  done
  [ -n "$wanted" ] || return 0
  say "installing from PyPI into $venv:$wanted"
  # shellcheck disable=SC2086
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check $wanted
  for requirement in $wanted; do : >"$venv/.has-$requirement"; done
}

# shellcheck disable=SC2086  # lists of words
into_venv build/venv $python
# Those that are compared with have an environment of their own: what they need must not change what we test with.
# shellcheck disable=SC2086
[ "$1" != bench ] || into_venv build/bench/venv $bench_python
