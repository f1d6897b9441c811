#!/usr/bin/env bash
# A real language model, SmolLM2-135M-Instruct: makes its folder with Hugging Face (python/real_model.py), once, and checks
# every tap, the tokenizer, the chat template and what is generated. Needs what `mvn verify` has compiled.
set -euo pipefail
cd "$(dirname "$0")/.."

root=target/real-models
folder=$root/SmolLM2-135M-Instruct
if [ ! -f "$folder/provenance.json" ]; then # the last file to be written
    rm -rf "$folder"
    ci/python.sh python/real_model.py --out "$folder"
fi
mvn --quiet --offline --batch-mode -Dstyle.color=never surefire:test -Dsurefire.failIfNoSpecifiedTests=true \
    -Dtest='GoldenTest,GenerationGoldenTest,FixtureTokensTest,ChatTemplateTest' \
    -DextraArgLine="-Dtouchstone.fixtures=$root -Dtouchstone.reports=target/real-model-reports" </dev/null
./touchstone parity --quiet "$folder"
