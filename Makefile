# Every target that needs the environment makes it first: `git clone`, then `make extract`, is all the set-up there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

INPUT ?= seeds/bulletins
OUTPUT ?= out
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help setup train corpus extract test check evaluate bench clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup: $(READY) ## make the environment in .venv from the lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than 3.11; set PYTHON=python3.11 or newer" >&2; exit 2; }
	@echo "making .venv (about a minute on a new machine)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

extract: $(READY) ## read INPUT (files or a folder) and write events.jsonl and entities.jsonl into OUTPUT
	@$(BIN)/bangfu extract $(INPUT) --output $(OUTPUT)

corpus: $(READY) ## check the labelled bulletins and compile them to doccano's JSON Lines
	@$(BIN)/python -m training.corpus build $(if $(REFERENCE),--reference $(REFERENCE))

train: $(READY) corpus ## train segmenter, recogniser and event models on corpus/ and replace models/
	@$(BIN)/python -m training.train

test: $(READY) ## run the fast tests
	@$(BIN)/python -m pytest -q

check: $(READY) ## ruff, types, import rules and all tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m training.corpus build --verify
	@$(BIN)/python -m training.train --verify
	@$(BIN)/python -m pytest -q -m ""

evaluate: $(READY) ## score dev and test of the corpus; REFERENCE=dir adds gold files of a folder
	@$(BIN)/python -m training.evaluation $(if $(REFERENCE),--reference $(REFERENCE)) $(if $(DOCUMENTS),--documents $(DOCUMENTS))

bench: $(READY) ## print characters a second of each part
	@$(BIN)/python benchmarks/values.py
	@$(BIN)/python benchmarks/recogniser.py

clean: ## remove the environment and the default output
	rm -rf .venv out
