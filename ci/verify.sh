#!/usr/bin/env bash
# The README's test command, `mvn verify`, on JDK 17 and, where one is installed, on JDK 25: built and tested by each.
set -euo pipefail
cd "$(dirname "$0")/.."

# The home of a JDK of this version, or nothing. Looks where setup-java, Debian and macOS put them, and at the PATH.
jdk() {
    local home
    for home in $(printenv | sed -n "s/^JAVA_HOME_$1[^=]*=//p") "${JAVA_HOME:-}" \
        /usr/lib/jvm/*"$1"* "$(/usr/libexec/java_home -F -v "$1" 2>/dev/null || true)" "$(home_of_path)"; do
        if [ -n "$home" ] && [ -x "$home/bin/javac" ] && [ "$(version "$home")" = "$1" ]; then
            echo "$home"
            return
        fi
    done
}

home_of_path() {
    java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p'
}

version() {
    "$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'
}

verify() {
    echo
    echo "== mvn verify on JDK $1: $2"
    JAVA_HOME=$2 mvn --batch-mode --no-transfer-progress -Dstyle.color=never clean verify </dev/null | tee "$log"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

first=$(jdk 17)
[ -n "$first" ] || { echo "ci/verify.sh: no JDK 17 found; set JAVA_HOME to one" >&2; exit 1; }
second=$(jdk 25)

[ -z "$second" ] || verify 25 "$second"
[ -n "$second" ] || echo "== no JDK 25 on this machine: verified on 17 only"
verify 17 "$first"
cp "$log" target/verify.log # for ci/readme.py
