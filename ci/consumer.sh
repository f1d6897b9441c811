#!/usr/bin/env bash
# Installs the library, and builds and runs src/it/consumer, a program that uses it as the README says: on JDK 17, with the
# plugins that Maven uses by default, on the class path and on the module path, with and without the Vector API.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/jdks.sh

JAVA_HOME=$(jdk 17)
[ -n "$JAVA_HOME" ] || { echo "ci/consumer.sh: no JDK 17 found; set JAVA_HOME to one" >&2; exit 1; }
export JAVA_HOME
consumer=src/it/consumer
target=$consumer/target
vectors="--add-modules jdk.incubator.vector"
status=0

maven() { # the arguments of mvn
    mvn --quiet --batch-mode --no-transfer-progress -Dstyle.color=never "$@" </dev/null
}

expect() { # what is checked, what is expected, the command
    local what=$1 expected=$2 printed
    shift 2
    if printed=$("$@" 2>"$target/err") && [ "$printed" = "$expected" ]; then
        echo "ok   $what"
    else
        echo "FAIL $what: expected $expected, found $printed" >&2
        cat "$target/err" >&2
        status=1
    fi
}

maven install -Dmaven.test.skip=true
maven -f "$consumer/pom.xml" clean package
plugin=org.apache.maven.plugins:maven-dependency-plugin:3.11.0
maven -f "$consumer/pom.xml" $plugin:copy-dependencies -DoutputDirectory=target/libraries
maven -f "$consumer/pom.xml" $plugin:tree -DoutputFile=target/dependencies.txt
expect "the dependencies" "$(cat $consumer/dependencies.txt)" cat "$target/dependencies.txt"

separator=$("$JAVA_HOME/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *path.separator = //p' | tr -d '\r')
text=", who was standing by the"
# shellcheck disable=SC2086
for options in "" "$vectors"; do
    kernels=$([ -n "$options" ] && echo VectorKernels || echo ScalarKernels)
    expect "class path, $kernels" "$text"$'\n'"$kernels" \
        "$JAVA_HOME/bin/java" $options -cp "$target/classes$separator$target/libraries/*" consumer.Fox
done

"$JAVA_HOME/bin/javac" -nowarn -d "$target/module" --module-path "$target/libraries" \
    $consumer/src/main/module/module-info.java $consumer/src/main/java/consumer/Fox.java
# shellcheck disable=SC2086
for options in "" "$vectors"; do
    kernels=$([ -n "$options" ] && echo VectorKernels || echo ScalarKernels)
    expect "module path, $kernels" "$text"$'\n'"$kernels" \
        "$JAVA_HOME/bin/java" $options --module-path "$target/module$separator$target/libraries" -m consumer/consumer.Fox
done

# Runs the command line as a module, in which Jackson needs access to the records of the pages.
pages() { # the command's arguments; prints the title of the page
    "$JAVA_HOME/bin/java" --module-path "$jar$separator$target/runtime" --add-modules "ALL-MODULE-PATH,jdk.incubator.vector" \
        -m dev.touchstone/dev.touchstone.cli.Main "$@" --quiet --html "$target/page.html" >"$target/out"
    sed -n '/<body/q; s/.*<title>\(.*\)<\/title>.*/\1/p' "$target/page.html" # pictures in the body have titles too
    rm "$target/page.html"
}
jar=$(ls target/touchstone-*.jar)
maven $plugin:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$target/runtime"
expect "explain as a module" "Touchstone: one run of storyteller explained" pages explain --prompt "The fox" --max-new-tokens 2
expect "parity as a module" "Touchstone: parity of exercise" pages parity fixtures/exercise
expect "compare as a module" "Touchstone: time per token of storyteller" pages compare --prompt "The fox" --max-new-tokens 2
exit $status
