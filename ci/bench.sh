#!/usr/bin/env bash
# Benchmarks: the speed of Touchstone compared with the machine's limits and with PyTorch. Takes half an hour and writes
# target/bench/report.html and report.json. --quick leaves out single operations and the scalar kernels, --no-python leaves
# out PyTorch, --smollm2 adds a real model in float32 and bfloat16, --gguf the same model as a GGUF file beside llama.cpp.
# --streams measures the server only, which takes three minutes, and --fresh=30 new processes only, a quarter of an hour.
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
    --gguf)
        gguf=target/real-models-gguf/SmolLM2-135M-Instruct.Q4_1.gguf
        ci/python.sh python/real_model.py --out target/real-models
        ci/python.sh python/llama_cpp.py errors target/real-models/SmolLM2-135M-Instruct $gguf >target/llama-cpp-errors.json
        options+=(--gguf $gguf --errors target/llama-cpp-errors.json)
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
