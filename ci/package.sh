#!/usr/bin/env bash
# Installs the Python package for users as `pip install ./python` does, and runs its tests with the installed copy.
set -euo pipefail
cd "$(dirname "$0")/.."

site=target/package
rm -rf $site
ci/python.sh -m uv pip install --quiet --no-deps --target $site ./python
./touchstone --version >/dev/null # builds the jar
PYTHONPATH=$site ci/python.sh python/tests/test_package.py
