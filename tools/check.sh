#!/bin/sh
# Lint, format, types and walls; every step runs, so that one look shows all there is to mend.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
export PATH
failed=""

ruff check --quiet --output-format concise || failed="$failed lint"
unformatted=$(ruff format --check --quiet --output-format concise 2>&1) || {
    echo "$unformatted"
    failed="$failed format (make format)"
}
mypy --no-error-summary || failed="$failed types"
walls=$(lint-imports --no-cache 2>&1) || { echo "$walls"; failed="$failed imports"; }
(cd web && npm run --silent types) || failed="$failed web-types"

if [ -n "$failed" ]; then
    echo "check: does not hold:$failed" >&2
    exit 1
fi
echo "check: lint, format, types and imports hold"
