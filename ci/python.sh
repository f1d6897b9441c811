#!/usr/bin/env bash
# Runs Python, with the arguments it is given, in a virtual environment of the project's own: .venv, made on first use from
# python/requirements.txt. UV_TORCH_BACKEND=cpu saves a download of some GB where PyTorch's own index can be reached.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=python/requirements.txt
venv=.venv
stamp="$venv/requirements.txt"

find_uv() {
    if command -v uv >/dev/null; then
        command -v uv
    elif [ -x "$venv-uv/bin/uv" ]; then
        echo "$venv-uv/bin/uv"
    else
        # a plain folder: Debian's python3 has pip only with python3-pip, and venv only with python3-venv
        python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$venv-uv" uv >&2 || {
            echo "python.sh: neither uv nor pip is here; install one of them, e.g. apt-get install python3-pip" >&2
            exit 1
        }
        echo "$venv-uv/bin/uv"
    fi
}

if ! cmp --silent "$requirements" "$stamp"; then
    uv="$(find_uv)"
    [ -x "$venv/bin/python" ] || "$uv" venv --quiet "$venv"
    "$uv" pip install --quiet --python "$venv/bin/python" --requirement "$requirements"
    cp "$requirements" "$stamp"
fi

exec "$venv/bin/python" "$@"
