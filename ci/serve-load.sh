#!/usr/bin/env bash
# Load and faults of the server, on this machine only. First many requests over HTTP: their times, and whether each gets the same
# bytes as alone. Then clients that disconnect; DISCONNECTS sets their number, of which 10000 take up to a quarter of an hour.
# Then the same work for llama.cpp's server, with the GGUF file that ci/real-model.sh writes. Last, requests in process with
# failing passes and listeners; FAULT_REQUESTS sets their number, of which 100000 take some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

ci/python.sh ci/serve_load.py
ci/python.sh ci/serve_faults.py --disconnects "${DISCONNECTS:-1000}"
case $OSTYPE in
linux*) ci/python.sh ci/serve_compare.py ;;
*) echo "skipped outside of Linux, as ci/llama-cpp.sh is: ci/serve_compare.py" ;;
esac

mvn --quiet --batch-mode --no-transfer-progress -Dstyle.color=never test-compile
mvn --quiet --batch-mode --no-transfer-progress dependency:build-classpath -Dmdep.outputFile=target/test.classpath
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx256m -cp "target/test-classes:target/classes:$(cat target/test.classpath)" \
    dev.touchstone.serving.FaultRun "${FAULT_REQUESTS:-3000}" 1
