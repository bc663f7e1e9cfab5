#!/usr/bin/env bash
# Lints no_std_proof, builds it without std, alloc and libc, and runs it.
set -euo pipefail
cd "$(dirname "$0")/.."

host=$(rustc -vV | sed -n 's/^host: //p')
if [[ $host != x86_64-unknown-linux-gnu ]]; then
    echo "no_std proof: skipped, it is written for x86_64-unknown-linux-gnu and this host is $host"
    exit 0
fi

target_dir=${CARGO_TARGET_DIR:-target}/no_std_proof
where=(--quiet --release --manifest-path no_std_proof/Cargo.toml --target "$host" --target-dir "$target_dir")
cargo clippy "${where[@]}" -- -D warnings
cargo build "${where[@]}"

program=$target_dir/$host/release/no-std-proof
status=0
env -i "$program" || status=$?
if ((status != 0)); then
    echo "no_std proof: FAILED, $program ended with status $status" >&2
    echo "(101 is a panic; a small number is the check in exercise() that failed)" >&2
    exit 1
fi
echo "no_std proof: the ELF has $(stat -c %s "$program") bytes"
echo "no_std proof: ok"
