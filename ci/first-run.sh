#!/usr/bin/env bash
# Starts the launcher twice at once in a copy of the sources that has not been built: one builds, the other waits, both answer,
# and neither prints more than the lines that are expected.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$folder"

run() { # a name
    "$folder/touchstone" generate --quiet --prompt "The fox" --max-new-tokens 6 >"$folder/$1.out" 2>"$folder/$1.err"
}

run first &
first=$!
run second &
second=$!
wait $first
wait $second

status=0
for name in first second; do
    [ "$(cat "$folder/$name.out")" = ", who was standing by the" ] || status=1
done
# The process id and the folder differ from run to run.
sort "$folder/first.err" "$folder/second.err" | sed 's/process [0-9]*/process N/; s|delete .*/target|delete target|' >"$folder/err"
diff - "$folder/err" <<'END' || status=1
touchstone: building, once; this takes a minute ...
touchstone: waiting for process N, which is building; if it is not, delete target/touchstone.lock
END
[ -z "$(find "$folder/target" -name 'touchstone.*' ! -name touchstone.jar -o -name '*.jsa.*')" ] || status=1
if [ $status -ne 0 ]; then
    echo "ci/first-run.sh: two first runs at once printed this:" >&2
    head -n 50 "$folder"/*.out "$folder"/*.err >&2
    ls "$folder/target" >&2
    exit 1
fi
echo "two first runs at once: one built, the other waited, both answered"
