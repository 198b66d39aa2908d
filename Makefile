# Two commands to begin with: make demo, make test. They need only make and Python 3.11 or newer.
.PHONY: demo test check drill format stop clean
.DEFAULT_GOAL := demo

UV := tools/uv
PYTHON := .venv/bin/python
PORT ?= 8000
ROUNDS ?= 10
EXAMPLES ?= 100
# The journeys need Chromium; .ci/run brings it and sets this to nothing.
TESTS ?= -m "not browser"

demo: .venv/run-installed
	@$(PYTHON) -m sitebook.server.cli demo --port $(PORT)

test: .venv/all-installed
	@$(PYTHON) -m pytest --numprocesses=2 --dist=loadfile --durations=20 $(TESTS)

check: .venv/all-installed
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@.venv/bin/djangofmt check --profile jinja --extend-exclude button.html sitebook
	@.venv/bin/lint-imports
	@.venv/bin/mypy
	@$(PYTHON) tools/check_project.py

# What takes longer: kills during writes, backup under load, made-up calls of programs. ROUNDS=2 for a short form.
drill: .venv/all-installed
	@ROUNDS=$(ROUNDS) $(PYTHON) -m drills
	@API_EXAMPLES=$(EXAMPLES) $(PYTHON) -m pytest -s tests/guards/test_api_contract.py

format: .venv/all-installed
	@$(PYTHON) -m ruff check --fix --quiet . || true
	@$(PYTHON) -m ruff format --quiet .

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
