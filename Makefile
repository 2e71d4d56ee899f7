# make demo | test | test-all | bench | lint | format | clean. Everything is installed into .venv, nothing outside this folder.

VENV := .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt --editable
OFFLINE := HF_HUB_OFFLINE=1 WANDB_MODE=offline
# Threads that spin only briefly while they wait: beside other work, long spinning makes PyTorch many times slower.
export GOMP_SPINCOUNT ?= 5000

# The first that runs and is new enough; another one: make demo PYTHON=/path/to/python
PYTHON ?= $(shell for name in python3.11 python3.12 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
# An environment that was left half made, or whose interpreter has gone, is made anew.
BROKEN := $(shell $(BIN)/python -c 'import sys, pip._internal.cli.main; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null || echo broken)

.PHONY: demo test test-all bench lint format clean environment

demo: $(VENV)/installed
	$(BIN)/python evaluate.py

# Each of its processes would compile all modules anew where bytecode is not kept.
PYTEST = PYTHONDONTWRITEBYTECODE= $(OFFLINE) $(BIN)/python -m pytest -n 2 --dist loadfile

test: lint
	$(PYTEST) -m "not benchmark and not slow"

# Every shape maker, every option alone: minutes more.
test-all: lint
	$(PYTEST) -m "not benchmark"

bench: $(VENV)/installed-dev
	$(OFFLINE) $(BIN)/python -m pytest tests/benchmarks -m benchmark -s

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Data, weights and results stay.
clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: none of python3.11, python3.12, python3 is" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt $(if $(BROKEN),environment)
	$(INSTALL) .
	@touch $@

# After the one above, so that two installs never share the environment.
$(VENV)/installed-dev: $(VENV)/installed
	$(INSTALL) '.[dev]'
	@touch $@
