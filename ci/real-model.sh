#!/usr/bin/env bash
# Tests SmolLM2-135M-Instruct in float32 and rounded to bfloat16. python/real_model.py writes both folders if they are missing.
# In float32: checks every tap, the tokenizer, the chat template and the generated text, and that neither the cache nor
# speculative decoding changes a token. In bfloat16: checks the generated text, and that weights which are widened in
# registers give the same bits as weights which are widened when they are loaded. Needs the classes that `mvn verify` has
# compiled.
set -euo pipefail
cd "$(dirname "$0")/.."

root=target/real-models
float32=$root/SmolLM2-135M-Instruct
bfloat16=$root-bf16/SmolLM2-135M-Instruct
prompt="The capital of France is"
reports=-Dtouchstone.reports=target/real-model-reports

check() { # the folder of the fixtures, the tests to run
    mvn --quiet --offline --batch-mode -Dstyle.color=never surefire:test -Dsurefire.failIfNoSpecifiedTests=true \
        -Dtest="$2" -DextraArgLine="-Dtouchstone.fixtures=$1 $reports" </dev/null
}

ci/python.sh python/real_model.py --out "$root"
check "$root" 'GoldenTest,GenerationGoldenTest,FixtureTokensTest,ChatTemplateTest'
./touchstone parity --quiet "$float32"

# The taps in bfloat16 are not compared. From layer 2 on, 2 of the 8,064 elements, whose values are 585 and 471, have nearly
# all of the error. PyTorch's float32 happens to have both within half a unit in the last place, so the ratio says little.
check "$root-bf16" GenerationGoldenTest
./touchstone trace --quiet --model "$bfloat16" --prompt "$prompt" --out "$root/stored.safetensors"
./touchstone trace --quiet --model "$bfloat16" --dtype float32 --prompt "$prompt" --out "$root/widened.safetensors"
cmp "$root/stored.safetensors" "$root/widened.safetensors"
echo "weights in bfloat16 give the same bits as widened weights at every tap"

compared=$(./touchstone compare --quiet --model "$float32" --prompt "$prompt" --max-new-tokens 12 --prompt-lookup)
echo "$compared"
[ "$(grep -c 'x  equal$' <<<"$compared")" -eq 3 ] # without cache, with cache, with prompt lookup

# The GGUF file of the package, as it is: the bits of the float32 model that transformers makes of it, at every tap.
gguf=$root-gguf/SmolLM2-135M-Instruct.Q4_1.gguf
./touchstone trace --quiet --model "$gguf" --prompt "$prompt" --out "$root/gguf.safetensors"
./touchstone trace --quiet --model "$float32" --prompt "$prompt" --out "$root/float32.safetensors"
cmp "$root/gguf.safetensors" "$root/float32.safetensors"
echo "the GGUF file gives the same bits as its de-quantised folder at every tap"
tokens() {
    ./touchstone tokenize --model "$1" "$prompt, 2026: ça va?"
}
cmp <(tokens "$gguf") <(tokens "$float32")
answer=$(echo "What is the capital of France?" | ./touchstone chat --quiet --model "$gguf")
[ "$answer" = "The capital of France is Paris." ] || { echo "the GGUF file answers: $answer" >&2; exit 1; }
