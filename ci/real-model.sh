#!/usr/bin/env bash
# A real language model, SmolLM2-135M-Instruct, in float32 and in bfloat16: makes its folders with Hugging Face, once
# (python/real_model.py), and checks every tap, the tokenizer, the chat template and what is generated; that bfloat16 weights
# give the bits of the widened ones; and that a cache and drafts change no token. Needs what `mvn verify` has compiled.
set -euo pipefail
cd "$(dirname "$0")/.."

root=target/real-models
float32=$root/SmolLM2-135M-Instruct
bfloat16=$float32-BF16
prompt="The capital of France is"
ci/python.sh python/real_model.py --out "$root"
mvn --quiet --offline --batch-mode -Dstyle.color=never surefire:test -Dsurefire.failIfNoSpecifiedTests=true \
    -Dtest='GoldenTest,GenerationGoldenTest,FixtureTokensTest,ChatTemplateTest' \
    -DextraArgLine="-Dtouchstone.fixtures=$root -Dtouchstone.reports=target/real-model-reports" </dev/null
./touchstone parity --quiet "$float32" "$bfloat16"

./touchstone trace --quiet --model "$bfloat16" --prompt "$prompt" --out "$root/stored.safetensors"
./touchstone trace --quiet --model "$bfloat16" --dtype float32 --prompt "$prompt" --out "$root/widened.safetensors"
cmp "$root/stored.safetensors" "$root/widened.safetensors"
echo "the weights in bfloat16 give the bits of the widened ones at every tap"

compared=$(./touchstone compare --quiet --model "$float32" --prompt "$prompt" --max-new-tokens 12 --prompt-lookup)
echo "$compared"
[ "$(grep -c 'x  equal$' <<<"$compared")" -eq 3 ] # without cache, with cache, with drafts
