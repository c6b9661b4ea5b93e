#!/bin/sh
# Make the virtual environment and install one list of pinned packages, only where it changed.
# usage: setup.sh LIST [OTHER LISTS THAT LIST INCLUDES ...]
set -eu

venv=${VENV:-.venv}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Where the usual python3 is too old, a newer one may stand beside it.
python=${PYTHON:-python3}
if [ "$python" = python3 ] && ! new_enough python3; then
    for other in python3.14 python3.13 python3.12 python3.11; do
        if new_enough "$other"; then
            python=$other
            break
        fi
    done
fi

if [ ! -x "$venv/bin/python" ]; then
    if ! command -v "$python" >/dev/null 2>&1; then
        echo "FairGen needs Python 3.11 or newer, and no '$python' was found." >&2
        echo "Install Python, or say where it is: make run PYTHON=/path/to/python3" >&2
        exit 1
    fi
    if ! new_enough "$python"; then
        echo "FairGen needs Python 3.11 or newer, and '$python' is $("$python" -V 2>&1)." >&2
        echo "Install a newer one, or say where it is: make run PYTHON=/path/to/python3.11" >&2
        exit 1
    fi
    echo "Setting up $venv with $("$python" -V 2>&1) ..."
    if ! "$python" -m venv "$venv"; then
        rm -rf "$venv"
        echo "'$python' could not make a virtual environment." >&2
        echo "On Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
fi

# The stamp holds the lists that were installed; comparing texts needs no hashing tool.
stamp="$venv/$(basename "$1").installed"
if [ -f "$stamp" ] && cat "$@" | cmp -s - "$stamp"; then
    exit 0
fi
echo "Installing $1 (once; some minutes with a slow line) ..."
if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$1"; then
    echo "The packages in $1 could not be installed; pip's reason stands above." >&2
    echo "The first set-up needs a network; afterwards FairGen works without one." >&2
    exit 1
fi
cat "$@" >"$stamp"
