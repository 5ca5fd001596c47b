# `make help` lists the targets. A fresh Debian 12 needs python3 (3.11 or later), python3-venv,
# make and git; everything else is fetched: Python packages from hashed lists, Node as a Python
# package, PostgreSQL and Chromium as Debian packages (for the tests only).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/stamps
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Nothing is ever built from source on an operator's machine, and nothing unpinned comes in.
HASHED := install --quiet --require-hashes --only-binary=:all:
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 2

HOST ?= 127.0.0.1
PORT ?= 8000
SUBJECTS ?= 2000
SSJ_VAR ?= var
export SSJ_VAR

.PHONY: help
help:  ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

# ------------------------------------------------------------------------- set-up

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is older than 3.11; install python3.11 or run: make PYTHON=python3.11 …" >&2; exit 1; }
	@echo "· virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "python3 -m venv failed; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(STAMPS)/app: requirements/app.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "· Python packages (hashed)"
	@$(PIP) $(HASHED) -r requirements/build.txt -r requirements/app.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/app
	@echo "· Python packages for tests and checks (hashed)"
	@$(PIP) $(HASHED) -r requirements/dev.txt
	@touch $@

.PHONY: frontend translations setup setup-dev system-packages
frontend: $(STAMPS)/app  ## build the browser bundles when their sources changed
	@$(BIN)/python web/frontend/build.py

translations: $(STAMPS)/app  ## compile the message catalogues
	@if compgen -G 'web/translations/*/LC_MESSAGES/*.po' >/dev/null; then \
	  $(BIN)/pybabel --quiet compile --directory web/translations; fi

setup: $(STAMPS)/app frontend translations  ## install everything the product runs on

setup-dev: setup $(STAMPS)/dev

system-packages:  ## install the Debian packages the tests need, where missing
	@.ci/system-packages

# ------------------------------------------------------------------------- use

.PHONY: run
run: setup  ## demo with both jurisdictions at http://127.0.0.1:8000
	@HOST=$(HOST) PORT=$(PORT) SUBJECTS=$(SUBJECTS) .ci/demo

# ------------------------------------------------------------------------- quality

.PHONY: check test bench format coverage-of-law
check: setup-dev  ## format, lint, types, import contracts, tracked files
	@echo "· format";           $(BIN)/ruff format --quiet --check --diff . web/frontend/*.py
	@echo "· lint";             $(BIN)/ruff check --quiet . web/frontend/*.py
	@echo "· types";            $(BIN)/mypy && $(BIN)/mypy web/frontend/*.py .ci/*.py
	@echo "· import contracts"; $(BIN)/lint-imports --no-cache > $(STAMPS)/imports.txt || { cat $(STAMPS)/imports.txt; exit 1; }
	@echo "· tracked files";    $(BIN)/python .ci/tracked_files.py

test: setup-dev system-packages  ## all tests, against SQLite, PostgreSQL and Chromium
	$(PYTEST) -n $(WORKERS) $(ARGS)

bench: setup-dev system-packages  ## measurements on a quiet machine (ARGS=--strict: fail below a bar)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

coverage-of-law: setup-dev  ## every clause with its scenarios, rules, diagrams and status; fails where one lacks
	@$(BIN)/python .ci/coverage_of_law.py

format: setup-dev  ## put the sources in shape
	@$(BIN)/ruff format . web/frontend/*.py && $(BIN)/ruff check --fix . web/frontend/*.py

# ------------------------------------------------------------------------- upkeep

COMPILE := $(BIN)/uv --no-config pip compile --quiet --generate-hashes --no-emit-index-url \
           --no-emit-find-links --no-header --no-annotate --python-version 3.11

.PHONY: lock clean
lock: setup-dev  ## pin the requirements again (UPGRADE=1: to the newest allowed)
	for set in app build dev; do \
	  $(COMPILE) $(if $(UPGRADE),--upgrade) requirements/$$set.in -o requirements/$$set.txt; done
	$(BIN)/python web/frontend/build.py --lock

clean:  ## remove everything generated; keeps var/ (databases and evidence)
	rm -rf $(VENV) web/static/dist web/frontend/node_modules .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
