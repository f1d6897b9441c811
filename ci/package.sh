#!/usr/bin/env bash
# Installs the Python package for users as `pip install ./python` does, and runs its tests with the installed copy.
set -euo pipefail
cd "$(dirname "$0")/.."

site=target/package
rm -rf $site
ci/python.sh -m uv pip install --quiet --no-deps --target $site ./python
installed=$(cd $site/touchstone && ls ./*.py | tr -d '\n')
expected=./__init__.py./checkpoint.py./exercise.py./goldens.py./hooks.py./reference.py./taps.py./traces.py./truth.py./verdicts.py
[ "$installed" = "$expected" ] || { echo "ci/package.sh: installed $installed" >&2; exit 1; }
./touchstone --version >/dev/null # builds the jar
PYTHONPATH=$site ci/python.sh python/tests/test_package.py
