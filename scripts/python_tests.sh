#!/usr/bin/env bash
# Builds the Python package into an environment under target/ and runs every check and test of it, notebooks included.
set -euo pipefail
cd "$(dirname "$0")/.."

for python in python3 python; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
        found=$python
        break
    fi
done
if [[ -z ${found:-} ]]; then
    echo "Python: skipped, there is no python3 of 3.10 or later with venv (Debian: apt-get install python3-venv)"
    exit 0
fi

here=${CARGO_TARGET_DIR:-target}
environment=$here/venv
if [[ ! -x $environment/bin/python ]]; then
    "$found" -m venv "$environment"
fi
# Packages are installed again only when the list of them changes.
if ! cmp -s py/requirements-test.txt "$environment/installed.txt"; then
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --requirement py/requirements-test.txt
    cp py/requirements-test.txt "$environment/installed.txt"
fi
# Absolute, and with no mark of another environment: tools are found there and nowhere else.
environment=$(cd "$environment" && pwd)
export VIRTUAL_ENV=$environment PATH=$environment/bin:$PATH
cd py

ruff format --check .
ruff check .
maturin develop --quiet --profile python
python -m pytest "$@"
