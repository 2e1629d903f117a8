# `make run` and `make test` set up what they need, once, in .venv; nothing is installed anywhere else.

PYTHON ?= python3
ARGS ?=
# More than there are processors: tests of the screen wait for much of their time.
JOBS ?= $(shell getconf _NPROCESSORS_ONLN | awk '{print 3 * $$1}')

BIN := .venv/bin
RUN := .venv/.ready-to-run
DEV := .venv/.ready-to-test

.PHONY: help run test torture check format bench clean

help:
	@echo "make run [ARGS=…]  start tui-sessions, as in: make run ARGS='list --format json'"
	@echo "make test          check, then all tests"
	@echo "make torture       kills, broken disks, hostile servers and files at full size: hours"
	@echo "make check         format, lint, types, floors"
	@echo "make format        let ruff put the code in order"
	@echo "make bench         measure the figures of the README"
	@echo "make clean         remove .venv and the caches"

run: $(RUN)
	@$(BIN)/tui-sessions $(ARGS)

test: check
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

torture: $(DEV)
	@$(BIN)/python -m benchmarks.torture $(ARGS)

check: $(DEV)
	@$(BIN)/ruff format --check --quiet . || { echo "Not in the right format: make format."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@said=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }

format: $(DEV)
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

bench: $(DEV)
	@$(BIN)/python -m benchmarks $(ARGS)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist build

# The newest pip is needed for --group. A venv that was left half made is made again.
$(RUN): pyproject.toml
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo "tui-sessions needs Python 3.11 or newer, and found none. Install one, or name one: make PYTHON=/path/to/python3.11"; exit 1; fi; \
	if [ ! -x $(BIN)/pip ]; then \
	  echo "Setting up .venv with $$found (once) …"; \
	  $$found -m venv --clear .venv >/dev/null || { rm -rf .venv; \
	    echo "$$found has no venv. On Debian and Ubuntu: apt install python3-venv"; exit 1; }; fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEV): $(RUN) pyproject.toml
	@echo "Installing what the tests need (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@
