#!/usr/bin/env bash
# Every check of the project, the tests last. The same script runs on a desk and in CI.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

step "format"
cargo fmt --all --check
cargo fmt --manifest-path no_std_proof/Cargo.toml --check

step "clippy"
cargo clippy --workspace --all-targets -- -D warnings
# Alone, the core is built without serde, which the workspace build always turns on.
cargo clippy --package slackwater-core --lib -- -D warnings

step "no_std proof"
scripts/no_std_proof.sh

step "dependencies"
if cargo deny --version >/dev/null 2>&1; then
    cargo deny --all-features check bans licenses sources
else
    echo "cargo-deny is not installed, so this check was skipped (install: cargo install --locked cargo-deny)"
fi

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

status=0
step "instructions"
scripts/instructions.sh || status=$?

step "Python"
scripts/python_tests.sh || status=$?

step "tests"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cargo test --workspace --no-fail-fast 2>&1 | tee "$log" || status=$?

if ! awk '
    /^test result: / {
        runs++
        for (field = 2; field <= NF; field++) {
            if ($field == "passed;") passed += $(field - 1)
            if ($field == "failed;") failed += $(field - 1)
        }
    }
    END {
        if (!runs) exit 1
        printf "%d passed, %d failed\n", passed, failed
    }
' "$log"; then
    echo "no test ran" >&2
    ((status)) || status=1
fi
exit "$status"
