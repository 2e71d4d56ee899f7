# make demo | test | test-all | bench | campaigns | lint | format | audit | locked | clean. Everything is installed into .venv, nothing outside this folder.

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

.PHONY: demo test test-all bench campaigns lint format audit locked clean environment

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

# Kills, signals, damage, full disks, hostile files, many processes: what was tried and what survived. An hour.
campaigns: $(VENV)/installed-dev
	$(OFFLINE) $(BIN)/python -m tests.campaigns

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Known holes in what is installed, and its licences; an environment of its own. Status 1 where the service of known holes
# was not reached, too: nothing was checked then.
audit:
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit pip-licenses
	$(VENV)-audit/bin/pip-licenses --python $(BIN)/python --format=markdown --partial-match --fail-on=GPL --order=license
	$(VENV)-audit/bin/pip-audit --strict --disable-pip --no-deps --requirement constraints.txt

# The same as for `make test`, each file checked against the hash in constraints.txt. For Linux on x86-64.
locked: environment
	$(BIN)/python .ci/hashes.py requirements > $(VENV)/requirements.txt
	grep -E '^(setuptools|hatchling|editables|packaging|pathspec|pluggy|trove-classifiers)==' $(VENV)/requirements.txt > $(VENV)/build.txt
	$(BIN)/python -m pip install --require-hashes --no-deps --requirement $(VENV)/build.txt
	$(BIN)/python -m pip install --require-hashes --no-deps --no-build-isolation --requirement $(VENV)/requirements.txt
	$(BIN)/python -m pip install --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check
	@touch $(VENV)/installed $(VENV)/installed-dev

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
