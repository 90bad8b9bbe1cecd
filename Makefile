# make demo: everything up to a served map of the seed events.
# make test: the suite, in less than five minutes.   make test MARKS=: with the slow tests too, as CI runs it.
# make screenshots: every state of the page, into screenshots/.
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

.PHONY: bench bench-geocoding bench-imports screenshots
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
