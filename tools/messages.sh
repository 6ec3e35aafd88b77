#!/bin/sh
# Bring the catalogues under src/panah/locale up to date with the sources, then compile them.
# What a translator does next is in docs/how/translate.md.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python tools/messages.py
.venv/bin/python tools/catalogues.py
