# Two commands do everything: `make run` and `make test`. PYTHON names a Python 3.11 or newer.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: run setup dev test crash-test trust audit sbom bundle lint bench docs requirements clean

run: setup ## set up what is missing, then start nlu, bot, desk and, without a token, the playground
	@exec $(BIN)/lotse run

setup: need-python ## environments, model, keys, database and sample catalogue
	@$(PYTHON) lotse/bootstrap.py

dev: need-python
	@$(PYTHON) lotse/bootstrap.py --dev

test: dev ## every test; with CI=true nothing may be skipped
	@$(BIN)/python -m tests.everything

lint: dev ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

crash-test: dev ## kill, jump and repeat for an hour or more; a table of promises, exit 0 only when all hold
	@$(BIN)/python -m tests.crash $(CRASH)

trust: dev ## every promise in its long form, for hours; one table, exit 0 only when all hold. TRUST="S4 S5" tries some
	@$(BIN)/python -m tests.trust $(TRUST)

audit: dev ## known holes in the pinned packages; fails for one that is not accepted, and when nobody could be asked
	@$(BIN)/python -m tests.supply.audit

sbom: dev ## the list of everything that is installed, as CycloneDX JSON in var/
	@$(BIN)/python -m tests.supply.sbom

bundle: setup ## everything for a server without a way to a package registry, in var/bundle
	@$(BIN)/python -m tests.supply.bundle

bench: dev ## measure; prints tables and writes JSON
	@$(BIN)/python -m tests.bench $(BENCH)

docs: dev ## write the reference pages in docs/ from the code
	@$(BIN)/python -m tests.architecture.pages

requirements: dev ## compile the pinned files anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --generate-hashes --no-annotate --no-header --python-version 3.11 -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.txt --generate-hashes --no-annotate --no-header --python-version 3.11 -q -o requirements-dev.txt
	cd nlu/service && ../../$(BIN)/uv pip compile pyproject.toml --generate-hashes --no-annotate --no-header -q -o requirements.txt

clean: ## remove environments, caches and var/ (database and keys too)
	rm -rf .venv nlu/service/.venv nlu/service/.python var *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: need-python
need-python:
	@test -n "$(PYTHON)" || { echo "Lotse needs Python 3.11 or newer (Debian: apt install python3.11 python3.11-venv)."; exit 1; }
