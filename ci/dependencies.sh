#!/usr/bin/env bash
# Checks the dependencies of the library and the runnable jar. A known vulnerability, by the OSV database, fails. Newer
# versions on Maven Central are listed only, so that a release elsewhere does not break this build. A service that cannot be
# reached is named, and its check is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

osv=https://api.osv.dev/v1/querybatch
list=$(mktemp)
trap 'rm -f "$list"' EXIT

maven() { # the arguments of mvn
    mvn --batch-mode --no-transfer-progress -Dstyle.color=never "$@" </dev/null
}

maven --quiet org.apache.maven.plugins:maven-dependency-plugin:3.11.0:list -DincludeScope=runtime -DoutputFile="$list"
# group:artifact:jar:version:scope, then perhaps a note
dependencies=$(sed -nE 's/^ *([^: ]*):([^:]*):jar:([^:]*):(compile|runtime).*/\1:\2 \3/p' "$list")
[ -n "$dependencies" ] || { echo "ci/dependencies.sh: Maven listed no dependency" >&2; exit 1; }

vulnerable=0 checked=0 total=$(wc -l <<<"$dependencies" | tr -d ' ')
while read -r name version; do
    query="{\"queries\":[{\"version\":\"$version\",\"package\":{\"name\":\"$name\",\"ecosystem\":\"Maven\"}}]}"
    if ! answer=$(curl --silent --fail --max-time 20 --data "$query" "$osv"); then
        echo "SKIPPED known vulnerabilities: $osv cannot be reached; $checked of $total dependencies were checked"
        break
    fi
    case $answer in
    '{"results":'*) ;;
    *) echo "ci/dependencies.sh: $osv gave an answer without results: $answer" >&2; exit 1 ;;
    esac
    checked=$((checked + 1))
    ids=$(grep -o '"id": *"[^"]*"' <<<"$answer" | cut -d '"' -f 4 | tr '\n' ' ' || true)
    if [ -n "$ids" ]; then
        echo "FAIL $name $version has known vulnerabilities: $ids" >&2
        vulnerable=$((vulnerable + 1))
    fi
done <<<"$dependencies"
[ $vulnerable -gt 0 ] || [ "$checked" -lt "$total" ] || echo "known vulnerabilities: none in $total dependencies"

stable='-Dmaven.version.ignore=(?i).*[.-](alpha|beta|rc|cr|m|ea|preview)[.-]?[0-9]*.*'
if newer=$(maven org.codehaus.mojo:versions-maven-plugin:2.21.0:display-dependency-updates \
    -DprocessDependencyManagement=false "$stable" 2>&1); then
    echo "newer versions; pom.xml gives the reason where an older one is used on purpose:"
    grep -e '->' <<<"$newer" | sed 's/^\[INFO\] //' || echo "  none"
else
    echo "SKIPPED newer versions: Maven Central cannot be reached, or the check failed: $(grep -m 1 ERROR <<<"$newer")"
fi
[ $vulnerable -eq 0 ]
