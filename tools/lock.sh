#!/bin/sh
# Compile the pins of requirements/*.txt: with hashes, without any index address.
set -eu
cd "$(dirname "$0")/.."
export UV_CUSTOM_COMPILE_COMMAND="make lock"
compile() { .venv/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
    --python-version 3.11 --python-platform x86_64-manylinux_2_28 "$@"; }
compile pyproject.toml requirements/run.in --extra site --output-file requirements/run.txt
compile requirements/test.in --output-file requirements/test.txt
