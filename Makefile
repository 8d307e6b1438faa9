# `make help` lists what there is. Everything runs in .venv/, which bootstrap.py makes.

SHELL := /bin/sh
BIN := .venv/bin
# Django starts twice as fast when Python may keep what it compiled.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help env browser demo demo-reset test bench soak spike pictures lighthouse messages lint format clean

help: ## this list
	@echo "Waylight. What can be made:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

env: ## the environment in .venv/, from pinned requirements
	@for python in python3 python3.12 python3.11; do \
		if $$python -c "" 2>/dev/null; then exec $$python bootstrap.py env; fi; \
	done; \
	echo "Waylight needs Python 3.11 or 3.12, and this machine has none: install one." >&2; exit 1

browser: env
	@$(BIN)/python bootstrap.py browser

demo: env ## the newsroom at http://localhost:8000/ (WAYLIGHT_PORT for another port)
	@$(BIN)/python -m newsroom.demo.supervisor

demo-reset: env ## the same, afresh: what the last demo held is thrown away
	@$(BIN)/python -m newsroom.demo.supervisor --reset

test: env browser ## everything tested, in real browsers, workers and databases
	@$(BIN)/ruff check --quiet .
	@found=$$($(BIN)/lint-imports 2>&1) || { echo "$$found"; exit 1; }
	@$(BIN)/pytest -n auto $(ARGS); code=$$?; $(BIN)/python -m tests.ground; exit $$code

bench: env ## the figures of docs/performance.md, measured here
	@$(BIN)/python -m tests.bench

soak: env ## thousands of gifts under every fault at once (GIFTS=5000 SEED=1); 1 on any difference
	@WAYLIGHT_SEQUENCES=100 $(BIN)/pytest -q tests/proof/test_any_sequence.py
	@$(BIN)/python -m tests.soak $(if $(GIFTS),--gifts $(GIFTS)) $(if $(SEED),--seed $(SEED))

spike: env ## a story goes viral for a minute while donors give; 1 when anything fails or is too slow
	@$(BIN)/python -m tests.spike

pictures: env browser ## each page of the running demo, phone and desktop, light and dark, in .pictures/; and what axe finds
	@$(BIN)/python -m tests.pictures $(ARGS)

lighthouse: env browser ## Lighthouse's four marks for the main pages of the running demo
	@$(BIN)/python -m tests.lighthouse

messages: env ## the catalogues of other languages brought up to date with what the code says
	@$(BIN)/python -m newsroom.catalogue

lint: env ## style, imports, types, templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet
	@WAYLIGHT_ENV=test DATABASE_URL=postgresql://localhost/none REDIS_URL=redis://localhost $(BIN)/mypy

format: env ## put every file into the one shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean: ## take away what was made here: environment, demo, test databases
	@if [ -x $(BIN)/python ]; then \
		$(BIN)/python -m newsroom.engines stop --state-dir .demo >/dev/null; \
		$(BIN)/python -m newsroom.engines stop --state-dir .test >/dev/null; \
		$(BIN)/python -m newsroom.engines stop --state-dir .soak >/dev/null; \
	fi
	@rm -rf .venv .demo .test .bench .soak .pictures .lighthouse .pytest_cache .ruff_cache .mypy_cache .hypothesis
