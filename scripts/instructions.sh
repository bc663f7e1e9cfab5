#!/usr/bin/env bash
# What the kernel and the searches cost, in instructions: a count does not depend on how busy the machine is.
# Fails if a count is more than 5 % above the one kept in benches/instructions.txt; --keep writes that file anew.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null; then
    echo "valgrind is not installed, so instructions were not counted"
    exit 0
fi

kept=benches/instructions.txt
allowed=105
cargo build --quiet --release --package slackwater
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count() { # NAME ARGUMENTS...
    local name=$1
    shift
    RAYON_NUM_THREADS=1 valgrind --tool=callgrind --callgrind-out-file="$work/$name" --log-file="$work/$name.log" \
        target/release/slackwater "$@" >/dev/null || true
    # What valgrind cut short has no count: it does not know every instruction.
    if grep -E "unrecognised instruction|Illegal opcode|SIGILL" "$work/$name.log" >&2; then
        echo "valgrind could not run $name to its end, so instructions were not counted" >&2
        exit 1
    fi
    awk -v name="$name" '/^summary:|^totals:/ { sum = $2 } END { print name, sum }' "$work/$name"
}

vary="--vary cluster.nodes=1500..2400 --vary agent.period_s=40..80 --sample sobol:256 --verdict-only --threads 1"
{
    count run simulate openai-2024-12-11-staging --quiet
    # shellcheck disable=SC2086
    count sweep sweep openai-2024-12-11-staging $vary --quiet
    # shellcheck disable=SC2086
    count fleet sweep openai-2024-12-11 $vary --quiet
    count chain chain --queue 199 --orbit 39
} >"$work/now"

if [ "${1:-}" = --keep ]; then
    cp "$work/now" "$kept"
    cat "$kept"
    exit 0
fi

awk -v allowed="$allowed" '
    NR == FNR { before[$1] = $2; next }
    {
        part = before[$1] ? 100 * $2 / before[$1] : 0
        printf "%-8s %14d instructions, %5.1f %% of those kept\n", $1, $2, part
        if (part > allowed) failed = 1
    }
    END { exit failed }
' "$kept" "$work/now" || {
    echo "more than $allowed % of the instructions kept in $kept: find out why, or keep the new ones with $0 --keep" >&2
    exit 1
}
