# `make help` lists what there is. Everything here needs only a POSIX shell, make and Python 3.11 or newer.

SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/bin
PAGES := $(shell find frontend/src -type f) frontend/index.html frontend/package-lock.json frontend/vite.config.ts
LOCK := uv pip compile -q pyproject.toml --universal --python-version 3.11 --only-binary :all: --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra build

.PHONY: help run test check format bench lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: .venv/.ready-run frontend/dist/index.html ## start everything on this machine and print the address; Ctrl-C stops it
	@STEPWELL_HOME="$${STEPWELL_HOME:-$(CURDIR)/.stepwell}" exec $(BIN)/stepwell up

test: check frontend/dist/index.html ## set up, check, then every test against real servers
	@.ci/pages test
	@$(BIN)/pytest -q -n $${STEPWELL_TEST_PROCESSES:-2} --dist loadgroup --no-loadscope-reorder --durations=40

check: .venv/.ready-dev ## style, types and import rules; no test is run
	@.ci/check

format: .venv/.ready-dev ## put the code into its one format
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

bench: .venv/.ready-dev ## the numbers of bench/README.md, measured here
	@$(BIN)/python -m bench

lock: .venv/.ready-dev ## resolve the dependencies anew and write both lock files
	@$(BIN)/python -c 'import uv' 2>/dev/null || $(BIN)/pip install -q uv
	@$(BIN)/$(LOCK) -o requirements.txt
	@$(BIN)/$(LOCK) --extra dev -c requirements.txt -o requirements-dev.txt

clean: ## remove the virtual environment and caches; data folders stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis frontend/node_modules frontend/dist *.egg-info build

frontend/dist/index.html: $(PAGES) .ci/pages | .venv/.ready-run
	@.ci/pages build

.venv/.ready-run: requirements.txt .ci/setup
	@.ci/setup run

.venv/.ready-dev: requirements-dev.txt .ci/setup
	@.ci/setup dev
