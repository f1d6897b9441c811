#!/usr/bin/env bash
# The tests of the kernels with vectors of 128, 256 and 512 bits, on JDK 17 and, where one is installed, on JDK 25: the
# same bits on each, by the digests that are committed. A width that the processor lacks is narrowed by the JVM, and said.
# Needs what `mvn verify` has compiled.
set -euo pipefail
cd "$(dirname "$0")/.."

tests='dev/touchstone/kernels/*Test,SameBits*Test'
for version in 17 25; do
    # shellcheck disable=SC2012
    home=$(ls -d /usr/lib/jvm/*"$version"* 2>/dev/null | while read -r d; do [ -x "$d/bin/javac" ] && echo "$d"; done | head -n 1 || true)
    variable=JAVA_HOME_${version}_X64
    home=${!variable:-$home}
    if [ -z "$home" ]; then
        echo "== no JDK $version on this machine"
        continue
    fi
    for bytes in 16 32 64; do
        echo "== vectors of $((bytes * 8)) bits, $("$home/bin/java" -version 2>&1 | head -n 1)"
        JAVA_HOME=$home mvn --quiet --offline --batch-mode -Dstyle.color=never surefire:test -Dtest="$tests" \
            -Dsurefire.failIfNoSpecifiedTests=true -DextraArgLine="-XX:MaxVectorSize=$bytes" </dev/null
        grep -h "tests=" target/surefire-reports/TEST-dev.touchstone.kernels.LogitsDigestTest.xml |
            sed -n 's/.* tests="\([0-9]*\)".*/   \1 digests agree/p'
    done
done
