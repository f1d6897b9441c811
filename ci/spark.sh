#!/usr/bin/env bash
# Builds the jar for Spark and runs its tests on a cluster of several JVMs, with 300 prompts or the given number. The first run
# downloads Spark, of 280 MB. Then checks which classes are in which jar. Not run on Windows, where Spark needs more files.
set -euo pipefail
cd "$(dirname "$0")/.."

maven() { # the arguments of mvn
    mvn --batch-mode --no-transfer-progress -Dstyle.color=never "$@" </dev/null
}

src/spark/spark-submit.sh --version 2>&1 | grep 'version 4'
maven --quiet verify -Pspark -Dspark.prompts="${1:-300}"
sed -n 's/.*<testsuite .* time="\([^"]*\)" tests="\([0-9]*\)".*/\2 tests on a cluster in \1 s/p' \
    target/spark/surefire-reports/TEST-*ClusterTest.xml | grep .

classes() { # the path of a jar
    python3 -m zipfile --list "$1" | cut -d ' ' -f 1
}
foreign=$(classes target/touchstone-spark.jar | grep '\.class$' | grep -v '^dev/touchstone/' || true)
[ -z "$foreign" ] || { echo "ci/spark.sh: classes of touchstone-spark.jar are not relocated: $foreign" >&2; exit 1; }
for jar in target/touchstone.jar target/touchstone-0.1.0.jar; do
    [ ! -f "$jar" ] || ! classes "$jar" | grep -i spark || { echo "ci/spark.sh: $jar has classes of Spark" >&2; exit 1; }
done
echo "Spark is in no other jar, and all classes of its own are relocated"
