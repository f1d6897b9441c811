#!/usr/bin/env bash
# Runs python/regenerate.py, by default with --check.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -eq 0 ]; then
    set -- --check
fi
exec ci/python.sh python/regenerate.py "$@"
