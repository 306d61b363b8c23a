.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test thorough nightly check bench bundle messages docs lock

PORT ?= 8000
VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { echo $$p; break; }; done)
CATALOGUES := $(shell find linli -name django.po 2>/dev/null)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Tests start a hundred servers and commands; told to keep no bytecode, each would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE
# What needs the settings but touches no data runs with these instead of a place's own.
UNTOUCHED := env -u DATABASE_URL LINLI_BUILDING=1 LINLI_HOME=$(CURDIR)/$(VENV)/home DJANGO_SETTINGS_MODULE=linli.conf.settings

help: ## What each of these does
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/linli ## Install Linli here and start an invented county on http://127.0.0.1:8000 (PORT=)
	PORT=$(PORT) $(BIN)/linli demo

test: $(VENV)/dev ## Run the tests of eight minutes (on SQLite; DATABASE_URL=postgres://... for PostgreSQL)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -rs $(ARGS)

thorough: $(VENV)/dev ## Run every test but the nightly ones, as .ci/run does (a quarter of an hour)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -rs -m "not nightly" $(ARGS)

nightly: $(VENV)/dev ## Run the tests that take minutes
	$(BIN)/python -m pytest -n 2 --dist loadfile -rs -m nightly $(ARGS)

check: $(VENV)/dev ## Check style, types, arrows, catalogues, migrations, settings and procedures
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(UNTOUCHED) $(BIN)/mypy linli
	$(BIN)/lint-imports
	$(UNTOUCHED) $(BIN)/linli makemigrations --check --dry-run
	LINLI_SECRET_KEY="$$(head -c 48 /dev/urandom | base64 | tr -d '\n')" \
	LINLI_DATA_KEY="$$(head -c 32 /dev/urandom | base64 | tr -d '\n')" \
	LINLI_HOME=$(CURDIR)/$(VENV)/home $(BIN)/linli check --deploy --fail-level WARNING
	LINLI_TEST_WORLD=0 $(BIN)/python -m pytest tests/test_catalogues.py tests/test_kinds.py

bench: $(VENV)/dev ## Measure speed and size, one bench after the other
	@for bench in bench/[a-z]*.py; do echo "== $$bench"; $(BIN)/python "$$bench" || exit 1; done

bundle: $(VENV)/dev ## Put all a machine without a network needs into one archive in dist (ARGS="--arch x86_64")
	$(BIN)/python scripts/bundle.py $(ARGS)

messages: $(VENV)/dev ## Collect texts into the catalogues (needs gettext: apt-get install gettext)
	@for app in $$(find linli -name apps.py -printf '%h\n' | sort); do \
		mkdir -p $$app/locale; \
		(cd $$app && $(UNTOUCHED) PYTHONPATH=$(CURDIR) $(CURDIR)/$(BIN)/python -m django \
			makemessages -l zh_Hans --no-location --no-wrap --no-obsolete) || exit 1; \
	done

docs: $(VENV)/dev ## Draw the documents that come from the code (procedures, entries)
	$(BIN)/python scripts/documents.py

lock: $(VENV)/dev ## Resolve the requirements anew, with the hashes of every file
	$(PIP) install uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet --upgrade --extra pg --extra replay pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet --upgrade --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Linli needs Python 3.11, 3.12 or 3.13: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python cannot make a virtual environment here. Run: apt-get install python3-venv"; exit 1; }

$(VENV)/requirements: requirements.lock | $(BIN)/python
	@echo "Installing what Linli needs (about a minute, once) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/linli: $(VENV)/requirements pyproject.toml hatch_build.py $(CATALOGUES)
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/linli
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
