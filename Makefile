# Two commands matter: `make run` and `make test`. Both make their own environment.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
MAKEFLAGS += --no-print-directory

PYTHON311 := $(shell command -v python3.11 || command -v python3)
VENV := .venv
PYTHON := $(VENV)/bin/python
LOCK := uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet
INSTALL := $(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps
N ?= 20
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder # each third has its own house, engines and browser

.PHONY: run test lint bench simulate crash lock browser
run: $(VENV)/requirements.lock ## start everything; Ctrl-C stops it
	@exec $(PYTHON) cli.py run

test: $(VENV)/requirements-dev.lock browser ## prove everything
	@exec $(PYTHON) -m tests $(SIDE_BY_SIDE) $(ARGS)

lint: $(VENV)/requirements-dev.lock ## style, types and the arrows between the rooms
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy .
	@$(VENV)/bin/lint-imports

bench: $(VENV)/requirements-dev.lock ## measure, and write bench/results.md
	@exec $(PYTHON) -m bench $(ARGS)

simulate: $(VENV)/requirements.lock ## ninety days of eighty patients, with skipped time
	@exec $(PYTHON) cli.py simulate $(ARGS)

crash: $(VENV)/requirements-dev.lock ## kill parts at random, N times
	@exec $(PYTHON) -m tests tests/crash --crashes $(N) $(ARGS)

lock: $(VENV)/requirements-dev.lock ## renew the lock files from pyproject.toml
	@$(VENV)/bin/$(LOCK) --output-file requirements.lock $(ARGS)
	@$(VENV)/bin/$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock $(ARGS)

$(VENV)/requirements.lock: requirements.lock | $(PYTHON)
	@cmp -s $< $@ || { echo "Installing what Fourdoors needs (once, about a minute)"; $(INSTALL) -r $<; }
	@cp $< $@

$(VENV)/requirements-dev.lock: requirements-dev.lock $(VENV)/requirements.lock
	@cmp -s $< $@ || { echo "Installing what the tests need (once)"; $(INSTALL) -r $<; }
	@cp $< $@

$(PYTHON):
	@[ -n "$(PYTHON311)" ] && $(PYTHON311) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Fourdoors needs Python 3.11: install it (Debian 12: apt-get install python3) and start again."; exit 1; }
	@$(PYTHON311) -c 'import ensurepip' 2>/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		{ echo "Installing python3-venv"; apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; }; } || \
		{ echo "Python's venv module is missing: run 'sudo apt-get install python3-venv' and start again."; exit 1; }
	@rm -rf $(VENV) && $(PYTHON311) -m venv $(VENV)

browser: $(VENV)/requirements-dev.lock
	@command -v chromium-headless-shell chromium chromium-browser >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		{ echo "Installing a browser (once)"; apt-get update -qq && apt-get install -y -qq --no-install-recommends \
		chromium-headless-shell fonts-noto-core fonts-inter fonts-noto-color-emoji >/dev/null; }; } || $(VENV)/bin/playwright install chromium
