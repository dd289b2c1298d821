# Every target sets up what it needs, once. Made things are in .venv, .build and node_modules.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

VENV := .venv/bin
LOCKS := host/requirements
PAGE := host/web
MICROPYTHON := .build/micropython

# $(call debian,COMMAND,PACKAGE) installs Debian's PACKAGE where COMMAND fails.
debian = $(1) >/dev/null 2>&1 || { echo "==> Debian's package $(2)"; \
	as_root=$$(test "$$(id -u)" = 0 || echo sudo); export DEBIAN_FRONTEND=noninteractive; \
	$$as_root apt-get -qq update && \
	$$as_root apt-get -qq install --yes --no-install-recommends $(2) >/dev/null; }

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: run
run: venv $(MICROPYTHON)/32/micropython web ## a bracelet approaches: broker, host, page and two units, live
	@echo "==> http://127.0.0.1:8000 (Ctrl-C ends it)"
	@$(VENV)/resguardo demo

.PHONY: test
test: check micropython browser mosquitto ## check, then every test
	@echo "==> tests"
	@$(VENV)/pytest

.PHONY: quick
quick: develop micropython ## what one runs all day: lint, format, types, and all tests but the live ones
	@$(VENV)/ruff check && $(VENV)/ruff format --check --quiet && $(VENV)/mypy
	@$(VENV)/pytest --quiet -m "not live and not long and not nightly"

.PHONY: check
check: develop .build/stubs web ## lint, format, types, and MicroPython's compiler
	@echo "==> lint and format"
	@$(VENV)/ruff check
	@$(VENV)/ruff format --check
	@echo "==> types: host and simulator, what runs on a unit, the page"
	@$(VENV)/mypy
	@$(VENV)/mypy --config-file firmware/mypy.ini
	@npm run --prefix $(PAGE) --silent check
	@echo "==> bytecode for MicroPython"
	@$(VENV)/python -m firmware.tools.bytecode

.PHONY: nightly
nightly: develop micropython ## ten thousand worlds that nobody has played, and each wrong rule in a swarm
	@$(VENV)/resguardo simulate --swarm 10000
	@$(VENV)/pytest -m nightly

.PHONY: bench
bench: develop micropython ## the figures, as a table and as JSON
	@$(VENV)/python -m tests.benchmarks

.PHONY: clean
clean: ## remove everything that was made, the virtual environment too
	rm -rf .venv .build $(PAGE)/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: venv
venv: $(or $(wildcard .venv/development),.venv/runtime) ## the virtual environment, as much as running needs

.PHONY: develop
develop: .venv/development ## the virtual environment, with what checks and tests need

.venv/installer: $(LOCKS)/installer.txt
	@$(call debian,python3 -c 'import ensurepip',python3-venv)
	@echo "==> virtual environment"
	@python3 -m venv --clear .venv
	@$(VENV)/pip install --quiet --require-hashes --requirement $<
	@touch $@

# The project's own folders come last: a sync takes away whatever its lock does not name.
.venv/runtime .venv/development: .venv/%: $(LOCKS)/%.txt pyproject.toml | .venv/installer
	@echo "==> Python packages ($*)"
	@$(VENV)/uv pip sync --quiet --require-hashes --compile-bytecode $<
	@$(VENV)/uv pip install --quiet --no-deps --compile-bytecode --no-build-isolation --editable .
	@touch .venv/runtime $@

.build/stubs: $(LOCKS)/stubs.txt | .venv/development
	@$(VENV)/uv pip sync --quiet --require-hashes --target $@ $<
	@touch $@

.PHONY: micropython
micropython: $(MICROPYTHON)/32/micropython $(MICROPYTHON)/64/micropython ## MicroPython with words of 32 and of 64 bits, from PATH or from Debian
$(MICROPYTHON)/%/micropython: firmware/tools/micropython.py
	@echo "==> MicroPython with words of $* bits"
	@python3 -m firmware.tools.micropython $*
	@touch $@

.PHONY: web
web: $(PAGE)/node_modules/.made ## the page's libraries
$(PAGE)/node_modules/.made: $(PAGE)/package-lock.json
	@echo "==> npm packages"
	@npm ci --prefix $(PAGE) --loglevel=error >/dev/null
	@touch $@

.PHONY: browser
browser: ## the browser that tests the page
	@$(call debian,command -v chromium-headless-shell,chromium-headless-shell)

.PHONY: mosquitto
mosquitto: ## the second broker that the tests run against
	@$(call debian,PATH=$$PATH:/usr/sbin command -v mosquitto,mosquitto)

.PHONY: lock
lock: develop ## choose the newest packages that pyproject.toml allows
	@echo uv | $(LOCK)/installer.txt - >/dev/null
	@$(LOCK)/runtime.txt pyproject.toml
	@$(LOCK)/development.txt --constraint $(LOCKS)/runtime.txt --group dev pyproject.toml
	@$(LOCK)/stubs.txt --group stubs
	@cd $(PAGE) && npm update --package-lock-only --loglevel=error
LOCK = $(VENV)/uv pip compile --quiet --upgrade --generate-hashes --universal \
	--python-version 3.11 --no-header --no-annotate --output-file $(LOCKS)
