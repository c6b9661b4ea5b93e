# FairGen's commands. `make help` lists them. Everything is set up on the first call.

PYTHON ?= python3
PORT ?= 8501
TESTS ?= tests
# Tests of one file stay together: they share what is slow to make.
PARALLEL := -n auto --maxprocesses 8 --dist loadfile
VENV := .venv
BIN := $(VENV)/bin
# Without a screen (or told so) the dashboard opens no browser.
HEADLESS ?= $(if $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname -s))),false,true)

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check format bench bench-smoke docker clean setup setup-dev browser

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: setup ## open the dashboard (PORT=8501)
	$(BIN)/python -m streamlit run dashboard/app.py --server.port $(PORT) --server.headless $(HEADLESS) \
		--server.showEmailPrompt false

# The browser's tests come last and one by one: they wait for pages, and need the machine.
# A part of the tests (TESTS=tests/core/data) may hold none of one kind: pytest then ends with 5.
NONE_IS_FINE := || test $$? -eq 5 -a "$(TESTS)" != tests
test: setup-dev browser check ## every check and every test, the browser's too
	$(BIN)/python -m pytest -q $(PARALLEL) -m "not e2e" $(TESTS) $(NONE_IS_FINE)
	$(BIN)/python -m pytest -q -m e2e $(TESTS) $(NONE_IS_FINE)

test-fast: setup-dev ## the everyday tests
	$(BIN)/python -m pytest -q $(PARALLEL) -m "not slow and not e2e" $(TESTS)

check: setup-dev ## style, types and who imports whom
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -q tests/core/test_imports.py

format: setup-dev ## put the code in the house's style
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

bench: setup-dev browser ## speed and quality, measured (needs Adult in FAIRGEN_DATA; a quiet machine)
	$(BIN)/python -m benchmarks.run

bench-smoke: setup-dev browser ## the same on small settings: does it work, not how fast
	$(BIN)/python -m benchmarks.run --smoke

docker: ## build the container (TORCH=cpu or TORCH=cuda)
	docker build --build-arg TORCH=$(or $(TORCH),cpu) -t fairgen .

clean: ## remove what was set up and cached; runs stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up -------------------------------------------------------------------------------------
# A set-up is done again only where its list of packages changed: the stamp holds the list as it was installed.

setup:
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/setup.sh requirements.txt

setup-dev: setup
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/setup.sh requirements-dev.txt \
		requirements.txt requirements-cluster.txt

browser: setup-dev
	@VENV="$(VENV)" sh scripts/browser.sh
