#!/usr/bin/env bash
# Measures how fast Touchstone is, beside the machine's limits and beside PyTorch: target/bench/report.html and .json.
# Takes half an hour and is no test. --quick leaves out the operations and the scalar kernels, --no-python the comparison;
# --smollm2 adds a real model, in float32 and in bfloat16.
set -euo pipefail
cd "$(dirname "$0")/.."

options=()
python=yes
for argument in "$@"; do
    case $argument in
    --no-python) python=no ;;
    --smollm2)
        ci/python.sh python/real_model.py --out target/real-models
        options+=(--smollm2 target/real-models)
        ;;
    *) options+=("$argument") ;;
    esac
done
if [ $python = yes ]; then
    ci/python.sh -c "" # makes .venv
    options+=(--python "$PWD/.venv/bin/python")
fi
./touchstone --version >/dev/null # builds the jar and keeps its classes
mvn --quiet --batch-mode --no-transfer-progress -Dstyle.color=never test-compile
mvn --quiet --batch-mode --no-transfer-progress dependency:build-classpath -Dmdep.outputFile=target/bench.classpath
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" --add-modules jdk.incubator.vector -Dai.djl.offline=true -DDJL_CACHE_DIR="$PWD/target/djl" \
    -DOPT_OUT_TRACKING=true -Xmx12g -cp "target/test-classes:target/classes:$(cat target/bench.classpath)" \
    dev.touchstone.bench.Benchmarks ${options[@]+"${options[@]}"}
