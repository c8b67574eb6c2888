# The ways to work on flowloom. CMake does the building (CMakePresets.json); this file puts set-up, build,
# tests and checks in one place. `make` or `make help` lists what there is.

JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
DESTDIR ?=
# What `make demo` shows.
DEMO_CAPTURE ?= $(firstword $(wildcard tests/pcaps/https.pcap tests/pcaps/*.pcap tests/pcaps/*.pcapng))
FUZZ_SECONDS ?= 60
# Of bench/run.py and bench/packet_documents.py, say --size 5000000000.
BENCH_OPTIONS ?=
CHECK_FUZZ_SECONDS ?= 10

PYTHON = build/venv/bin/python
FLOWLOOM = build/bin/flowloom
say = @echo "== $(1) ($$(date +%T))"
CTEST = ctest --output-on-failure --timeout 300 --parallel $(JOBS) --test-dir

.PHONY: help demo build test check bench bench-tools install fuzz format setup-build setup-test \
  setup-check configure check-format check-layers check-docs check-tidy check-sanitized check-fuzz check-races
.DEFAULT_GOAL := help

help:
	@echo 'make demo      build, then show the flows of a sample capture'
	@echo 'make build     the command (build/bin/flowloom) and what it loads'
	@echo 'make test      build everything; unit tests, command tests, comparison with tshark, installation'
	@echo 'make check     formatting, layers, documentation, clang-tidy, sanitizers, short fuzzing'
	@echo 'make bench     speed, against other programs that are installed (make bench-tools installs them)'
	@echo 'make check-races  data races: unit tests and the command under the thread sanitizer; minutes'
	@echo 'make fuzz      fuzz each target for FUZZ_SECONDS ($(FUZZ_SECONDS))'
	@echo 'make format    apply clang-format-19'
	@echo 'make install   install to DESTDIR/PREFIX ($(DESTDIR)$(PREFIX))'
	@echo 'What is missing of tools and libraries is installed first, by tools/setup.sh.'

# --- set-up and build ----------------------------------------------------------------------------
setup-build:
	@tools/setup.sh build
setup-test:
	@tools/setup.sh test
setup-check:
	@tools/setup.sh check

configure: setup-build
	@cmake --preset release >build/configure.log

build: configure
	@cmake --build build --parallel $(JOBS) --target program

demo: build
	$(if $(DEMO_CAPTURE),,$(error no sample capture: set DEMO_CAPTURE=FILE))
	@tools/demo.sh $(FLOWLOOM) $(DEMO_CAPTURE)

install: build
	@cmake "-DCMAKE_INSTALL_PREFIX=$(PREFIX)" build >/dev/null
	@cmake --build build --parallel $(JOBS) --target program
	@DESTDIR="$(DESTDIR)" cmake --install build

# --- tests ---------------------------------------------------------------------------------------
# The tests of the installation come behind the others, as they build the command again for another PREFIX.
PYTEST = $(PYTHON) -m pytest -q --timeout=300 --durations=5

test: setup-test configure
	@cmake --build build --parallel $(JOBS)
	@$(CTEST) build
	@$(PYTHON) tools/fetch_tshark.py || :  # it says so; tests with these releases are skipped
	@$(PYTEST) --numprocesses $(JOBS) --dist loadfile tests/cli tests/judge
	@$(PYTEST) tests/install

bench: setup-test configure
	@cmake --build build --parallel $(JOBS)
	@$(PYTHON) bench/run.py $(BENCH_OPTIONS)
	@$(PYTHON) bench/packet_documents.py $(BENCH_OPTIONS)

bench-tools:
	@tools/setup.sh bench

# --- checks --------------------------------------------------------------------------------------
OWN_SOURCES = $(shell git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp')

check: check-format check-layers check-docs check-sanitized check-fuzz check-tidy
	@echo 'check: all passed'

format: setup-check
	@clang-format-19 -i $(OWN_SOURCES)

check-format: setup-check
	$(call say,formatting)
	@bad=$$(clang-format-19 --dry-run $(OWN_SOURCES) 2>&1 | sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: .*/\1/p' | sort -u); \
	  [ -z "$$bad" ] || { printf 'not formatted (make format):\n%s\n' "$$bad"; exit 1; }

check-layers: setup-check
	$(call say,layers)
	@$(PYTHON) tools/check_layers.py --self-test
	@$(PYTHON) tools/check_layers.py

check-docs: setup-check build
	$(call say,examples in the documentation)
	@$(PYTHON) tools/check_docs.py
	@$(PYTHON) tools/field_docs.py --check

# One build with clang-19 serves three checks: its warnings, the unit tests and the kept fuzz inputs under
# the sanitizers, and fuzzing.
build/fuzz: setup-check
	@cmake --preset fuzz >build/configure-fuzz.log
	@cmake --build build/fuzz --parallel $(JOBS)

check-sanitized: build/fuzz
	$(call say,unit tests under the address and undefined-behaviour sanitizers)
	@$(CTEST) build/fuzz

check-fuzz: build/fuzz
	$(call say,fuzzing: $(CHECK_FUZZ_SECONDS) s a target)
	@tools/fuzz.sh $(CHECK_FUZZ_SECONDS) $(JOBS)

fuzz: build/fuzz
	@tools/fuzz.sh $(FUZZ_SECONDS) $(JOBS)

# Data races, in a build of its own. Left out are tests that start no threads and take minutes like this.
# CAPTURES: files and folders that the command reads, too.
check-races: setup-check
	$(call say,unit tests and the command under the thread sanitizer)
	@cmake --preset tsan >build/configure-tsan.log
	@cmake --build build/tsan --parallel $(JOBS) --target program flowloom_tests
	@TSAN_OPTIONS=halt_on_error=1 build/tsan/bin/flowloom_tests --gtest_brief=1 \
	  --gtest_filter='-Merge.*:Bounds.*:RoundTrip*:Truncation*:Hostile*:SplitTest.MemoryDoes*:Generator*:Field*'
	@$(PYTHON) tools/race_check.py build/tsan $(CAPTURES)

# clang-tidy reads how things are compiled from the clang build.
check-tidy: build/fuzz
	$(call say,clang-tidy)
	@$(PYTHON) tools/tidy.py --jobs $(JOBS) build/fuzz
.PHONY: build/fuzz
