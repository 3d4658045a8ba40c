# The two commands of the README are `make demo` and `make test`. Both set up what they need in
# .venv, from nothing but Python and the package index, and can be run again and again.

PYTHON ?= python3
VENV ?= .venv
BENCH_VENV ?= .venv-bench
PORT ?= 8000
POSTS ?= 0

BIN := $(VENV)/bin
BENCH_BIN := $(BENCH_VENV)/bin
PACKAGES := . $(wildcard plugins/*)
PROJECTS := pyproject.toml $(wildcard plugins/*/pyproject.toml)
MANAGE := $(CURDIR)/$(BIN)/python manage.py

# What a developer's shell may have set must not leak into what is built here.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE DJANGO_SETTINGS_MODULE VIRTUAL_ENV

.PHONY: help demo test lint types contracts tests bench clean

help:
	@echo "make demo    serve the blog on 127.0.0.1:$(PORT) (PORT=8001 for another, POSTS=10000 for more posts)"
	@echo "make test    lint, types, import contracts, tests"
	@echo "make bench   measure Piston beside its peers, as docs/performance.md shows it"
	@echo "make clean   remove what the others made"

# -- setting up ---------------------------------------------------------------------------------

$(VENV)/.packages: $(PROJECTS)
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Piston needs Python 3.11 or newer; set PYTHON=")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet hatchling editables
	@$(BIN)/python -m pip install --quiet --no-build-isolation $(patsubst %,-e %,$(PACKAGES))
	@touch $@

$(VENV)/.tools: $(VENV)/.packages
	@$(BIN)/python -m pip install --quiet --group dev
	@touch $@

# -- the demo -----------------------------------------------------------------------------------

demo: $(VENV)/.packages
	@cd examples/blog && $(MANAGE) migrate --verbosity 0
	@cd examples/blog && $(MANAGE) load_blog --posts $(POSTS)
	@cd examples/blog && $(MANAGE) show_commands --port $(PORT)
	@cd examples/blog && exec $(MANAGE) runserver --noreload 127.0.0.1:$(PORT)

# -- the tests ----------------------------------------------------------------------------------

test: lint types contracts tests

lint: $(VENV)/.tools
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

types: $(VENV)/.tools
	@PYTHONPATH=. $(BIN)/mypy --no-error-summary

contracts: $(VENV)/.tools
	@PYTHONPATH=.:examples/piston_csv:examples/piston_hydra $(BIN)/lint-imports --no-cache > $(VENV)/contracts.log || { cat $(VENV)/contracts.log; exit 1; }

tests: $(VENV)/.tools
	@$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST)

# -- the benchmarks -----------------------------------------------------------------------------

# The peers get an environment of their own. BENCH="flat one --rounds 10" runs a part, BENCH="--write docs/performance.md"
# puts the table into the page; `python -m benchmarks --help` says what else there is.
$(BENCH_VENV)/.packages: $(PROJECTS) benchmarks/requirements.txt
	@echo "Setting up $(BENCH_VENV) ..."
	@test -x $(BENCH_BIN)/python || $(PYTHON) -m venv $(BENCH_VENV)
	@$(BENCH_BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@$(BENCH_BIN)/python -m pip install --quiet hatchling editables
	@$(BENCH_BIN)/python -m pip install --quiet --no-build-isolation $(patsubst %,-e %,$(PACKAGES)) -r benchmarks/requirements.txt
	@touch $@

bench: $(BENCH_VENV)/.packages
	@$(BENCH_BIN)/python -m benchmarks $(BENCH)

clean:
	rm -rf $(VENV) $(BENCH_VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis examples/blog/*.sqlite3 examples/blog/media
