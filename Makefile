# Panah's front door. `make` alone prints what there is.
#
# Every step leaves a stamp inside .venv, so a second run is instant and needs no network.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:

PYTHON ?= python3
PANAH_HOME ?= .panah
PANAH_PORT ?= 8000
export PANAH_HOME PANAH_PORT
# node and npm come with the requirements: what runs below must find them on a machine that has none.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

BIN := .venv/bin
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
CATALOGUES := $(shell find src/panah/locale -name '*.po' 2>/dev/null)
# Two workers: the machine that everything must fit has two cores.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile

.PHONY: help run setup setup-test build test test-long check format races browser bench wheel lock messages clean

help: ## print this help
	@echo "Panah: raise in public, help in private, prove the books."
	@echo
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)$$/  make \1\t\2/' | expand -t 20
	@echo
	@echo "  PANAH_HOME=DIR      where state lives (now: $(PANAH_HOME))"
	@echo "  PANAH_PORT=NUMBER   where the site listens on 127.0.0.1 (now: $(PANAH_PORT))"

run: setup ## start the demo fund; Ctrl-C ends it, a second run keeps its data
	@exec $(BIN)/panah site demo

setup: .venv/.stamp-package build ## install what `make run` needs into .venv
	@:

setup-test: setup .venv/.stamp-test
	@:

build: .venv/.stamp-web .venv/.stamp-catalogues ## build the web bundles and the translation catalogues
	@:

test: setup-test ## everything that must hold before a change lands
	@tools/apt.sh test
	@$(MAKE) --no-print-directory check
	@$(PYTEST)

test-long: setup-test ## the same with the longer runs: more examples, seeds and crashes
	@tools/apt.sh test
	@$(MAKE) --no-print-directory check
	@$(PYTEST) -m "long or not long" --hypothesis-profile=long

check: setup-test ## lint, format, types, one-way imports
	@tools/check.sh

format: setup-test ## put every Python file into our format
	@$(BIN)/ruff check --quiet --fix-only --select I
	@$(BIN)/ruff format

races: setup-test ## concurrent givers against the last of a goal, both databases
	@tools/apt.sh test
	@$(PYTEST) tests/races

browser: setup-test ## the stories in a real browser
	@tools/apt.sh test
	@$(PYTEST) -m browser

bench: setup-test ## measure beside the floors and peers, print the ratios
	@tools/apt.sh test bench
	@tools/bench.sh

wheel: setup ## build the one wheel into dist/
	@$(BIN)/hatchling build -t wheel -d dist

lock: setup-test ## choose new pins: requirements/*.txt, with hashes
	@tools/lock.sh

messages: setup-test ## bring the translation catalogues up to date with the sources
	@tools/messages.sh

clean: ## remove what was built; never the data in PANAH_HOME
	@rm -rf .venv dist build web/node_modules web/dist src/panah/site/assets .mypy_cache .ruff_cache .hypothesis
	@find src -name '*.mo' -delete
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@tools/venv.sh $(PYTHON)

.venv/.stamp-run: requirements/run.txt | .venv/bin/python
	@echo "Installing what Panah runs on (once, about a minute) ..."
	@tools/pip.sh --require-hashes -r requirements/run.txt
	@touch $@

.venv/.stamp-package: .venv/.stamp-run pyproject.toml
	@tools/pip.sh --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/.stamp-test: requirements/test.txt .venv/.stamp-run
	@echo "Installing what the tests use (once) ..."
	@tools/pip.sh --require-hashes -r requirements/test.txt
	@touch $@

.venv/.stamp-web: .venv/.stamp-run $(WEB_SOURCES) $(wildcard tools/build_web.sh)
	@if [ -x tools/build_web.sh ]; then tools/build_web.sh; fi
	@touch $@

.venv/.stamp-catalogues: .venv/.stamp-run $(CATALOGUES)
	@$(BIN)/python tools/catalogues.py
	@touch $@
