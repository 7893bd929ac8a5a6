# `make` lists the targets; CI calls `make check` through README's second command.
PYTHON ?= .venv/bin/python
BIN := $(dir $(PYTHON))
SMOKE := tests/test_physics.py tests/test_score.py tests/test_memory.py tests/test_runs_store.py
OURS := src tests benchmarks docs

.PHONY: help install check format lint types imports test smoke hostile mutants bench page typical reproduce readme docs

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

install:  ## make .venv with the pinned environment and the developers' tools
	python3.11 -m venv .venv && .venv/bin/python -m pip install -q -c constraints.txt -e '.[dev]'

check: lint types imports test  ## every quality gate

format:  ## rewrite the code in the house style
	$(BIN)ruff format $(OURS) && $(BIN)ruff check --fix $(OURS)

lint:  ## style
	$(BIN)ruff format --check $(OURS) && $(BIN)ruff check $(OURS)

types:  ## annotations
	$(BIN)mypy

imports:  ## floors: imports go down only
	$(BIN)lint-imports

test:  ## the tests, on all cores
	$(PYTHON) -m pytest -q -n auto

smoke:  ## a minute of the tests, to see that an interpreter will do
	$(PYTHON) -m pytest -q $(SMOKE)

readme:  ## the tables in the READMEs and the schema, from the code
	$(PYTHON) -m edgewise.report.readme

docs:  ## the site, in docs/_build: a broken link, an unknown name, a missing docstring are errors
	$(PYTHON) -m sphinx -W --keep-going -n -q -b html docs docs/_build

hostile:  ## the fuzz, TIMES=10 as long, FROM=0 on
	HOSTILE_TIMES=$(or $(TIMES),10) HOSTILE_FROM=$(or $(FROM),0) \
		$(PYTHON) -m pytest -q -n 0 tests/hostile

mutants:  ## SAMPLE=300 changes to the code, and which of them no test sees; goes on where it was
	$(PYTHON) -m benchmarks.mutants --sample $(or $(SAMPLE),300) --out mutants.csv

bench:  ## speed, as ratios within one run
	for name in maddpg environments tabular levy application_utility small_cells agent; do \
		$(PYTHON) -m benchmarks.$$name || exit 1; done

page:  ## size and speed of the page, in Chromium
	$(PYTHON) -m benchmarks.page

typical:  ## what durations are told by: on an idle machine, 10 minutes on two cores
	out=$$(mktemp -d) && for name in $$($(BIN)edgewise list --names); do \
		test $$name = network || XDG_CACHE_HOME=$$out/cache $(BIN)edgewise compare $$name \
			--seeds 2 --slots 2000 --out $$out/$$name > $$out/$$name.txt || exit 1; done && \
		rm -r $$out/cache && $(PYTHON) -m benchmarks.typical $$out/*/

reproduce:  ## every figure and claim of every scenario, in full
	$(BIN)edgewise reproduce all
