#!/usr/bin/env bash
# Tests the kernels with vectors of 128, 256 and 512 bits, or those whose bytes are given, such as 16, on JDK 17 and on JDK 25,
# those of the two that are installed. Every run must give the committed digests. The JVM reduces a width that the processor
# lacks. Needs the classes that `mvn verify` has compiled.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/jdks.sh

[ $# -gt 0 ] || set -- 16 32 64
tests='dev/touchstone/kernels/*Test,SameBits*Test'
report=target/surefire-reports/TEST-dev.touchstone.kernels.LogitsDigestTest.xml
runs=0
for version in 17 25; do
    home=$(jdk "$version")
    if [ -z "$home" ]; then
        echo "== no JDK $version on this machine"
        continue
    fi
    for bytes in "$@"; do
        echo "== vectors of $((bytes * 8)) bits, JDK $version: $home"
        JAVA_HOME=$home mvn --quiet --offline --batch-mode -Dstyle.color=never surefire:test -Dtest="$tests" \
            -Dsurefire.failIfNoSpecifiedTests=true -DextraArgLine="-XX:MaxVectorSize=$bytes" </dev/null
        sed -n 's/.*<testsuite .* tests="\([0-9]*\)".*/   \1 digests agree/p' "$report" | grep .
        runs=$((runs + 1))
    done
done
[ $runs -gt 0 ] || { echo "ci/vector-widths.sh: found neither JDK 17 nor JDK 25, so nothing was tested; set JAVA_HOME to one" >&2; exit 1; }
