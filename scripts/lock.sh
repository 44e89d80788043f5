#!/bin/sh
# Pins every package with its hashes, for all platforms; neither index addresses nor paths get into the files.
# `scripts/lock.sh --upgrade` takes the newest versions that pyproject.toml allows; without it only what must move moves.
set -eu
cd "$(dirname "$0")/.."
pin() {
    output="$1"
    shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links --output-file "requirements/$output.txt" "$@"
}
pin uv "$@" requirements/uv.in
pin ministack "$@" requirements/ministack.in
pin chainlit "$@" requirements/chainlit.in
pin run "$@" --group build pyproject.toml
pin dev "$@" --group build --group dev --extra aws --extra jwt --extra slack --extra word --constraints requirements/run.txt pyproject.toml
