# vesicle: each target is one command, and continuous integration runs the same ones.
PY := .venv/bin/python
RUN := $(PY) -m

.PHONY: help setup python demo test fast lint docs bench validate fuzz picture clean
.NOTPARALLEL: # the tests already use two workers, and two installations at once would disturb each other

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: python ## create .venv and install everything, headless Chromium included
	@bash scripts/setup-browser

python: ## the part of setup that makes .venv
	@bash scripts/setup

demo: python ## write an example folder, run it, and say where the dossier is
	$(RUN) vesicle demo

test: setup ## every test, with the coverage gate
	$(RUN) pytest -n 2 --cov --cov-report=term:skip-covered --cov-fail-under=95

fast: python ## the tests that take a moment
	$(RUN) pytest -n 2 -m "not slow and not browser"

lint: python ## style, types, layers, docstrings, spelling, stale reference
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	.venv/bin/basedpyright
	.venv/bin/lint-imports --no-logo
	$(PY) scripts/check_docstrings.py
	.venv/bin/codespell
	$(PY) docs/generate.py --check

docs: python ## the documentation, with its generated reference
	$(PY) docs/generate.py
	$(RUN) sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

bench: python ## time and memory against peers, written to docs/benchmarks.md
	$(RUN) pip install --quiet --disable-pip-version-check --group bench
	$(PY) benchmarks/run.py

validate: python ## the bars on simulated trajectories, videos and mixed cytometer events, written to docs
	$(RUN) scripts.validate
	$(RUN) scripts.validate_videos
	$(RUN) scripts.validate_positives

fuzz: python ## 10,000 seeded mutations per reader
	VESICLE_MUTATIONS=10000 $(RUN) pytest -n 2 tests/conformance/test_mutations.py

picture: setup ## the picture of a dossier in README.md
	$(PY) scripts/draw_picture.py

clean: ## remove what make made
	rm -rf .venv docs/_build vesicle-demo
