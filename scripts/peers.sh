#!/bin/sh
# Installs what the benchmarks are compared with and nothing else needs, each into an environment of its own.
set -eu
cd "$(dirname "$0")/.."
python3 -m venv .venv/chainlit
.venv/bin/uv --quiet pip install --python .venv/chainlit/bin/python --require-hashes -r requirements/chainlit.txt
