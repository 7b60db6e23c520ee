# The two a newcomer needs are `make run` and `make test`; the others are parts of them or for special days.

# Where cargo builds; the browser tests start a binary from there.
TARGET := $(or $(CARGO_TARGET_DIR),target)

# What tests are built with: a clock that can be set. One set for all of them, so that the program is built
# once; `make check` looks at it as it is released.
CLOCK := --features fairdraw/test-clock

# The bundles that the three verifiers are compared on.
CORPUS := $(abspath $(TARGET))/corpus

.PHONY: run demo test prerequisites check units canary agreement browser pages bench soak soak-edge soak-faults soak-privacy fuzz deb deb-test

## Serves http://127.0.0.1:8000 with its data in ./data.
run:
	cargo run

## Serves a made-up library with activities in every state, in a temporary place.
demo:
	cargo run -- demo

## Everything that must hold; what CI runs. At most 25 minutes on 2 cores from a fresh clone.
## Pages and units wait for the browser, the clock and the disk most of the time, so they run side by
## side; everything is built before, because both start the program that lies in the target folder.
test:
	tests/prerequisites.sh disks
	$(MAKE) check
	cargo test --workspace $(CLOCK) --no-run
	$(MAKE) --jobs=2 --output-sync=target pages units
	$(MAKE) canary
	$(MAKE) agreement

## Finds (or installs) Chromium, fonts, PostgreSQL, Exim, proxies, Python and the npm packages.
prerequisites:
	tests/prerequisites.sh

## Formatting and lints, with and without the features that only tests use.
check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --package fairdraw --lib --bins --test canary --test soak --bench system --features leak-control,bench -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --package lucky-draw --no-deps

# Tests wait for disks, processes and a database most of their time: more run at once than there are cores.
TESTS_AT_ONCE := $(shell echo $$(( 2 * $$(nproc) + 1 )))

## Unit, property, vector, architecture and system tests, the last on SQLite and on PostgreSQL.
units:
	RUST_TEST_THREADS=$(TESTS_AT_ONCE) cargo test --workspace $(CLOCK)

## The positive control: in a build that leaks on purpose, the canary scan must find the leak.
canary:
	tests/positive_control.sh

## The three verifiers: the Python one alone, then all of them over 200 activities and 1,000 forgeries.
agreement: prerequisites
	cd protocol/python && python3 -m unittest --quiet
	rm -rf $(CORPUS)
	LUCKY_DRAW_CORPUS=$(CORPUS) cargo test --workspace $(CLOCK) --test corpus
	python3 tests/agreement/agreement.py $(CORPUS)

## Pages in real Chromium, on a build whose clock the tests can set.
browser: prerequisites
	cargo build --workspace $(CLOCK)
	$(MAKE) pages

# On the build that is there.
pages:
	cd tests/browser && FAIRDRAW_BIN=$(abspath $(TARGET))/debug/fairdraw npm test --silent

## A package for Debian and Ubuntu, below target/debian; cargo-deb comes from crates.io.
deb:
	@cargo deb --version >/dev/null 2>&1 || { echo "make deb needs cargo-deb: cargo install cargo-deb"; exit 1; }
	cargo build --release --locked --workspace --bins
	cargo deb --no-build

## Installs that package into a throw-away view of this machine, starts, asks, stops and removes it.
deb-test: deb
	@[ "$$(id -u)" = 0 ] || { echo "make deb-test mounts a view of this machine: run it as root"; exit 1; }
	tests/package.sh $$(ls -t $(TARGET)/debian/fairdraw_*.deb | head -1)

## How long each fuzzer runs, in seconds, and which there are.
FUZZ_SECONDS ?= 600
FUZZERS := note record proof receipt bundle

## Which parts of the benchmark; all of them if none is named.
PARTS ?=

## The whole system under load, as released: a table of what was measured and against what, written into
## docs/performance.md. For a machine that does nothing else; some thirty minutes after building.
bench: prerequisites
	cargo build --release --package lucky-draw --bins
	cargo bench --features bench --bench system -- $(PARTS)

## Feeds made-up bytes to every reader of what others wrote. Needs a nightly compiler and cargo-fuzz.
fuzz:
	@cargo +nightly fuzz --version >/dev/null 2>&1 || { \
		echo "make fuzz needs a nightly Rust compiler and cargo-fuzz:"; \
		echo "  rustup toolchain install nightly --profile minimal"; \
		echo "  cargo install cargo-fuzz"; exit 1; }
	@for fuzzer in $(FUZZERS); do \
		echo "== $$fuzzer, $(FUZZ_SECONDS) seconds"; \
		mkdir -p $(abspath $(TARGET))/fuzz/found/$$fuzzer && cd protocol && \
		cargo +nightly fuzz run --sanitizer none --target-dir $(abspath $(TARGET))/fuzz $$fuzzer \
			$(abspath $(TARGET))/fuzz/found/$$fuzzer fuzz/corpus/$$fuzzer \
			-- -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=2048 -max_len=16384 || exit 1; \
		cd ..; \
	done

## The long proofs of the data promises: swaps, fuzz, kills, raw disks, memory, guesses, timing. Needs
## root, for disks and mounts of its own, which end with it however it ends; about an hour.
soak-privacy: prerequisites
	@[ "$$(id -u)" = 0 ] || { echo "make soak-privacy makes disks of its own and reads the memory of processes: run it as root"; exit 1; }
	FAIRDRAW_CASES=10000 cargo test --lib vault::tests::swaps -- --nocapture
	FAIRDRAW_CASES=10000 cargo test --lib vault::tests::transcripts -- --nocapture
	FAIRDRAW_CASES=300000 cargo test --lib vault::tests::channel -- --nocapture
	own=$$(mktemp -d) && trap 'rm -rf "$$own"' EXIT INT TERM && chmod 711 "$$own" && \
		TMPDIR="$$own" PATH="$$PATH:/usr/sbin:/sbin" unshare --mount \
		cargo test $(CLOCK) --test soak -- --nocapture --test-threads=1 \
		--skip edge:: --skip rush_kills:: --skip power:: --skip instances:: --skip seats::

## Kills, power cuts and instances that die under load, and thousands who want the same places. Needs
## root, for disks of its own; about an hour.
soak-faults: prerequisites
	@[ "$$(id -u)" = 0 ] || { echo "make soak-faults makes disks of its own: run it as root"; exit 1; }
	own=$$(mktemp -d) && trap 'rm -rf "$$own"' EXIT INT TERM && chmod 711 "$$own" && \
		TMPDIR="$$own" PATH="$$PATH:/usr/sbin:/sbin" unshare --mount \
		cargo test $(CLOCK) --test soak -- --nocapture --test-threads=1 \
		rush_kills:: power:: instances:: seats::

## Thousands of slow clients, slowhttptest and testssl against the real program; about ten minutes.
soak-edge: prerequisites
	cargo test --test soak edge:: -- --nocapture --test-threads=1

## The long tests: the same properties with many more cases. Run before an issue that names it ends.
soak: prerequisites
	$(MAKE) soak-privacy
	$(MAKE) soak-faults
	$(MAKE) soak-edge
	PROPTEST_CASES=20000 cargo test --workspace $(CLOCK)
	$(MAKE) fuzz
	$(MAKE) agreement
	python3 tests/agreement/agreement.py $(CORPUS) --weaken
