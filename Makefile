# make demo: install, load the example events and serve them.
# make test: run the tests, in a few minutes.   make test MARKS=: run the slow tests too, as CI does.
# make check: ruff, mypy and import-linter.   make format: let ruff repair what it can.
# make import-cases: import every file of tests/import_cases and compare it with its right answer.
# make screenshots: write a picture of every state of the page to screenshots/.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
SOURCES := pyproject.toml constraints.txt
MARKS ?= -m "not slow"

.PHONY: demo test check format clean

demo: $(VENV)/.installed
	$(BIN)/timeline demo --port $(PORT)

test: $(VENV)/.tested
	$(BIN)/python -m pytest -n auto --dist loadfile $(MARKS) $(ARGS)

check: $(VENV)/.tested
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: $(VENV)/.tested
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

.PHONY: import-cases bench bench-geocoding bench-imports screenshots
import-cases: $(VENV)/.tested
	$(BIN)/python -m pytest tests/import_cases $(ARGS)

screenshots: $(VENV)/.tested
	$(BIN)/python -m tests.pictures $(ARGS)

bench: $(VENV)/.tested
	$(BIN)/python -m tests.bench.serving.run $(ARGS)

bench-geocoding: $(VENV)/.tested
	$(BIN)/python -m tests.bench.geocoding.run $(ARGS)

bench-imports: $(VENV)/.tested
	$(BIN)/python -m tests.bench.imports.run $(ARGS)

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dateline needs Python 3.11 or newer; try: make demo PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.tested: $(BIN)/python $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
