# `make` lists what there is. Everything is installed into .venv; nothing else on the machine is touched.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
DATA ?= $(SWITCHBOARD_EVAL_DATA)
PACKAGES := switchboard stores prompts tools agent channels evals
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help run test coverage lint types format bench eval lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run.stamp ## Install, index the samples and serve the web chat
	@$(BIN)/switchboard ingest samples --public
	@exec $(BIN)/switchboard serve

test: .venv/dev.stamp lint types ## Check everything: lint, types, import rules, tests
	@scripts/chromium.sh
	$(BIN)/python -m pytest -n 2 --dist loadgroup

coverage: .venv/dev.stamp ## The tests once more, with the floors of what they have to cover
	@scripts/chromium.sh
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=
	@$(BIN)/coverage json --quiet -o .coverage.json
	@$(BIN)/python scripts/coverage_floors.py .coverage.json

lint: .venv/dev.stamp ## Style, formatting and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: .venv/dev.stamp ## The strict type check
	$(BIN)/mypy

format: .venv/dev.stamp ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev.stamp ## Measure speed beside its floor
	@for file in benchmarks/[a-z]*.py; do $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)" || exit 1; done

eval: .venv/dev.stamp ## Measure the quality of retrieval: make eval DATA=folder
	@test -n "$(DATA)" || { echo "Name the folder with the evaluation data: make eval DATA=folder"; exit 2; }
	$(BIN)/switchboard eval retrieval --data "$(DATA)"

lock: .venv/dev.stamp ## Pin the newest allowed packages with their hashes
	scripts/lock.sh --upgrade

clean: ## Remove what was made here; what people stored stays
	rm -rf .venv build dist .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find $(PACKAGES) benchmarks scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/dev.stamp: requirements/ministack.txt
.venv/%.stamp: requirements/%.txt requirements/uv.txt pyproject.toml scripts/bootstrap.sh
	@scripts/bootstrap.sh $*
