#!/usr/bin/env bash
# Runs other engines on the fixtures and writes target/scoreboard/index.html and scoreboard.json. --quick runs a part of them in some
# minutes. Without it, SmolLM2 is run too, whose folder ci/real-model.sh writes. --speeds only measures the speeds of the engines in
# scoreboard.json anew. python/engines/README.md describes the adapters, and python/engines/scoreboard.py all options.
set -euo pipefail
cd "$(dirname "$0")/.."

./touchstone --version >/dev/null # builds the jar
case " $* " in
*' --quick '*) ;;
*) ci/python.sh python/real_model.py --out target/real-models ;;
esac
ci/python.sh python/engines/scoreboard.py "$@"
case " $* " in
*' --quick '*) ci/python.sh python/engines/planted.py --quick ;;
*' --speeds '* | *' --only '*) ;;
*) ci/python.sh python/engines/planted.py ;;
esac
