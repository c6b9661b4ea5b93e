#!/bin/sh
# See that the browser tests have a chromium: the system's, Debian's, or else Playwright's own.
set -eu

venv=${VENV:-.venv}

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

cannot() {
    echo "The browser tests need chromium, and $1." >&2
    echo "Install chromium (or Google Chrome) so that it is on the PATH and try again." >&2
    exit 1
}

if ! command -v apt-get >/dev/null 2>&1; then
    "$venv/bin/python" -m playwright install chromium || cannot "it could not be downloaded"
    exit 0
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo"
else
    cannot "installing it needs root or sudo"
fi

echo "Installing chromium for the browser tests ..."
$as_root apt-get update -qq || cannot "the package lists could not be fetched"
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null ||
    cannot "apt-get could not install it"
