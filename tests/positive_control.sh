#!/usr/bin/env bash
# Runs the canary tests in a build that stores one contact field in clear, where they must find it.
#
# A filter that matches no test would pass in silence; zero tests is therefore a failure here.
set -euo pipefail
cd "$(dirname "$0")/.."

output=$(mktemp)
# What is leaked on purpose is swept up again.
trap 'rm -f "$output" "${TMPDIR:-/tmp}"/fairdraw-leak-*' EXIT
cargo test --package fairdraw --features leak-control --test system -- privacy::positive_control 2>&1 | tee "$output"
grep -Eq 'test result: ok\. [1-9][0-9]* passed' "$output" || {
    echo "positive control: no test named privacy::positive_control… ran in tests/system" >&2
    exit 1
}
