# mingce: every task a person or CI runs. `make demo` and `make test` need only Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Half of the tests' time is waiting for servers and sessions that they start, so there are more workers than cores.
WORKERS ?= $(shell $(PYTHON) -c 'import os; cores = os.cpu_count() or 1; print(min(2 * cores, cores + 4))')

# Containers often set it; then every worker and every server that tests start would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test check lint types imports messages bench torture guards fuzz clauses lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "mingce needs Python 3.11 or newer: make PYTHON=/path/to/python3.12 setup"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/mingce demo

test: setup
	$(BIN)/python -m pytest -n $(WORKERS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

check: lint types imports test

bench: setup
	$(BIN)/python -m tests.bench

# Kills, damage and absence, judged from outside; 10,000 kills, `python -m tests.torture --kills N` for others.
torture: setup
	$(BIN)/python -m tests.torture

# Takes each guard of the threat table away in a copy of the tree and shows its named test failing.
guards: setup
	$(BIN)/python -m tests.guards

# Long runs of what `make test` tries shortly: everything read from outside. `make fuzz MINUTES=30` each.
MINUTES ?= 1
fuzz: setup
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

# Each clause of the regulations with its rule, its acceptance tests and their result.
clauses: setup
	$(BIN)/python -m tests.clauses

# The lock file names every package with the digests of its files.
lock: setup
	$(PYTHON) -m venv .bench/lock && .bench/lock/bin/python -m pip install --quiet uv
	.bench/lock/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .bench
