#!/usr/bin/env bash
# Real clients of the server: OpenAI's for Python and JavaScript, LiteLLM, and lm-eval, whose scores must be those of Hugging
# Face. Each has an environment of its own in target/clients, with the versions in ci/clients. Needs SmolLM2-135M-Instruct, which
# ci/real-model.sh writes.
set -euo pipefail
cd "$(dirname "$0")/.."

root=target/clients
python=$(ci/python.sh -c 'import sys; print(sys.executable)')
uv=$(dirname "$python")/uv
mkdir -p "$root"

for client in openai litellm lm-eval; do
    if ! cmp --silent "ci/clients/$client.txt" "$root/$client/requirements.txt"; then
        rm -rf "${root:?}/$client"
        "$uv" venv --quiet --python "$python" "$root/$client"
        "$uv" pip install --quiet --python "$root/$client/bin/python" --requirement "ci/clients/$client.txt"
        cp "ci/clients/$client.txt" "$root/$client/requirements.txt"
    fi
done
if ! cmp --silent ci/clients/package-lock.json "$root/npm/installed.json"; then
    rm -rf "$root/npm"
    mkdir "$root/npm"
    cp ci/clients/package.json ci/clients/package-lock.json "$root/npm"
    npm ci --prefix "$root/npm" --silent --no-audit --no-fund </dev/null
    cp ci/clients/package-lock.json "$root/npm/installed.json"
fi

"$python" ci/clients/run.py "$root"
