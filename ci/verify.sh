#!/usr/bin/env bash
# Runs the README's test command, `mvn verify`, on JDK 17 and, if one is installed, on JDK 25. Fails if the log has a warning. The
# walks through all settings of Hugging Face are run on JDK 17 only: they take a quarter of the time, and test no code that
# asks for the version of the JDK.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/jdks.sh

verify() { # the feature version, the JDK's home, more arguments of mvn
    echo
    echo "== mvn verify on JDK $1: $2"
    local options=${MAVEN_OPTS:-}
    # Maven's own libraries use sun.misc.Unsafe, which newer JDKs warn about.
    [ "$1" -lt 24 ] || options="$options --sun-misc-unsafe-memory-access=allow"
    JAVA_HOME=$2 MAVEN_OPTS=$options mvn --batch-mode --no-transfer-progress -Dstyle.color=never clean verify "${@:3}" </dev/null 2>&1 |
        tee "$log"
    if grep WARN "$log" | grep -v 'Tests run:.* Skipped:'; then
        echo "ci/verify.sh: the build prints the warnings above" >&2
        exit 1
    fi
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

first=$(jdk 17)
[ -n "$first" ] || { echo "ci/verify.sh: no JDK 17 found; set JAVA_HOME to one" >&2; exit 1; }
second=$(jdk 25)

[ -z "$second" ] || verify 25 "$second" -Dsurefire.excludesFile=ci/walks.txt
[ -n "$second" ] || echo "== no JDK 25 on this machine: verified on 17 only"
verify 17 "$first"
cp "$log" target/verify.log # for ci/readme.py
