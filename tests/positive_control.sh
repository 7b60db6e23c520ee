#!/usr/bin/env bash
# Runs the canary scan in a build that stores one contact field in clear, where it must find it.
set -euo pipefail
cd "$(dirname "$0")/.."

# What is leaked on purpose is swept up again.
trap 'rm -f "${TMPDIR:-/tmp}"/fairdraw-leak-*' EXIT
cargo test --package fairdraw --features leak-control --test canary
