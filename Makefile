# make app    install into .venv, build the library, open the explorer at http://localhost:8501
# make test   install what it needs, run every test
# make check  formatting, lint, types, the rules of the house and the fast tests: no browser, model or network
# make windows  what lies on disk, behind a layer that refuses what Windows refuses
# make bench  the figures of the README

PYTHON ?= python3
PORT ?= 8501
LIBRARY ?= library
# Without a library of your own the seed papers are the first corpus.
ifeq ($(LIBRARY),library)
FILES ?= $(wildcard seeds/*)
endif

BIN = .venv/bin

# Compiled files are kept even where the environment forbids it: the second `make check` needs no compiling, neither of
# the tests nor of the processes they start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: app install test check lint fast windows format bench clean

app: install
	@if [ -n "$(strip $(FILES))" ]; then \
		$(BIN)/explorer add $(FILES) --library "$(LIBRARY)" || [ $$? -eq 1 ]; \
	fi
	@echo "The explorer is at http://localhost:$(PORT) (Ctrl-C stops it)"
	@exec $(BIN)/explorer app --library "$(LIBRARY)" --port $(PORT)

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

# The journey through the app runs in Debian's Chromium; where it cannot be installed, those tests skip and say so.
test: .venv/installed-dev
	@command -v chromium >/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } || \
		echo "chromium not found and not installable here: the browser tests will be skipped"
	@command -v node >/dev/null || echo "node not found: the unit tests of the scripts will be skipped (Debian: nodejs)"
	$(BIN)/python -m pytest

check: lint fast

lint: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

fast: .venv/installed-dev
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist worksteal

# tests/support/windows says what the layer refuses. A library that is open can be put back from a copy elsewhere only.
windows: .venv/installed-dev
	PYTHONPATH=tests $(BIN)/python -m pytest -p support.windows -m "not slow" -n 2 \
		--deselect tests/store/test_visitors.py::test_an_older_copy_of_the_library_does_not_shift_marks_to_papers_with_the_same_key \
		$(addprefix tests/,store index library stories export readers cli)

format: .venv/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/installed-dev
	$(BIN)/python benchmarks/pipeline.py

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
