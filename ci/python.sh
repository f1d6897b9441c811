#!/usr/bin/env bash
# Runs Python with the given arguments in the project's virtual environment, .venv, which is created on first use from
# python/requirements.txt. UV_TORCH_BACKEND=cpu avoids a download of several GB if PyTorch's own package index can be reached.
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
        # Installs into a folder, because Debian's python3 has no venv module without the package python3-venv.
        python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$venv-uv" uv >&2 || {
            echo "ci/python.sh: needs uv or pip, found neither; install one, e.g. apt-get install python3-pip" >&2
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
