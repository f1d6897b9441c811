#!/usr/bin/env bash
# Builds the jar for Spark and runs its tests on clusters of several JVMs, with 2,000 prompts or the given number. The first run
# downloads Spark, of 280 MB. Then checks which classes are in which jar, that a build without the profile needs nothing of
# Spark, and that the manifest for Kubernetes has the fields of its schemas. Not run on Windows, where Spark needs more files.
set -euo pipefail
cd "$(dirname "$0")/.."

maven() { # the arguments of mvn
    mvn --batch-mode --no-transfer-progress -Dstyle.color=never "$@" </dev/null
}

fail() { # the message
    echo "ci/spark.sh: $1" >&2
    exit 1
}

src/spark/spark-submit.sh --version 2>&1 | grep 'version 4'
maven --quiet verify -Pspark -Dspark.prompts="${1:-2000}"
sed -n 's/.*<testsuite .* name="[^"]*\.\([A-Za-z]*\)" time="\([^"]*\)" tests="\([0-9]*\)".*/\1: \3 tests in \2 s/p' \
    target/spark/surefire-reports/TEST-*.xml | grep .

classes() { # the path of a jar
    python3 -m zipfile --list "$1" | cut -d ' ' -f 1
}
foreign=$(classes target/touchstone-spark.jar | grep '\.class$' | grep -v '^dev/touchstone/' || true)
[ -z "$foreign" ] || fail "classes of touchstone-spark.jar are not relocated: $foreign"
for jar in target/touchstone.jar target/touchstone-0.1.0.jar; do
    [ ! -f "$jar" ] || ! classes "$jar" | grep -i spark || fail "$jar has classes of Spark"
done
echo "Spark is in no other jar, and all classes of its own are relocated"

# An offline build in a local repository without Spark.
repository=target/repository
rm -rf "$repository"
cp -Rl ~/.m2/repository "$repository" 2>/dev/null || cp -R ~/.m2/repository "$repository"
rm -r "$repository/org/apache/spark"
maven --quiet --offline "-Dmaven.repo.local=$PWD/$repository" verify -DskipTests
rm -rf "$repository"
echo "a build without the profile spark needs nothing of Spark"

kubernetes() { # the path of a manifest
    ci/python.sh -m uv tool run --quiet --from kubernetes-validate==1.37.0 kubernetes-validate --strict "$1"
}
kubernetes src/spark/kubernetes.yaml
sed 's/serviceAccountName/serviceAccountname/' src/spark/kubernetes.yaml >target/wrong.yaml
! kubernetes target/wrong.yaml >target/wrong.log 2>&1 || fail "a wrong manifest was accepted"
