# Two commands to begin with: make demo, make test. They need only make and Python 3.11 or newer.
.PHONY: demo test check drill drill-data drill-api format dev shell migration stop clean
.DEFAULT_GOAL := demo

UV := tools/uv
PYTHON := .venv/bin/python
PORT ?= 8000
ROUNDS ?= 10
EXAMPLES ?= 100
# The journeys need Chromium; .ci/run brings it and sets this to nothing. FILE=… runs one file or folder in one process.
TESTS ?= -m "not browser"
FILE ?=
SPREAD := --numprocesses=2 --dist=worksteal --durations=20
# COVERAGE=1 tells which lines no test reaches.
COVERAGE ?=
COVER := $(if $(COVERAGE),--cov=sitebook --cov-report=term-missing:skip-covered)

demo: .venv/run-installed
	@$(PYTHON) -m sitebook.server.cli demo --port $(PORT)

test: .venv/all-installed
	@$(PYTHON) -m pytest $(COVER) $(if $(FILE),$(FILE),$(SPREAD) $(TESTS))

check: .venv/all-installed
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@.venv/bin/djangofmt check --profile jinja --extend-exclude button.html sitebook
	@.venv/bin/lint-imports
	@.venv/bin/mypy
	@$(PYTHON) tools/check_project.py

# What takes longer: kills during writes, the worst pictures, backup under load, days under a shifted clock, made-up calls
# of programs. ROUNDS=2 for a short form, 1 without the days.
drill: drill-data drill-api

drill-data: .venv/all-installed
	@ROUNDS=$(ROUNDS) $(PYTHON) -m drills

drill-api: .venv/all-installed
	@API_EXAMPLES=$(EXAMPLES) $(PYTHON) -m pytest -s tests/guards/test_api_contract.py

format: .venv/all-installed
	@$(PYTHON) -m ruff check --fix --quiet . || true
	@$(PYTHON) -m ruff format --quiet .

# A server that starts anew when a file changes, with its data in var/dev.
dev: .venv/all-installed
	@$(PYTHON) tools/develop.py dev --port $(PORT)

shell: .venv/all-installed
	@$(PYTHON) tools/develop.py shell

# The migration for what changed in the models: make migration NAME=add_nickname
migration: .venv/all-installed
	@$(PYTHON) tools/develop.py migration --name "$(NAME)"

stop:
	@$(PYTHON) -m sitebook.server.cli stop

# The environment only: data in var/ are never touched.
clean:
	rm -rf .venv .uv .mypy_cache .ruff_cache .hypothesis dist

# Bytecode is compiled here, since some machines set PYTHONDONTWRITEBYTECODE and would compile at every start.
.venv/run-installed: pyproject.toml uv.lock .python-version tools/uv
	@$(UV) sync --frozen --no-dev --inexact --compile-bytecode --quiet
	@$(PYTHON) -m compileall -q sitebook
	@touch $@

.venv/all-installed: pyproject.toml uv.lock .python-version tools/uv
	@$(UV) sync --frozen --compile-bytecode --quiet
	@$(PYTHON) -m compileall -q sitebook
	@touch $@ .venv/run-installed
