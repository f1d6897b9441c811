#!/usr/bin/env bash
# Load and faults of the server, on this machine only. First many requests over HTTP: their times, and whether each gets the same
# bytes as alone (ci/serve_load.py, whose options are passed on). Then requests in process with failing passes and listeners;
# FAULT_REQUESTS sets their number.
set -euo pipefail
cd "$(dirname "$0")/.."

ci/python.sh ci/serve_load.py "$@"

mvn --quiet --batch-mode --no-transfer-progress -Dstyle.color=never test-compile
mvn --quiet --batch-mode --no-transfer-progress dependency:build-classpath -Dmdep.outputFile=target/test.classpath
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx256m -cp "target/test-classes:target/classes:$(cat target/test.classpath)" \
    dev.touchstone.serving.FaultRun "${FAULT_REQUESTS:-3000}" 1
