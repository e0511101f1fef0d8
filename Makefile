# vesicle: each target is one command, and continuous integration runs the same ones.
PY := .venv/bin/python
RUN := $(PY) -m
STAMP := .venv/.installed

.PHONY: help setup demo test lint docs bench fuzz clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: $(STAMP) ## create .venv and install everything, headless Chromium included

$(STAMP): pyproject.toml scripts/setup
	bash scripts/setup
	@touch $@

demo: setup ## write an example folder, run it, and say where the dossier is
	$(RUN) vesicle demo

test: setup ## every test, with the coverage gate
	$(RUN) pytest -n 2 --cov --cov-report=term:skip-covered --cov-fail-under=95

fast: setup ## the tests that take a moment
	$(RUN) pytest -n 2 -m "not slow and not browser"

lint: setup ## style, types, layers, docstrings, spelling
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	.venv/bin/basedpyright
	.venv/bin/lint-imports
	$(PY) scripts/check_docstrings.py
	.venv/bin/codespell

docs: setup ## the documentation, with its generated reference
	$(PY) docs/generate.py
	$(RUN) sphinx -W --keep-going -b html docs docs/_build/html

bench: setup ## time and memory against peers, written to docs/benchmarks.md
	$(PY) benchmarks/run.py

fuzz: setup ## 10,000 seeded mutations per reader
	VESICLE_MUTATIONS=10000 $(RUN) pytest -n 2 tests/conformance/test_mutations.py

clean: ## remove what make made
	rm -rf .venv docs/_build vesicle-demo
