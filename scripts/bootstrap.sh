#!/bin/sh
# Makes .venv and installs the pinned packages into it: `scripts/bootstrap.sh run` or `scripts/bootstrap.sh dev`.
# uv does the work as it is ten times as fast; where it can't be had, pip does the same from the same files.
set -eu
cd "$(dirname "$0")/.."
set_name="${1:-run}"
python="${PYTHON:-python3}"
target=.venv/bin/python

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

command -v "$python" >/dev/null || fail \
    "$python was not found." "Install Python 3.11 or newer, or name yours: make PYTHON=/path/to/python3 run"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail \
    "$("$python" --version) is too old: Switchboard needs 3.11 or newer." "Name a newer one: make PYTHON=python3.11 run"

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing python3-venv, which $python lacks."
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y python3-venv
    else
        fail "$python can't make virtual environments." "Install what is missing: sudo apt install python3-venv"
    fi
fi

if ! "$target" -c 'import pip' 2>/dev/null; then
    echo "Making .venv."
    "$python" -m venv .venv
fi

echo "Installing the pinned packages of requirements/$set_name.txt."
pip="$target -m pip --quiet --no-input --disable-pip-version-check"
uv=".venv/bin/uv --quiet pip"
if $pip install --require-hashes -r requirements/uv.txt &&
    $uv install --python "$target" --require-hashes -r "requirements/$set_name.txt"; then
    $uv install --python "$target" --no-deps --no-build-isolation --editable .
else
    echo "uv can't install here; doing the same with pip, which takes longer."
    $pip install --require-hashes -r "requirements/$set_name.txt"
    $pip install --no-deps --no-build-isolation --editable .
fi
if [ "$set_name" = dev ]; then
    # An emulator of AWS for the tests. It pins another version of Amazon's SDK, hence an environment of its own.
    emulator=.venv/ministack/bin/python
    asked="--require-hashes -r requirements/ministack.txt"
    { "$python" -m venv .venv/ministack && { $uv install --python "$emulator" $asked ||
        "$emulator" -m pip --quiet --no-input --disable-pip-version-check install $asked; }; } ||
        echo "ministack can't be installed here: the tests that need it will be skipped."
fi
touch ".venv/$set_name.stamp"
