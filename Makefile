# Every target that needs the environment makes it first: `git clone`, then `make extract`, is all the set-up there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

INPUT ?= seeds/bulletins
OUTPUT ?= out
TIER ?= full
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DOCCANO_PYTHON ?= python3.11
PORT ?= 8000
PROJECT ?= bangfu

.PHONY: help setup train corpus extract test check evaluate card bench fuzz clean report annotate push pull

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
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -c 'import onnx, onnxruntime, spacy, spacy_pkuseg, pipeline.cli, pipeline.extract, pipeline.recognise.component'  # compiled once, here
	@touch $@

extract: $(READY) ## read INPUT (files or a folder) into OUTPUT; TIER=fast WORKERS=2 RESUME=1 MIN_CONFIDENCE=0.5 as bangfu extract
	@$(BIN)/bangfu extract $(INPUT) --output $(OUTPUT) --tier $(TIER) $(if $(WORKERS),--workers $(WORKERS)) $(if $(RESUME),--resume) $(if $(MIN_CONFIDENCE),--min-confidence $(MIN_CONFIDENCE))

report: $(READY) ## write OUTPUT/report.html, a page of charts, events and their texts (those of INPUT)
	@$(BIN)/bangfu report $(OUTPUT) $(if $(wildcard $(INPUT)/.),--sources $(INPUT))

corpus: $(READY) ## check the labelled bulletins and compile them to doccano's JSON Lines
	@$(BIN)/python -m training.corpus build $(if $(REFERENCE),--reference $(REFERENCE))

train: $(READY) $(if $(CORPUS),,corpus) ## train all models of a TIER (full, fast) on corpus/ and replace models/TIER; CORPUS=dir OUTPUT=dir LABELS=A,B: on a labelled set of others
	@$(BIN)/python -m training.$(if $(CORPUS),labelled_sets $(CORPUS) $(OUTPUT) $(if $(LABELS),--labels $(LABELS)) $(if $(CONFIG),--config $(CONFIG)),train --tier $(TIER))

card: $(READY) ## measure the models and write models/TIER/MODEL_CARD.md; REFERENCE=dir as for evaluate
	@$(BIN)/python -m training.model_card --models models/$(TIER) $(if $(REFERENCE),--reference $(REFERENCE)) $(if $(DOCUMENTS),--documents $(DOCUMENTS))

test: $(READY) ## run the fast tests
	@$(BIN)/python -m pytest -q -n auto --dist loadfile

check: $(READY) ## ruff, types, import rules and all tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m training.corpus build --verify
	@for tier in full fast; do $(BIN)/python -m training.train --verify --tier $$tier && $(BIN)/python -m training.model_card --verify --models models/$$tier || exit 1; done
	@$(BIN)/python -m pytest -q -m "" -n auto --dist loadfile --durations=15

evaluate: $(READY) ## score dev and test of the corpus; REFERENCE=dir adds gold files of a folder, ERRORS=5 shows errors by kind, TIER=fast
	@$(BIN)/python -m training.evaluation --models models/$(TIER) $(if $(REFERENCE),--reference $(REFERENCE)) $(if $(DOCUMENTS),--documents $(DOCUMENTS)) $(if $(ERRORS),--errors $(ERRORS))

fuzz: $(READY) ## feed readers, repair and rules EXAMPLES (1000) damaged inputs each; counts and times are printed
	@EXAMPLES=$(or $(EXAMPLES),1000) $(BIN)/python -m pytest -q tests/test_fuzz.py --durations=0 --hypothesis-show-statistics | grep -E 'test_|passing|passed|failed|s call|Error'

bench: $(READY) ## print characters a second of each part
	@$(BIN)/python benchmarks/values.py
	@$(BIN)/python benchmarks/recogniser.py --json docs/speed.json

# doccano and its client each in an environment of their own: neither can live beside spaCy.
.venv-doccano/.ready .venv-doccano-client/.ready: .venv-%/.ready: $(READY)
	@$(DOCCANO_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { echo "make: doccano runs on Python 3.11 alone, and $(DOCCANO_PYTHON) is not one; set DOCCANO_PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "making .venv-$* (half a minute at most)" >&2
	@test -x .venv-$*/bin/python || $(BIN)/uv venv --quiet --python $(DOCCANO_PYTHON) .venv-$*
	@$(BIN)/uv pip sync --quiet --require-hashes --python .venv-$*/bin/python $(LOCK)
	@touch $@

.venv-doccano/.ready: LOCK = requirements-doccano-server.lock
.venv-doccano/.ready: requirements-doccano-server.lock
.venv-doccano-client/.ready: LOCK = requirements-doccano-client.lock
.venv-doccano-client/.ready: requirements-doccano-client.lock

annotate: .venv-doccano/.ready ## run a doccano server on 127.0.0.1:PORT for labelling, until Ctrl-C
	@exec $(BIN)/bangfu annotate serve --port $(PORT)

push: .venv-doccano-client/.ready ## bring INPUT with the model's suggestions into doccano's PROJECT
	@$(BIN)/bangfu annotate push $(INPUT) --project $(PROJECT)

pull: .venv-doccano-client/.ready ## bring labels back; confirmed documents join corpus/ for make train
	@$(BIN)/bangfu annotate pull --project $(PROJECT) --join corpus || test $$? = 1 # 1: faults were named, the rest joined

clean: ## remove the environment and the default output
	rm -rf .venv .venv-doccano .venv-doccano-client out
